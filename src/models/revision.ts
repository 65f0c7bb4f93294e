import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Model } from './registry.ts';

const known = new WeakMap<Model, Promise<string>>();

/**
 * The revision of a model: a hash of its configuration, vocabulary and weights. Two machines with the same revision
 * give the same scores. It is computed when first asked for, which reads all of the model's files once.
 */
export function revisionOf(model: Model): Promise<string> {
  let revision = known.get(model);
  if (!revision) known.set(model, (revision = hashFiles(model.path)));
  return revision;
}

async function hashFiles(folder: string): Promise<string> {
  const weights = (await readdir(join(folder, 'onnx'))).filter((file) => file.endsWith('.onnx')).sort();
  const files = ['config.json', 'tokenizer.json', ...weights.map((file) => join('onnx', file))];
  const hash = createHash('sha256');
  for (const file of files) for await (const part of createReadStream(join(folder, file))) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}
