import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';
import type { BertRules } from '../models/tokenizer-file.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { concatenate } from './concatenate.ts';
import type { EncodedText, Encoding } from './encoding.ts';
import { segmentPart } from './segmentation.ts';
import { SegmentPieces } from './segments.ts';
import { type Pieces, TextPart } from './text-part.ts';
import { encodeWhole } from './whole-text.ts';

/** Tokenizes texts for the whole process. */
export class Tokenizer {
  readonly #segments = new Map<Vocabulary, SegmentPieces>();
  #texts = 0;

  /** Texts tokenized since the start. */
  get texts(): number {
    return this.#texts;
  }

  /** The pieces of a text. A long text is given up between its parts once `signal` is aborted. */
  async encode(vocabulary: Vocabulary, text: string, signal?: AbortSignal): Promise<Encoding> {
    this.#texts++;
    const startedAt = performance.now();
    const pieces = vocabulary.bert
      ? await this.#encodeSegments(vocabulary, vocabulary.bert, text, signal)
      : await encodeWhole(vocabulary, text, signal);
    return { vocabulary, ...pieces, tokenizeMs: performance.now() - startedAt };
  }

  /** What BERT's tokenizer makes of a text: the pieces of its segments. */
  async #encodeSegments(
    vocabulary: Vocabulary,
    rules: BertRules,
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<EncodedText> {
    const segments = this.#segmentsOf(vocabulary, rules);
    const parts: (Pieces | Promise<Pieces>)[] = [];
    for (let start = 0; start < text.length; ) {
      if (start > 0) await nextTurn();
      throwIfAborted(signal);
      const part = new TextPart(segments, text);
      start = segmentPart(text, start, part.visit);
      parts.push(part.encode());
    }
    const [only] = parts;
    const { ids, offsets } = only && parts.length === 1 ? await only : join(await Promise.all(parts));
    return { ids, offsets, continues: (piece) => vocabulary.isContinuation(ids[piece] ?? -1) };
  }

  #segmentsOf(vocabulary: Vocabulary, rules: BertRules): SegmentPieces {
    let segments = this.#segments.get(vocabulary);
    if (!segments) this.#segments.set(vocabulary, (segments = new SegmentPieces(vocabulary, rules)));
    return segments;
  }
}

function join(parts: readonly Pieces[]): Pieces {
  return {
    ids: concatenate(parts.map(({ ids }) => ids)),
    offsets: {
      starts: concatenate(parts.map(({ offsets }) => offsets.starts)),
      ends: concatenate(parts.map(({ offsets }) => offsets.ends)),
    },
  };
}
