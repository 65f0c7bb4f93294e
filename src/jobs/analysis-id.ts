import { digestOf } from '../digest.ts';
import { fingerprintOf } from '../documents/analysis.ts';
import type { Document } from '../documents/document.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { type AnalysisSource, EVERYBODY } from './analysis-record.ts';

/**
 * Hash of all that the events of an analysis depend on: the text, the options, how it is cut into chunks, and the
 * revisions of the models. Throws UNKNOWN_MODEL where a model is not registered here.
 */
export async function contentOf(document: Document, source: AnalysisSource, registry: ModelRegistry): Promise<string> {
  const model = registry.resolve('NER', source.model);
  const sentiment = source.sentimentModel === null ? null : registry.resolve('SENTIMENT', source.sentimentModel);
  return hash([
    fingerprintOf(document, model, source),
    document.hash,
    await model.revision(),
    sentiment && [sentiment.id, await sentiment.revision()],
  ]);
}

/** The id that belongs to an owner's idempotency key, or else to the content: equal texts of two owners are two analyses. */
export function analysisId(owner: string, content: string, idempotencyKey: string | undefined): string {
  const own = owner === EVERYBODY ? [] : [owner];
  if (idempotencyKey !== undefined) return hash(['key', ...own, idempotencyKey]);
  return owner === EVERYBODY ? content : hash(['content', owner, content]);
}

function hash(parts: readonly unknown[]): string {
  return digestOf(JSON.stringify(parts), 22);
}
