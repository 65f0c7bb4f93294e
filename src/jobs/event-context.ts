import type { Document } from '../documents/document.ts';
import { entityId } from '../documents/entities.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { Stretch } from '../documents/stretch.ts';
import { TextSoFar } from '../documents/text-so-far.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { Analysis } from './analysis.ts';
import type { EventContext, EventText } from './events.ts';

/** The request that reads events. */
export interface EventReader {
  readonly registry: ModelRegistry;
  /** @param stretch where the text lies in a longer one, if it does */
  document(text: string, offsetEncoding: OffsetEncoding, stretch?: Stretch): Document;
}

/**
 * The context in which the events of an analysis are read.
 *
 * The entities of a text that grew have ids of its analysis, which no more text changes. Apart from ids, its events look
 * as if the whole text had been read at once, unless the reader began to follow it while it grew: within one stream
 * cursors and totals do not change, even after a lost connection.
 *
 * @param fingerprint the fingerprint of the reader's cursor
 */
export function contextOf(
  { id, grows, options, finalFingerprint, progress }: Analysis,
  { registry }: Pick<EventReader, 'registry'>,
  text: EventText,
  fingerprint?: string,
): EventContext {
  const isFinal = finalFingerprint !== null && (fingerprint ?? finalFingerprint) === finalFingerprint;
  return {
    registry,
    text,
    idOf: (entity) => entityId({ ...options, hash: id }, entity),
    final: grows && isFinal ? { fingerprint: finalFingerprint, progress } : undefined,
  };
}

/** The text of an analysis as its events are read with it. */
export function textOf(analysis: Analysis, reader: EventReader, text: string): EventText {
  if (analysis.grows) {
    const growing = growingTextOf(analysis, reader);
    growing.append(text);
    return growing;
  }
  const document = () => reader.document(text, analysis.options.offsetEncoding);
  return { document, whole: document, slice: (start, end) => text.slice(start, end) };
}

/** The same for one that grows while its events are read; it is empty at first. */
export function growingTextOf({ id, options }: Analysis, reader: EventReader): TextSoFar {
  const { offsetEncoding } = options;
  return new TextSoFar(id, offsetEncoding, (text, stretch) => reader.document(text, offsetEncoding, stretch));
}
