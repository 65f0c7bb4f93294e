import { BertqlError } from '../errors.ts';

/** A position in a stream of events, which the client sends back to resume from there. */
export interface Cursor {
  /** Hash of the text and of everything else that the events depend on. */
  readonly fingerprint: string;
  /** Sequence number of the event that the cursor came with; -1 before the first event. */
  readonly sequence: number;
  /** The first token of the document whose entity was not sent yet. */
  readonly resumeAt: number;
  /** Whether it came with the event after `sequence` in which a job failed, which settled nothing. */
  readonly failed?: boolean;
}

/** Encodes a cursor as an opaque, URL-safe string. */
export function encodeCursor({ fingerprint, sequence, resumeAt, failed }: Cursor): string {
  const fields = [fingerprint, sequence, resumeAt, ...(failed ? [1] : [])];
  return Buffer.from(JSON.stringify(fields)).toString('base64url');
}

/**
 * Decodes a cursor. Throws BAD_ARGUMENT if it is invalid, or of another text or other options.
 *
 * @param fingerprints the accepted ones; any if there are none
 */
export function decodeCursor(encoded: string, ...fingerprints: readonly string[]): Cursor {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(encoded, 'base64url').toString());
  } catch {
    fields = undefined;
  }
  const [fingerprint, sequence, resumeAt, failed] = Array.isArray(fields) ? (fields as unknown[]) : [];
  if (typeof fingerprint !== 'string' || !isWhole(sequence, -1) || !isWhole(resumeAt, 0)) {
    throw new BertqlError('BAD_ARGUMENT', 'after must be the cursor of an earlier event, but it is not a cursor.');
  }
  if (fingerprints.length > 0 && !fingerprints.includes(fingerprint)) {
    throw new BertqlError(
      'BAD_ARGUMENT',
      'after is a cursor of another text, model or options. Send the same arguments as for the event it came with.',
    );
  }
  return { fingerprint, sequence, resumeAt, failed: failed === 1 };
}

function isWhole(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}
