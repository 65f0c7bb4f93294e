import { BertqlError } from '../errors.ts';

/** Where a stream of events stands, as the client gives it back to go on from there. */
export interface Cursor {
  /** Hash of the text and of everything else that the events depend on. */
  readonly fingerprint: string;
  /** Sequence number of the event that the cursor came with; -1 where there was none yet. */
  readonly sequence: number;
  /** The first piece of the document whose entity had not been given out yet. */
  readonly resumeAt: number;
}

/** Writes a cursor as an opaque string that is safe in a URL. */
export function encodeCursor({ fingerprint, sequence, resumeAt }: Cursor): string {
  return Buffer.from(JSON.stringify([fingerprint, sequence, resumeAt])).toString('base64url');
}

/** Reads a cursor. Throws BAD_ARGUMENT where it is none, or one of another text or other options. */
export function decodeCursor(encoded: string, fingerprint: string): Cursor {
  let fields: unknown;
  try {
    fields = JSON.parse(Buffer.from(encoded, 'base64url').toString());
  } catch {
    fields = undefined;
  }
  const [found, sequence, resumeAt] = Array.isArray(fields) ? (fields as unknown[]) : [];
  if (typeof found !== 'string' || !isWhole(sequence, -1) || !isWhole(resumeAt, 0)) {
    throw new BertqlError('BAD_ARGUMENT', 'after must be the cursor of an earlier event, but what came is none.');
  }
  if (found !== fingerprint) {
    throw new BertqlError(
      'BAD_ARGUMENT',
      'after is a cursor of another text, model or options. Send the same arguments as for the event it came with.',
    );
  }
  return { fingerprint, sequence, resumeAt };
}

function isWhole(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
}
