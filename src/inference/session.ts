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
import { messageOf } from '../thrown.ts';
import type { LoadRequest } from './protocol.ts';

/**
 * One thread per session, since there is one worker per core: shared threads spin and compete.
 * The arena is on, since batches have many shapes; memory patterns would keep a plan for every shape.
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

// Errors are thrown as well, and reported by the code that catches them.
env.logLevel = LogLevel.NONE;
// Only local files are opened; with these two settings the library's name of a file is its path.
env.allowRemoteModels = false;
env.remoteHost = '';
env.remotePathTemplate = '{model}';
env.useFSCache = false;
// Given a path, only the engine reads the weights. Otherwise the library reads the whole file, too.
env.useCustomCache = true;
env.customCache = {
  match: async (file: string) => (file.endsWith('.json') ? undefined : file.replace(/^\/(?=[A-Za-z]:)/, '')),
  put: async () => undefined,
};

/** The part of a load request that opens a model. */
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

/** The first line of an engine's message, without the position in its source. */
export function engineMessage(error: unknown): string {
  const message = messageOf(error);
  const [line = message] = message.trim().split('\n');
  return line.replace(/^\/\S+:\d+ .*?(?=Failed )/, '');
}

/** Bytes of a file that are searched at a time. */
const SEARCHED = 1 << 20;
const DYNAMIC = 'DynamicQuantize';

/**
 * Whether a text's scores depend on its batch-mates. They do if activations are quantized with a scale that is computed
 * over the whole batch, padding included, as the operator DynamicQuantizeLinear does. Its name is then in the file.
 */
export function quantizesWholeBatches(path: string): boolean {
  const buffer = Buffer.alloc(SEARCHED + DYNAMIC.length);
  const file = openSync(path, 'r');
  try {
    // Reads overlap, in case the name is cut in two.
    for (let at = 0; ; at += SEARCHED) {
      const length = readSync(file, buffer, 0, buffer.length, at);
      if (buffer.subarray(0, length).includes(DYNAMIC)) return true;
      if (length < buffer.length) return false;
    }
  } finally {
    closeSync(file);
  }
}
