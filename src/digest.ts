import { createHash } from 'node:crypto';

/**
 * The first characters of a SHA-256 in base64url, six bits each: 16 are enough to distinguish texts and files; ids that
 * must not be guessed have more.
 */
export function digestOf(content: string | Uint8Array, length = 16): string {
  return createHash('sha256').update(content).digest('base64url').slice(0, length);
}
