import type { Document } from '../documents/document.ts';
import { entityId } from '../documents/entities.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { Analysis } from './analysis.ts';
import type { EventContext } from './events.ts';

/** The request that reads events. */
export interface EventReader {
  readonly registry: ModelRegistry;
  document(text: string, offsetEncoding: OffsetEncoding, keep?: boolean): Document;
}

/**
 * The context in which the events of an analysis are read.
 *
 * The events of a text that grew look as if the whole text had been read at once, unless the reader began to follow it
 * while it grew: within one stream ids, cursors and totals do not change, even after a lost connection.
 *
 * @param text the text so far
 * @param fingerprint the fingerprint of the reader's cursor
 */
export function contextOf(
  analysis: Analysis,
  reader: EventReader,
  text: () => string,
  fingerprint?: string,
): EventContext {
  const { id, grows, options, finalFingerprint, progress } = analysis;
  const isFinal = finalFingerprint !== null && (fingerprint ?? finalFingerprint) === finalFingerprint;
  let made: { readonly length: number; readonly document: Document } | undefined;
  const document = () => {
    const current = text();
    // Otherwise every step of an open text would be kept until the end of the request.
    if (made?.length !== current.length) {
      made = { length: current.length, document: reader.document(current, options.offsetEncoding, !grows) };
    }
    return made.document;
  };
  return {
    registry: reader.registry,
    document,
    idOf: (entity) => entityId({ ...options, hash: isFinal ? document().hash : id }, entity),
    final: grows && isFinal ? { fingerprint: finalFingerprint, progress } : undefined,
  };
}
