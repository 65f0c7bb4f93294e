import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { foresee, isTurnOver, nextTurn } from '../src/turns.ts';

/** Takes all of a turn, whatever there was left of it. */
const TURN_MS = 1000;

describe('turns of the event loop', () => {
  test('alternate between owners, and run the last callback of one owner first', async () => {
    const [one, other] = [{}, {}];
    const order: string[] = [];
    const waits = ['a1', 'a2', 'a3'].map((name) => nextTurn(one).then(() => order.push(name)));
    await Promise.all([...waits, nextTurn(other).then(() => order.push('b1'))]);
    expect(order).toEqual(['a3', 'b1', 'a2', 'a1']);
  });

  test('are over once enough was done in one, and the next one begins again', async () => {
    await nextTurn();
    expect(isTurnOver()).toBe(false);
    foresee(TURN_MS);
    expect(isTurnOver()).toBe(true);
    await nextTurn();
    expect(isTurnOver()).toBe(false);
  });

  test('continue as many callbacks as there is time for', async () => {
    await immediate();
    let turns = 0;
    let done = 0;
    const countTurns = async () => {
      while (done < 6) {
        await immediate();
        turns++;
      }
    };
    const work = async (ms: number) => {
      await nextTurn();
      foresee(ms);
      done++;
    };
    await Promise.all([countTurns(), ...Array.from({ length: 6 }, () => work(TURN_MS))]);
    expect(turns).toBeGreaterThanOrEqual(6);

    [turns, done] = [0, 0];
    await Promise.all([countTurns(), ...Array.from({ length: 6 }, () => work(0))]);
    expect(turns).toBeLessThanOrEqual(3);
  });
});
