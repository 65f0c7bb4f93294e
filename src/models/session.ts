import { basename, dirname } from 'node:path';
import {
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  env,
  LogLevel,
} from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-node';
import type { ModelTask } from './catalogue.ts';

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

/** Loads the weights of a model folder in the calling thread. The caller releases the session. */
export async function loadSession(task: ModelTask, path: string): Promise<InferenceSession> {
  env.allowRemoteModels = false;
  env.logLevel = LogLevel.ERROR;
  env.localModelPath = dirname(path);
  const Loader = task === 'NER' ? AutoModelForTokenClassification : AutoModelForSequenceClassification;
  const model = await Loader.from_pretrained(basename(path), {
    dtype: 'q8',
    device: 'cpu',
    local_files_only: true,
    session_options: SESSION_OPTIONS,
  });
  const session: InferenceSession | undefined = model.sessions['model'];
  if (!session) throw new Error(`${path} has no session named "model".`);
  return session;
}
