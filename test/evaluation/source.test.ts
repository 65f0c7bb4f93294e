import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSource } from '../../src/evaluation/source.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-source-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(bytes: Uint8Array | string, signal = new AbortController().signal) {
  const file = join(folder, 'data.tsv');
  await writeFile(file, bytes);
  return readSource(file, signal);
}

describe('test data', () => {
  it('is read line by line, without byte order mark and line ends', async () => {
    expect((await read('\uFEFFa\tb\r\nc😀\n\nd')).lines).toEqual(['a\tb', 'c😀', '', 'd']);
  });

  it('that is not UTF-8 is refused with the first bad line', async () => {
    const latin1 = Buffer.from('plain\nna\u00efve\nplain\nfa\u00e7ade', 'latin1');
    await expect(read(latin1)).rejects.toThrow(/data\.tsv, line 2: it is not UTF-8\. Convert the file/);
    await expect(read(Buffer.from('a\nb\nfa\u00e7ade', 'latin1'))).rejects.toMatchObject({ line: 3 });
  });

  it('is read as UTF-16 if its byte order mark says so', async () => {
    const text = 'a\tb\rna\u00efve 😀\r\n';
    const little = Buffer.from(`\uFEFF${text}`, 'utf16le');
    expect((await read(little)).lines).toEqual(['a\tb', 'na\u00efve 😀']);
    expect((await read(Buffer.from(little).swap16())).lines).toEqual(['a\tb', 'na\u00efve 😀']);
    await expect(read(little.subarray(0, 5))).rejects.toThrow(/it begins as utf-16le does, but is cut off/);
  });

  it('that is not there is refused by its name', async () => {
    const missing = join(folder, 'missing.tsv');
    await expect(readSource(missing, new AbortController().signal)).rejects.toThrow(
      /missing\.tsv: it cannot be read: ENOENT/,
    );
    await expect(readSource(folder, new AbortController().signal)).rejects.toThrow(/it cannot be read: EISDIR/);
  });

  it('is not read on once the signal is aborted', async () => {
    await expect(read('a', AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  });
});
