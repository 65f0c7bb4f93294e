import { vi } from 'vitest';
import type { Aggregation } from '../../src/documents/aggregation.ts';
import { type AnalysisEvent, analyze, type ChunkAnalyzed } from '../../src/documents/analysis.ts';
import { Document, type DocumentOptions, type EntityOptions } from '../../src/documents/document.ts';
import type { Entity } from '../../src/documents/entities.ts';
import type { OffsetEncoding } from '../../src/documents/offsets.ts';
import type { Loaders } from '../../src/inference/loaders.ts';
import type { Service } from '../service.ts';

export const STRATEGIES: readonly Aggregation[] = ['NONE', 'SIMPLE', 'FIRST', 'AVERAGE', 'MAX'];

/** How documents are read if a test does not say. */
export const DEFAULTS = { chunkTokens: 128, overlapTokens: 12, windowsInFlight: 4, maxTextLength: 2_000_000 } as const;

/** The widest window that the model takes. */
export const ONE_WINDOW = { chunkTokens: 512, overlapTokens: 0 } as const;

export interface ReadingOptions extends Partial<DocumentOptions> {
  readonly offsetEncoding?: OffsetEncoding;
  /** The labels come from {@link labelById} instead of the model. */
  readonly seed?: number | undefined;
  /** Every token is inside of a person's name, so that only the text itself can end one. */
  readonly allNames?: boolean | undefined;
}

/** A document on the models of a running service, read in a way of its own. */
export function documentOn(service: Service, text: string, options: ReadingOptions = {}): Document {
  const { inference } = service.server;
  const { offsetEncoding = 'UTF16', seed, allNames, ...others } = options;
  const loaders = inference.loaders();
  if (seed !== undefined) labelById(loaders, seed);
  if (allNames) labelAsNames(loaders);
  return new Document(text, offsetEncoding, loaders, inference.registry, { ...DEFAULTS, ...others });
}

/**
 * Puts a model in place of the real one that labels each token by its id alone. What stands around a token
 * cannot matter to it, so neither can the chunks; and it sees names in whatever the words are.
 */
function labelById(loaders: Loaders, seed: number): void {
  vi.spyOn(loaders.scores, 'load').mockImplementation(async ({ model, ids }) => {
    const width = model.labels.length;
    const { prefix, suffix } = model.tokenizer;
    const values = new Float32Array((prefix.length + ids.length + suffix.length) * width);
    ids.forEach((id, index) => {
      const hash = Math.imul(id + seed, 0x9e3779b1) >>> 0;
      const likely = [0, 1, 2, 2, 4][hash % 5];
      const parts = model.labels.map((_, column) => ((hash >>> (3 * column)) & 7) + 1 + (column === likely ? 6 : 0));
      const whole = parts.reduce((sum, part) => sum + part, 0);
      const row = (prefix.length + index) * width;
      parts.forEach((part, column) => {
        values[row + column] = part / whole;
      });
    });
    return { values, queueMs: 0, inferenceMs: 0, batchSize: 1, cached: false };
  });
}

function labelAsNames(loaders: Loaders): void {
  vi.spyOn(loaders.scores, 'load').mockImplementation(async ({ model, ids }) => {
    const { prefix, suffix } = model.tokenizer;
    const rows = prefix.length + ids.length + suffix.length;
    const width = model.labels.length;
    const name = model.labels.indexOf('I-PER');
    const values = Float32Array.from({ length: rows * width }, (_, at) => (at % width === name ? 1 : 0));
    return { values, queueMs: 0, inferenceMs: 0, batchSize: 1, cached: false };
  });
}

export type BareEntity = Omit<Entity, 'document'>;

/** Entities without the document they stand in, which makes two of them comparable. */
export function bare(entities: readonly Entity[]): BareEntity[] {
  return entities.map(({ id, text, type, confidence, start, end, span, tokens, chunkIndex }) => {
    return { id, text, type, confidence, start, end, span, tokens, chunkIndex };
  });
}

export async function entitiesOf(document: Document, options: Partial<EntityOptions> = {}): Promise<BareEntity[]> {
  return bare(await document.entities({ aggregation: 'FIRST', minConfidence: 0, ...options }));
}

/** All events of the analysis of a document. */
export async function eventsOf(
  service: Service,
  document: Document,
  options: Partial<EntityOptions> = {},
  after?: string,
): Promise<AnalysisEvent[]> {
  const fail = (error: unknown) => {
    throw error;
  };
  const model = service.server.inference.registry.resolve('NER', options.model);
  const events: AnalysisEvent[] = [];
  const all = { aggregation: 'FIRST', minConfidence: 0, ...options } as const;
  for await (const event of await analyze(document, model, all, after, fail)) events.push(event);
  return events;
}

export function chunksOf(events: readonly AnalysisEvent[]): ChunkAnalyzed[] {
  return events.filter((event) => event.kind === 'ChunkAnalyzed');
}
