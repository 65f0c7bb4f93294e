import type { OffsetEncoding, PositionConverter } from './offsets.ts';

/** A text and the unit of positions in it: all that sentences and entities need to know about it. */
export interface TextSource {
  readonly text: string;
  /** Hash of the text. */
  readonly hash: string;
  readonly offsetEncoding: OffsetEncoding;
  /** Converts UTF-16 positions to the client's unit. */
  readonly position: PositionConverter;
}
