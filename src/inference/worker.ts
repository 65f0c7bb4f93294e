/**
 * The entry of an inference thread. It loads each model once and runs batches one after the other.
 * It ends by itself after `close`: a thread must never be stopped from outside while the engine runs,
 * since that aborts the whole process.
 */
import { parentPort } from 'node:worker_threads';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { loadSession } from '../models/session.ts';
import type { RunReply, RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';
import { softmaxRows } from './softmax.ts';

if (!parentPort) throw new Error('This file is the entry of a worker thread.');
const port = parentPort;
const sessions = new Map<string, InferenceSession>();
let turn: Promise<void> = Promise.resolve();

port.on('message', (request: WorkerRequest) => {
  turn = turn.then(() => handle(request));
});

async function handle(request: WorkerRequest): Promise<void> {
  if (request.type === 'close') return close();
  try {
    if (request.type === 'load') {
      sessions.set(request.model, await loadSession(request));
      reply({ type: 'loaded' });
    } else if (request.type === 'unload') {
      const session = sessions.get(request.model);
      sessions.delete(request.model);
      await session?.release();
      reply({ type: 'unloaded' });
    } else {
      const result = await run(request);
      reply(result, [result.probabilities.buffer]);
    }
  } catch (error) {
    reply({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

async function close(): Promise<void> {
  for (const session of sessions.values()) await session.release();
  port.close();
}

async function run({ model, ids, lengths, padId }: RunRequest): Promise<RunReply> {
  const session = sessions.get(model);
  if (!session) throw new Error(`Model ${model} is not loaded in this worker.`);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const feeds = inputs(session, ids, lengths, longest, padId);

  const started = performance.now();
  const { logits } = await session.run(feeds);
  const inferenceMs = performance.now() - started;
  if (!(logits?.data instanceof Float32Array)) throw new Error(`Model ${model} gave no float32 output named "logits".`);

  const width = logits.dims.at(-1) ?? 0;
  const perToken = logits.dims.length === 3;
  const probabilities = new Float32Array((perToken ? ids.length : lengths.length) * width);
  if (perToken) {
    let at = 0;
    lengths.forEach((length, sequence) => {
      softmaxRows(logits.data as Float32Array, sequence * longest, length, width, probabilities, at);
      at += length;
    });
  } else {
    softmaxRows(logits.data, 0, lengths.length, width, probabilities, 0);
  }
  return { type: 'done', probabilities, inferenceMs };
}

/** The padded int64 inputs that the model asks for. */
function inputs(
  session: InferenceSession,
  ids: Int32Array,
  lengths: Int32Array,
  longest: number,
  padId: number,
): Record<string, Tensor> {
  const cells = lengths.length * longest;
  const inputIds = new BigInt64Array(cells);
  const mask = new BigInt64Array(cells);
  // Values are small and positive, so writing the low half of each little-endian int64 avoids a BigInt a cell.
  const idHalves = new Int32Array(inputIds.buffer);
  const maskHalves = new Int32Array(mask.buffer);
  let source = 0;
  lengths.forEach((length, sequence) => {
    for (let column = 0; column < longest; column++) {
      const cell = 2 * (sequence * longest + column);
      idHalves[cell] = column < length ? (ids[source + column] ?? padId) : padId;
      maskHalves[cell] = column < length ? 1 : 0;
    }
    source += length;
  });
  const dims = [lengths.length, longest];
  const known: Record<string, () => Tensor> = {
    input_ids: () => new Tensor('int64', inputIds, dims),
    attention_mask: () => new Tensor('int64', mask, dims),
    token_type_ids: () => new Tensor('int64', new BigInt64Array(cells), dims),
  };
  return Object.fromEntries(
    session.inputNames.map((name) => {
      const make = known[name];
      if (!make)
        throw new Error(`The model wants an input "${name}"; this server can give ${Object.keys(known).join(', ')}.`);
      return [name, make()];
    }),
  );
}

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}
