import { open } from 'node:fs/promises';
import { FileMemo } from './file-memo.ts';

/** Bytes of a file that are searched at a time. */
const SEARCHED = 1 << 20;

/** The start of a `location` entry of a tensor's `external_data` in ONNX's wire format; a length and a name follow. */
const LOCATION = Buffer.from('\x0a\x08location\x12', 'latin1');
const LONGEST_NAME = 127;

/**
 * Finds the external data files in which a weights file keeps its large tensors. ONNX allows any name for them, and
 * models above 2 GB need them. A file is searched once, and again only after it has changed.
 */
export class ExternalData {
  readonly #names = new FileMemo<readonly string[]>();

  /**
   * The names of the external data files, relative to the folder of the weights. Throws if the file cannot be read, or
   * if a name points outside of that folder.
   */
  namesIn(path: string): Promise<readonly string[]> {
    return this.#names.get(path, () => search(path));
  }
}

async function search(path: string): Promise<readonly string[]> {
  const names = new Set<string>();
  const buffer = Buffer.alloc(SEARCHED + LOCATION.length + 1 + LONGEST_NAME);
  const file = await open(path);
  try {
    // Reads overlap, in case an entry is cut in two.
    for (let at = 0; ; at += SEARCHED) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, at);
      const part = buffer.subarray(0, bytesRead);
      for (let found = part.indexOf(LOCATION); found >= 0; found = part.indexOf(LOCATION, found + 1)) {
        const start = found + LOCATION.length + 1;
        const name = part.subarray(start, start + (part[start - 1] ?? 0)).toString();
        if (!/^(?!.*(^|\/)\.{1,2}(\/|$))[^\\/\0:][^\\\0:]*$/.test(name)) {
          throw new Error(`it keeps tensors in ${JSON.stringify(name)}, which must be a file below its own folder`);
        }
        names.add(name);
      }
      if (bytesRead < buffer.length) return [...names];
    }
  } finally {
    await file.close();
  }
}
