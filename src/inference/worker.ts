/**
 * The entry of an inference thread, which loads models and runs one batch at a time. It ends by itself after `close`: a
 * thread must never be stopped from outside while the engine runs, since that aborts the whole process.
 */

import { getPriority, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { messageOf } from '../thrown.ts';
import { Encoder } from './encoder.ts';
import type { RunReply, RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';

if (!parentPort) throw new Error('This file is the entry of a worker thread.');
const port = parentPort;
/** Niceness above the main thread's. From 5 on, the event loop's lag stays below 10 ms with all cores busy. */
const STEPS_DOWN = 5;
const LOWEST_PRIORITY = 19;
giveWay();

const encoders = new Map<string, Encoder>();
let turn: Promise<void> = Promise.resolve();

port.on('message', (request: WorkerRequest) => {
  turn = turn.then(() => handle(request));
});

async function handle(request: WorkerRequest): Promise<void> {
  if (request.type === 'close') return close();
  try {
    if (request.type === 'load') {
      const encoder = await Encoder.load(request);
      encoders.set(request.model, encoder);
      reply(encoder.report);
    } else if (request.type === 'unload') {
      const encoder = encoders.get(request.model);
      encoders.delete(request.model);
      await encoder?.release();
      reply({ type: 'unloaded' });
    } else {
      const result = await run(request);
      reply(result, [result.values.buffer]);
    }
  } catch (error) {
    reply({ type: 'failed', message: messageOf(error) });
  }
}

async function close(): Promise<void> {
  for (const encoder of encoders.values()) await encoder.release();
  port.close();
}

function run(request: RunRequest): Promise<RunReply> {
  const encoder = encoders.get(request.model);
  if (!encoder) throw new Error(`Model ${request.model} is not loaded in this worker.`);
  return encoder.run(request);
}

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

/**
 * Lets the main thread go first if there are too few cores: it needs little time, and all requests wait for it. Only
 * Linux has thread priorities; elsewhere this would change the priority of the process.
 */
function giveWay(): void {
  if (process.platform === 'linux') setPriority(Math.min(LOWEST_PRIORITY, getPriority() + STEPS_DOWN));
}
