import { digestOf } from '../digest.ts';
import { fingerprintOf, RULES } from '../documents/analysis.ts';
import type { Document } from '../documents/document.ts';
import type { Model } from '../models/registry.ts';
import { type AnalysisOptions, type AnalysisSource, EVERYBODY } from './analysis.ts';

/** The models that an analysis reads with. */
export interface AnalysisModels {
  readonly ner: Model;
  /** Missing if no sentiment is wanted. */
  readonly sentiment: Model | undefined;
}

/** What identifies an analysis. */
export interface Identity {
  /**
   * Hash of everything that the events depend on: the text, the options, the chunk settings and the models' revisions.
   */
  readonly content: string;
  /** The fingerprint in the cursors of its events. */
  readonly fingerprint: string;
}

/** The identity of the analysis of a whole text. */
export async function identityOf(
  document: Document,
  source: AnalysisSource,
  models: AnalysisModels,
): Promise<Identity> {
  const fingerprint = await fingerprintOf(document, models.ner, source);
  return { fingerprint, content: hash([fingerprint, document.hash, ...(await revisionsOf(models))]) };
}

/** The identity of an open text that begins with the document; no other analysis shares its id. */
export async function openIdentityOf(
  id: string,
  document: Document,
  options: AnalysisOptions,
  models: AnalysisModels,
): Promise<Identity> {
  const conditions = await conditionsOf(document.chunking, options, models);
  return { fingerprint: hash(['open', id, conditions]).slice(0, 16), content: `${document.hash} ${conditions}` };
}

/** Whether an open text can be read further: nothing that its events depend on, besides the text, has changed. */
export async function canReadOn(
  content: string,
  chunking: Document['chunking'],
  options: AnalysisOptions,
  models: AnalysisModels,
): Promise<boolean> {
  return content.endsWith(` ${await conditionsOf(chunking, options, models)}`);
}

async function conditionsOf(
  chunking: Document['chunking'],
  { model, aggregation, types, minConfidence, offsetEncoding }: AnalysisOptions,
  models: AnalysisModels,
): Promise<string> {
  const options = [RULES, model, aggregation, types, minConfidence, offsetEncoding, ...chunking];
  return hash([...options, ...(await revisionsOf(models))]);
}

/** The id for an owner's idempotency key. */
export function idOfKey(owner: string, key: string): string {
  return hash(['key', ...(owner === EVERYBODY ? [] : [owner]), key]);
}

/** The id for the content of an owner's analysis: equal texts of two owners are two analyses. */
export function idOfContent(owner: string, content: string): string {
  return owner === EVERYBODY ? content : hash(['content', owner, content]);
}

async function revisionsOf({ ner, sentiment }: AnalysisModels): Promise<readonly unknown[]> {
  return [await ner.revision(), sentiment ? [sentiment.id, await sentiment.revision()] : null];
}

function hash(parts: readonly unknown[]): string {
  return digestOf(JSON.stringify(parts), 22);
}
