/** The process of the raw engine: as many threads as the server has, and the processor time that they used together. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { answerParent } from './child.ts';
import { cpuSeconds, now } from './clock.ts';
import { program } from './program.ts';
import type { RawDialogue, RawWindow, RawWork, ThreadCounts, ThreadRequest } from './raw-dialogue.ts';
import { sum } from './statistics.ts';

const { workers } = (await program('config')).loadConfig();
const threads = Array.from({ length: workers }, () => new Worker(new URL('./raw-thread.js', import.meta.url)));

async function ask(thread: Worker, request: ThreadRequest): Promise<unknown> {
  thread.postMessage(request);
  const [answer] = await once(thread, 'message');
  return answer;
}

async function prepare(work: RawWork): Promise<undefined> {
  await Promise.all(threads.map((thread) => ask(thread, { type: 'prepare', work })));
}

async function run({ name, seconds }: { readonly name: string; readonly seconds: number }): Promise<RawWindow> {
  const startedAt = now();
  const cpuBefore = cpuSeconds();
  const counts = await Promise.all(
    threads.map(async (thread, index) => {
      const untilMs = startedAt + seconds * 1000;
      return (await ask(thread, { type: 'run', name, untilMs, from: index / threads.length })) as ThreadCounts;
    }),
  );
  return {
    seconds: (now() - startedAt) / 1000,
    cpuSeconds: cpuSeconds() - cpuBefore,
    sequences: sum(counts.map((count) => count.sequences)),
    tokens: sum(counts.map((count) => count.tokens)),
    paddedTokens: sum(counts.map((count) => count.paddedTokens)),
    batches: sum(counts.map((count) => count.batches)),
  };
}

answerParent<RawDialogue>({ prepare, run }, async () => {
  await Promise.all(
    threads.map((thread) => {
      thread.postMessage({ type: 'close' } satisfies ThreadRequest);
      return once(thread, 'exit');
    }),
  );
});
