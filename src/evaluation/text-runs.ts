import { Document, type DocumentOptions } from '../documents/document.ts';
import { asBertqlError, type ErrorCode } from '../errors.ts';
import type { Inference } from '../inference/inference.ts';
import type { Model } from '../models/registry.ts';
import { DataError } from './source.ts';

/** How much of the data the model sees at once. */
export type Context = 'sentence' | 'document';

/** The options of an evaluation. */
export interface EvaluationOptions {
  readonly inference: Inference;
  readonly documents: DocumentOptions;
  readonly model: Model;
  readonly context: Context;
  /** The most texts in progress at a time. */
  readonly batch: number;
  /** Aborting it stops the work. */
  readonly signal?: AbortSignal;
  /** Called with the number of finished texts. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A text of the data, and the line on which it begins, from 1. */
export interface NumberedText {
  readonly text: string;
  readonly line: number;
}

/** Errors that are the text's own fault. */
const OF_THE_TEXT: readonly ErrorCode[] = ['EMPTY_TEXT', 'TEXT_TOO_LONG', 'INVALID_TEXT'];

/**
 * Processes each text as a document of its own operation, as a query would, and resolves with the results in order.
 * Rejects with the first failure; one that is the text's own fault becomes a {@link DataError}.
 */
export async function forEachText<T extends NumberedText, R>(
  source: string,
  texts: readonly T[],
  options: EvaluationOptions,
  work: (document: Document, text: T) => Promise<R>,
): Promise<readonly R[]> {
  const { inference, onProgress } = options;
  const outcomes: R[] = [];
  const waiting = texts.entries();
  let done = 0;
  let failed = false;

  const run = async (text: T): Promise<R> => {
    const loaders = inference.loaders({ signal: options.signal, patient: true });
    try {
      return await work(new Document(text.text, 'UTF16', loaders, inference.registry, options.documents), text);
    } catch (error) {
      failed = true;
      const expected = asBertqlError(error);
      if (!expected || !OF_THE_TEXT.includes(expected.code)) throw error;
      throw new DataError(source, text.line, expected.message, { cause: error });
    } finally {
      loaders.dispose();
    }
  };
  const runOneByOne = async (): Promise<void> => {
    for (const [index, text] of waiting) {
      outcomes[index] = await run(text);
      if (failed) return;
      onProgress?.(++done, texts.length);
    }
  };
  onProgress?.(0, texts.length);
  await Promise.all(Array.from({ length: Math.min(options.batch, texts.length) }, runOneByOne));
  return outcomes;
}
