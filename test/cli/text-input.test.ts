import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readText } from '../../src/cli/text-input.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-input-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array | string, signal = new AbortController().signal) {
  const file = join(folder, 'data.tsv');
  await writeFile(file, bytes);
  return readText(file, signal);
}

describe('a file of text', () => {
  it('is read without its byte order mark, and named by its path', async () => {
    const text = 'a\tb\r\nc😀\n\nd';
    expect(await read(`\uFEFF${text}`)).toEqual({ name: join(folder, 'data.tsv'), text });
  });

  it('is refused with its first bad line if it is not UTF-8', async () => {
    const latin1 = Buffer.from('plain\nna\u00efve\nplain\nfa\u00e7ade', 'latin1');
    await expect(read(latin1)).rejects.toThrow(/data\.tsv, line 2: it is not UTF-8\. Convert the file/);
    await expect(read(Buffer.from('a\nb\nfa\u00e7ade', 'latin1'))).rejects.toThrow(/data\.tsv, line 3: /);
  });

  it('is read as UTF-16 if its byte order mark says so', async () => {
    const text = 'a\tb\rna\u00efve 😀\r\n';
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    expect((await read(little)).text).toBe(text);
    expect((await read(Buffer.from(little).swap16())).text).toBe(text);
    await expect(read(little.subarray(0, 5))).rejects.toThrow(/it begins as utf-16le does, but is cut off/);
  });

  it('is refused by its name if it cannot be opened', async () => {
    const missing = join(folder, 'missing.tsv');
    await expect(readText(missing, new AbortController().signal)).rejects.toThrow(
      /missing\.tsv: it cannot be read: ENOENT/,
    );
    await expect(readText(folder, new AbortController().signal)).rejects.toThrow(/it cannot be read: EISDIR/);
  });

  it('is not read any further once the signal is aborted', async () => {
    await expect(read('a', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
