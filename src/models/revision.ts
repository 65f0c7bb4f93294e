import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { OpenModel } from './model.ts';
import type { Model } from './registry.ts';

const known = new WeakMap<OpenModel, Promise<string>>();

/**
 * The revision of a model that is open. Two machines with the same revision give the same scores: it stands for the
 * commit of a model of the hub, and else for the content of its configuration, vocabulary and weights. That is computed
 * when first asked for, which reads all of these files once.
 */
export async function revisionOf(model: Model): Promise<string> {
  const { files } = model;
  if (!files) throw new Error(`The revision of ${model.id} is asked for before it is open.`);
  let revision = known.get(files);
  if (!revision) known.set(files, (revision = hash(files)));
  return revision;
}

async function hash({ revision, contents }: OpenModel): Promise<string> {
  const hash = createHash('sha256');
  if (contents.length === 0) hash.update(revision);
  for (const file of contents) for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}
