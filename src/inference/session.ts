import { closeSync, openSync, readSync } from 'node:fs';
import {
  AutoConfig,
  AutoModel,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  env,
  LogLevel,
} from '@huggingface/transformers';
import type { InferenceSession } from 'onnxruntime-node';
import type { ModelTask } from '../models/catalogue.ts';
import type { Device } from '../models/device.ts';
import type { LoadRequest } from './protocol.ts';

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

const AUTO_CLASSES = {
  SENTIMENT: AutoModelForSequenceClassification,
  NER: AutoModelForTokenClassification,
} as const;

// Errors are thrown as well, and reported once by whoever catches them.
env.logLevel = LogLevel.NONE;
// Only files of this machine are opened; with these two the library's name of a file is its path.
env.allowRemoteModels = false;
env.remoteHost = '';
env.remotePathTemplate = '{model}';
env.useFSCache = false;
// As a path, weights are read by the engine alone. Otherwise the library reads the whole file as well.
env.useCustomCache = true;
env.customCache = {
  match: async (file: string) => (file.endsWith('.json') ? undefined : file.replace(/^\/(?=[A-Za-z]:)/, '')),
  put: async () => undefined,
};

/** What is needed to open a model. */
export type ModelFiles = Pick<LoadRequest, 'task' | 'folder' | 'subfolder' | 'name' | 'dtype'>;

/** Opens a model of a local folder in the calling thread. The caller releases the session. */
export async function openSession(files: ModelFiles, device: Device): Promise<InferenceSession> {
  const { task, folder, subfolder, name, dtype } = files;
  const config = await AutoConfig.from_pretrained(folder, { local_files_only: true });
  const { sessions } = await autoClassOf(task, config.model_type).from_pretrained(folder, {
    local_files_only: true,
    config,
    device,
    subfolder,
    model_file_name: name,
    dtype,
    session_options: SESSION_OPTIONS,
  });
  const session: InferenceSession | undefined = sessions['model'];
  if (!session) throw new Error(`its model_type ${config.model_type} is not that of an encoder.`);
  return session;
}

/** The class of the task if it knows the architecture, or `AutoModel`, which takes any. The head is decoded by us. */
function autoClassOf(task: ModelTask, modelType: string | null): typeof AutoModel {
  const wanted = task === 'SENTIMENT' || task === 'NER' ? AUTO_CLASSES[task] : AutoModel;
  return wanted.supports(modelType ?? '') ? wanted : AutoModel;
}

/** The message of the engine without the place in its source, and only its first line. */
export function engineMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = message] = message.trim().split('\n');
  return line.replace(/^\/\S+:\d+ .*?(?=Failed )/, '');
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
