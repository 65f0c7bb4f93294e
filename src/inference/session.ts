import { closeSync, openSync, readSync } from 'node:fs';
import { env, InferenceSession } from 'onnxruntime-node';
import type { Device } from '../models/device.ts';

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

// What goes wrong is thrown too, and told once by whoever catches it.
env.logLevel = 'fatal';

/** Loads a file of weights in the calling thread. The caller releases the session. */
export function openSession(path: string, device: Device): Promise<InferenceSession> {
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
