/**
 * A thread of the raw engine: a session with the server's own options, whose inputs were made beforehand, run
 * again and again. Nothing else happens: no tokens are made, no message is sent, no output is read.
 */
import { parentPort } from 'node:worker_threads';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { now } from './clock.ts';
import type { Batch } from './packing.ts';
import { program } from './program.ts';
import type { RawWork, ThreadCounts, ThreadRequest } from './raw-dialogue.ts';

interface Prepared {
  readonly session: InferenceSession;
  readonly runs: readonly { readonly feeds: Record<string, Tensor>; readonly counts: ThreadCounts }[];
}

if (!parentPort) throw new Error('This file is the entry of a worker thread.');
const port = parentPort;
const sessions = new Map<string, InferenceSession>();
const prepared = new Map<string, Prepared>();

port.on('message', async (request: ThreadRequest) => {
  if (request.type === 'prepare') port.postMessage(await prepare(request.work));
  else if (request.type === 'run') port.postMessage(await run(request.name, request.untilMs, request.from));
  else await close();
});

async function prepare({ name, files, padId, batches }: RawWork): Promise<undefined> {
  const { openSession } = await program('inference/session');
  const session = sessions.get(files.folder) ?? (await openSession(files, 'cpu'));
  sessions.set(files.folder, session);
  prepared.set(name, { session, runs: batches.map((batch) => makeRun(session, batch, padId)) });
}

async function run(name: string, untilMs: number, from: number): Promise<ThreadCounts> {
  const { session, runs } = prepared.get(name) ?? { runs: [] };
  const total = { sequences: 0, tokens: 0, paddedTokens: 0, batches: 0 };
  for (let at = Math.floor(from * runs.length); now() < untilMs; at++) {
    const next = runs[at % runs.length];
    if (!session || !next) throw new Error(`There is nothing to run by the name of ${name}.`);
    await session.run(next.feeds);
    total.sequences += next.counts.sequences;
    total.tokens += next.counts.tokens;
    total.paddedTokens += next.counts.paddedTokens;
    total.batches++;
  }
  return total;
}

async function close(): Promise<void> {
  for (const session of sessions.values()) await session.release();
  port.close();
}

function makeRun(session: InferenceSession, { ids, lengths }: Batch, padId: number) {
  const longest = Math.max(...lengths);
  const cells = lengths.length * longest;
  const inputIds = new BigInt64Array(cells).fill(BigInt(padId));
  const mask = new BigInt64Array(cells);
  let source = 0;
  lengths.forEach((length, sequence) => {
    for (let column = 0; column < length; column++) {
      inputIds[sequence * longest + column] = BigInt(ids[source++] ?? padId);
      mask[sequence * longest + column] = 1n;
    }
  });
  const dims = [lengths.length, longest];
  const inputs: Readonly<Record<string, BigInt64Array>> = {
    input_ids: inputIds,
    attention_mask: mask,
    token_type_ids: new BigInt64Array(cells),
  };
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [name, new Tensor('int64', inputs[name] ?? new BigInt64Array(cells), dims)]),
  );
  return { feeds, counts: { sequences: lengths.length, tokens: ids.length, paddedTokens: cells, batches: 1 } };
}
