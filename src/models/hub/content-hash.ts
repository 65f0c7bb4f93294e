import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Whether content is what an identifier stands for; `unknown` if the identifier is no hash. */
export type HashVerdict = 'same' | 'different' | 'unknown';

/**
 * Compares a file with the identifier that the hub gave: SHA-256 for a large file; for a small one the SHA-1 of git,
 * which hashes a header in front of the content. Mirrors that hash by themselves leave that header out.
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

/** Hash of a file in hexadecimal digits. */
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
