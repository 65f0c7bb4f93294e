import type { Document, Stretch } from '../documents/document.ts';
import { entityId } from '../documents/entities.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import { TextSoFar } from '../documents/text-so-far.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { Analysis } from './analysis.ts';
import type { EventContext, EventText } from './events.ts';

/** The request that reads events. */
export interface EventReader {
  readonly registry: ModelRegistry;
  /** @param stretch the place of the text, if it is the end of a longer one */
  document(text: string, offsetEncoding: OffsetEncoding, stretch?: Stretch): Document;
}

/**
 * The context in which the events of an analysis are read.
 *
 * The ids of entities in a text that grew derive from its analysis, so that further text does not change them. Apart
 * from ids, its events look as if the whole text had been read at once, unless the reader began to follow it while it
 * grew: within one stream the fingerprint of cursors and the totals do not change, even after a lost connection.
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

/** The complete text of an analysis, for reading its events. */
export function textOf(analysis: Analysis, reader: EventReader, text: string): EventText {
  if (analysis.grows) {
    const growing = growingTextOf(analysis, reader);
    growing.append(text);
    return growing;
  }
  const document = () => reader.document(text, analysis.options.offsetEncoding);
  return { document, whole: document, slice: (start, end) => text.slice(start, end) };
}

/** The text of an analysis that grows while its events are read; empty at first. */
export function growingTextOf({ id, options }: Analysis, reader: EventReader): TextSoFar {
  const { offsetEncoding } = options;
  return new TextSoFar(id, offsetEncoding, (text, stretch) => reader.document(text, offsetEncoding, stretch));
}
