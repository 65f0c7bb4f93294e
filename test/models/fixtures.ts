import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { type Config, loadConfig } from '../../src/config.ts';
import type { Aggregation } from '../../src/documents/aggregation.ts';
import { Document, type DocumentOptions } from '../../src/documents/document.ts';
import { Inference } from '../../src/inference/inference.ts';
import type { ModelEntry } from '../../src/models/catalogue.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { documentOptions } from '../../src/server/document-options.ts';

/** Small models of all architectures, with random weights, made by `make.py` in the same folder. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/models', import.meta.url));

export function entry(folder: string, task: ModelEntry['task'], more: Partial<ModelEntry> = {}): ModelEntry {
  const source = { kind: 'folder', path: folder } as const;
  const common = { bundled: true, preload: true, description: 'A fixture.', license: 'MIT' };
  return { id: folder, task, source, ...common, ...more };
}

export const NER_MODELS = ['roberta-bio', 'electra-bilou', 'deberta-plain', 'xlm-roberta-iobes'] as const;
export const SENTIMENT_MODELS = ['roberta-unnamed', 'distilbert-multilabel'] as const;
export type Fixture = (typeof NER_MODELS)[number] | (typeof SENTIMENT_MODELS)[number];

/** As int8, `roberta-bio` would run each text alone; here it is like the others. */
export const ALL = [
  ...NER_MODELS.map((name) => entry(name, 'NER', { dtype: 'fp32' })),
  ...SENTIMENT_MODELS.map((name) => entry(name, 'SENTIMENT')),
];

/** Type, confidence and range in code points. */
export type GoldenEntity = readonly [type: string, confidence: number, start: number, end: number];

/** What Python makes of a text. */
export interface Golden {
  readonly text: string;
  /** Whether spaces surround each punctuation mark, so that Python's heuristic for words is right. */
  readonly spaced: boolean;
  readonly ids: readonly number[];
  readonly offsets: readonly (readonly [start: number, end: number])[];
  readonly decoded: string;
  readonly none: readonly GoldenEntity[];
  readonly simple: readonly GoldenEntity[];
  readonly first: readonly GoldenEntity[];
  readonly average: readonly GoldenEntity[];
  readonly max: readonly GoldenEntity[];
  readonly scores: readonly (readonly [label: string, probability: number])[];
}

export const GOLDEN = JSON.parse(readFileSync(`${FIXTURES}/golden.json`, 'utf8')) as Readonly<
  Record<Fixture, readonly Golden[]>
>;

/** The output of Python for a strategy. */
export function goldenEntities(golden: Golden, strategy: Aggregation): readonly GoldenEntity[] {
  return { NONE: golden.none, SIMPLE: golden.simple, FIRST: golden.first, AVERAGE: golden.average, MAX: golden.max }[
    strategy
  ];
}

export interface Models {
  readonly inference: Inference;
  readonly registry: ModelRegistry;
  document(text: string, options?: Partial<DocumentOptions>): Document;
}

/** Starts the inference layer on models of the fixtures' folder for the tests of a file, and closes it after them. */
export function useModels(
  entries: readonly ModelEntry[] = ALL,
  settings: Readonly<Record<string, string>> = {},
): Models {
  const config: Config = loadConfig({ CACHE_BYTES: '0', WORKERS: '1', ...settings });
  let running: Inference | undefined;
  beforeAll(async () => {
    running = new Inference(await ModelRegistry.open(FIXTURES, { ...config, entries }), config);
    await running.start();
  });
  afterAll(async () => {
    await running?.close();
  });
  const inference = () => {
    if (!running) throw new Error('The models are not loaded yet; ask inside a test.');
    return running;
  };
  return {
    get inference() {
      return inference();
    },
    get registry() {
      return inference().registry;
    },
    document: (text, options = {}) =>
      new Document(text, 'UTF16', inference().loaders(), inference().registry, {
        ...documentOptions(config),
        ...options,
      }),
  };
}

/** Code points of a text before a position in UTF-16. */
export function codePointsBefore(text: string, position: number): number {
  return Array.from(text.slice(0, position)).length;
}
