import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Whether content matches an identifier; `unknown` if the identifier is not a hash. */
export type HashVerdict = 'same' | 'different' | 'unknown';

/**
 * Compares a file with the identifier that the hub sent: SHA-256 for a large file, git's SHA-1 for a small one, which
 * includes a header before the content. Mirrors that compute hashes themselves leave that header out.
 */
export async function checkHash(path: string, identifier: string, signal?: AbortSignal): Promise<HashVerdict> {
  if (/^[0-9a-f]{64}$/.test(identifier)) {
    return (await hashFile(path, 'sha256', '', signal)) === identifier ? 'same' : 'different';
  }
  if (!/^[0-9a-f]{40}$/.test(identifier)) return 'unknown';
  const { size } = await stat(path);
  if ((await hashFile(path, 'sha1', `blob ${size}\0`, signal)) === identifier) return 'same';
  return (await hashFile(path, 'sha1', '', signal)) === identifier ? 'same' : 'different';
}

/** The hash of a file, in hexadecimal. */
export async function hashFile(
  path: string,
  algorithm: 'sha256' | 'sha1',
  before = '',
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm).update(before);
  for await (const part of createReadStream(path, { highWaterMark: 1 << 18, ...(signal && { signal }) }))
    hash.update(part);
  return hash.digest('hex');
}
