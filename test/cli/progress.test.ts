import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { showProgress } from '../../src/cli/progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What progress writes to a stream in some seconds, the state being the seconds gone by. */
function written(stream: { isTTY?: boolean; columns?: number }, plain: boolean, seconds: number): readonly string[] {
  const writes: string[] = [];
  const startedAt = Date.now();
  const progress = showProgress({ ...stream, write: (text) => writes.push(text) }, plain, () => {
    return `${(Date.now() - startedAt) / 1000} s gone by`;
  });
  vi.advanceTimersByTime(1000 * seconds);
  progress.end();
  vi.advanceTimersByTime(60_000);
  return writes;
}

describe('progress', () => {
  it('is a line that is written over on a terminal, and gone at the end', () => {
    const writes = written({ isTTY: true, columns: 80 }, true, 0.25);
    expect(writes).toEqual([
      '\r\u001b[K0 s gone by',
      '\r\u001b[K0.1 s gone by',
      '\r\u001b[K0.2 s gone by',
      '\r\u001b[K',
    ]);
  });

  it('keeps to the width of the terminal, where that is known', () => {
    expect(written({ isTTY: true, columns: 6 }, true, 0)[0]).toBe('\r\u001b[K0 s g');
    expect(written({ isTTY: true, columns: 0 }, true, 0)[0]).toBe('\r\u001b[K0 s gone by');
  });

  it('is a line now and then elsewhere, ever more rarely', () => {
    expect(written({}, true, 1.9)).toEqual([]);
    const lines = written({}, true, 300);
    expect(lines.map((line) => Number.parseInt(line, 10))).toEqual([2, 4, 8, 16, 32, 64, 128, 192, 256]);
    expect(lines[0]).toBe('2 s gone by\n');
  });

  it('is out of the way while something else is written', () => {
    const writes: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => writes.push(text) };
    const progress = showProgress(stream, false, () => 'half');
    progress.aside(() => writes.push('a line\n'));
    progress.end();
    expect(writes).toEqual(['\r\u001b[Khalf', '\r\u001b[K', 'a line\n', '\r\u001b[Khalf', '\r\u001b[K']);
  });

  it('of a part of the work hides that of the whole while it lasts', () => {
    const writes: string[] = [];
    const stream = { isTTY: true, columns: 80, write: (text: string) => writes.push(text) };
    const whole = showProgress(stream, false, () => 'whole');
    const part = showProgress(stream, false, () => 'part');
    vi.advanceTimersByTime(100);
    part.end();
    vi.advanceTimersByTime(100);
    whole.end();
    const [clear, shown] = ['\r\u001b[K', (text: string) => `\r\u001b[K${text}`];
    expect(writes).toEqual([shown('whole'), shown('part'), shown('part'), clear, shown('whole'), clear]);
  });

  it('is nothing elsewhere where no plain lines are wanted', () => {
    expect(written({}, false, 12)).toEqual([]);
    expect(written({ isTTY: true }, false, 0)).toHaveLength(2);
  });
});
