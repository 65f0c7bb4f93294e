import { open } from 'node:fs/promises';

/** Bytes from which a file's kind shows. */
const HEAD_BYTES = 512;

/**
 * Looks at the first bytes of a JSON file or of weights. Throws an error whose message says what the file is instead: a
 * web page that a network answered in the place of the hub, a pointer of Git LFS, or empty. Throws what reading throws.
 */
export async function checkContent(path: string): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
    const wrong = foreignContent(buffer.subarray(0, bytesRead));
    if (wrong !== undefined) throw new Error(wrong);
  } finally {
    await file.close();
  }
}

/** What a file with this beginning is, in words, if it cannot be JSON or weights; `undefined` if it can. */
function foreignContent(head: Buffer): string | undefined {
  if (head.length === 0) return 'it is empty';
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (text.startsWith('version https://git-lfs')) {
    return 'it is a pointer of Git LFS and not the file itself, which `git lfs pull` fetches';
  }
  return text.startsWith('<')
    ? 'it is a web page, as a network or a proxy answers it in the place of a file'
    : undefined;
}
