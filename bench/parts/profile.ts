import { mkdir, writeFile } from 'node:fs/promises';
import type { Bench } from '../bench.ts';
import type { PartResult, Row } from '../part.ts';
import { RESULTS } from '../places.ts';
import { type ProfileSummary, summarize } from '../profile-summary.ts';
import type { Thread } from '../server-dialogue.ts';
import { streamFor } from '../streams.ts';

const PLACES_SHOWN = 12;

/** Where the server's processor time goes under each load. The profiles open in the developer tools of Chrome. */
export async function profile(bench: Bench): Promise<PartResult> {
  const server = await bench.server();
  const { documentLength, windowSeconds } = bench.effort;
  const loads: readonly (readonly [name: string, action: () => Promise<unknown>])[] = [
    ['sentiment-1x64', () => bench.load('SENTIMENT', 1, 64)],
    ['sentiment-8x16', () => bench.load('SENTIMENT', 8, 16)],
    ['sentiment-32x8', () => bench.load('SENTIMENT', 32, 8)],
    ['entities-1x64', () => bench.load('NER', 1, 64)],
    ['entities-32x8', () => bench.load('NER', 32, 8)],
    ['long-document', () => streamFor(bench, [documentLength], windowSeconds * 2)],
  ];
  await mkdir(RESULTS, { recursive: true });
  const rows: Row[] = [];
  const details: Record<string, unknown> = {};
  for (const [name, action] of loads) {
    await action();
    const before = await server.threads();
    const recorded = await server.profileDuring(action);
    const threads = difference(before, await server.threads());
    if (!recorded) continue;
    await writeFile(new URL(`${name}.cpuprofile`, RESULTS), JSON.stringify(recorded));
    const summary = summarize(recorded);
    details[name] = { threads, summary };
    rows.push(...rowsOf(name, summary, threads));
  }
  return { rows, details };
}

function rowsOf(load: string, { busy, byPlace }: ProfileSummary, threads: readonly Thread[]): readonly Row[] {
  const all = threads.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
  const byThread = threads.map(({ name, main, cpuSeconds }) => {
    return `${main ? 'main' : name} ${((100 * cpuSeconds) / all).toFixed(1)} %`;
  });
  return [
    { measure: `${load}: main thread busy`, value: busy, unit: '%', note: byThread.join(', ') },
    ...byPlace.slice(0, PLACES_SHOWN).map(
      ({ name, self, total }): Row => ({
        measure: `${load}: ${name}`,
        value: self,
        unit: '%',
        note: `of the main thread; ${(100 * total).toFixed(1)} % with what it calls`,
      }),
    ),
  ];
}

function difference(before: readonly Thread[], after: readonly Thread[]): readonly Thread[] {
  const earlier = new Map(before.map(({ id, cpuSeconds }) => [id, cpuSeconds]));
  return after
    .map((thread) => ({ ...thread, cpuSeconds: thread.cpuSeconds - (earlier.get(thread.id) ?? 0) }))
    .filter(({ cpuSeconds }) => cpuSeconds > 0)
    .sort((a, b) => b.cpuSeconds - a.cpuSeconds);
}
