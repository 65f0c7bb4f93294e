import type { Document } from '../documents/document.ts';
import { entityId } from '../documents/entities.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { ModelRegistry } from '../models/registry.ts';
import type { Analysis } from './analysis.ts';
import type { EventContext } from './events.ts';

/** The request that events are read for. */
export interface EventReader {
  readonly registry: ModelRegistry;
  document(text: string, offsetEncoding: OffsetEncoding, keep?: boolean): Document;
}

/**
 * What the events of an analysis are read with.
 *
 * Those of a text that grew read as if the whole text had been read at once, unless the reader began to follow it
 * while it grew: ids, cursors and totals stay what they are within one stream, also after a lost connection.
 *
 * @param text the text so far
 * @param fingerprint that of the cursor which the reader came with
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
    // Each step of a text that grows would be kept until the end of the request.
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
