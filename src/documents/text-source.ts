import type { OffsetEncoding, PositionConverter } from './offsets.ts';

/** A text with the unit in which positions in it are counted: all that its sentences and entities need to know of it. */
export interface TextSource {
  readonly text: string;
  /** Digest of the text. */
  readonly hash: string;
  readonly offsetEncoding: OffsetEncoding;
  /** Turns UTF-16 positions into the client's unit. */
  readonly position: PositionConverter;
}
