import { basename, dirname, relative } from 'node:path';
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

/** What is to be loaded. */
export interface SessionRequest {
  readonly task: ModelTask;
  /** Folder of the model. */
  readonly path: string;
  /** The file of the weights. */
  readonly weights: string;
  readonly dtype: string;
  readonly device: string;
}

/** Loads the weights of a model folder in the calling thread. The caller releases the session. */
export async function loadSession({ task, path, weights }: SessionRequest): Promise<InferenceSession> {
  env.allowRemoteModels = false;
  env.logLevel = LogLevel.ERROR;
  env.localModelPath = dirname(path);
  const Loader = task === 'NER' ? AutoModelForTokenClassification : AutoModelForSequenceClassification;
  const model = await Loader.from_pretrained(basename(path), {
    // The file is named in full, so no ending is to be put to it.
    dtype: 'fp32',
    subfolder: relative(path, dirname(weights)),
    model_file_name: basename(weights, '.onnx'),
    device: 'cpu',
    local_files_only: true,
    session_options: SESSION_OPTIONS,
  });
  const session: InferenceSession | undefined = model.sessions['model'];
  if (!session) throw new Error(`${path} has no session named "model".`);
  return session;
}
