import { closeSync, openSync, readSync } from 'node:fs';
import { env, InferenceSession } from 'onnxruntime-node';
import type { Device } from './device.ts';

/**
 * One thread a session, since there is a worker a core: shared threads spin and steal from each other.
 * The arena stays, since batches come in many shapes; memory patterns would keep one plan for every shape.
 */
const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  enableCpuMemArena: true,
  enableMemPattern: false,
} as const satisfies InferenceSession.SessionOptions;

/** A model's weights in the engine, in the thread that loaded them. Whoever opens it releases it. */
export interface OpenSession {
  readonly session: InferenceSession;
  /** What it really runs on. */
  readonly device: Device;
  /** Why it does not run on what was wanted. */
  readonly fallback: string | undefined;
}

/** Loads a file of weights in the calling thread: on a device, or on the CPU where that cannot be. */
export async function openSession(path: string, device: Device): Promise<OpenSession> {
  // A device that is missing is told in one line, by whoever logs the reason, and not by the engine's own.
  env.logLevel = device === 'cpu' ? 'error' : 'fatal';
  if (device !== 'cpu') {
    try {
      return { session: await create(path, device), device, fallback: undefined };
    } catch (error) {
      const session = await create(path, 'cpu');
      return { session, device: 'cpu', fallback: `${device} cannot be used: ${firstLine(error)}` };
    }
  }
  return { session: await create(path, 'cpu'), device, fallback: undefined };
}

function create(path: string, device: Device): Promise<InferenceSession> {
  return InferenceSession.create(path, { ...SESSION_OPTIONS, executionProviders: [device] });
}

/** Bytes of a file that are searched at a time. */
const SEARCHED = 1 << 20;
const DYNAMIC = 'DynamicQuantize';

/**
 * Whether a text's scores depend on its batch-mates. They do where activations become 8-bit numbers by a scale that is
 * taken over the whole batch, padding included, as the operator DynamicQuantizeLinear does; its name is in the file.
 */
export function quantizesWholeBatches(path: string): boolean {
  const buffer = Buffer.alloc(SEARCHED + DYNAMIC.length);
  const file = openSync(path, 'r');
  try {
    // Each read begins with the end of the one before, in case that cut the name.
    for (let at = 0; ; at += SEARCHED) {
      const length = readSync(file, buffer, 0, buffer.length, at);
      if (buffer.subarray(0, length).includes(DYNAMIC)) return true;
      if (length < buffer.length) return false;
    }
  } finally {
    closeSync(file);
  }
}

/** What the engine says comes with places in its source and with a new line at its end. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = message] = message.trim().split('\n');
  return line.replace(/^\/\S+:\d+ .*?(?=Failed )/, '');
}
