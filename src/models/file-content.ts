import { open, readFile } from 'node:fs/promises';
import { parseJson } from './json-file.ts';

/** Bytes from which a file's kind shows. */
const HEAD_BYTES = 512;

/** A file that is something else than its name says. */
export class ForeignContent extends Error {
  override readonly name = 'ForeignContent';
  readonly kind: keyof typeof DESCRIPTIONS;

  constructor(kind: keyof typeof DESCRIPTIONS) {
    super(DESCRIPTIONS[kind]);
    this.kind = kind;
  }
}

const DESCRIPTIONS = {
  empty: 'it is empty',
  pointer: 'it is a pointer of Git LFS and not the file itself, which `git lfs pull` fetches',
  page: 'it is a web page, as a network or a proxy answers in the place of a file',
  json: 'it is not JSON, or not all of it',
  onnx: 'it is not in the ONNX format',
} as const;

/**
 * Looks at the first bytes of a model's file. Throws {@link ForeignContent} if it is something else than its name says:
 * empty, a web page, a pointer of Git LFS, no JSON, no ONNX. Throws what reading throws.
 *
 * @param name its name, if that does not show from the path
 */
export async function checkContent(path: string, name = path): Promise<void> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
    const kind = foreignKind(buffer.subarray(0, bytesRead), name);
    if (kind) throw new ForeignContent(kind);
  } finally {
    await file.close();
  }
}

/** {@link checkContent}, and all of a JSON file, which a cut leaves without its end. Throws {@link ForeignContent}. */
export async function checkWhole(path: string, name = path): Promise<void> {
  await checkContent(path, name);
  if (!name.endsWith('.json')) return;
  const text = await readFile(path, 'utf8');
  try {
    parseJson(text);
  } catch {
    throw new ForeignContent('json');
  }
}

/** How a model in the ONNX format can begin: with the tag of one of its fields. */
const ONNX_TAGS = new Set([0x08, 0x12, 0x1a, 0x22, 0x28, 0x32, 0x3a, 0x42, 0x72, 0xa2, 0xca]);

function foreignKind(head: Buffer, name: string): ForeignContent['kind'] | undefined {
  if (head.length === 0) return 'empty';
  const text = head
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (text.startsWith('version https://git-lfs')) return 'pointer';
  if (/^<(!doctype html|html|head|body|script|meta|!--|\?xml)/i.test(text)) return 'page';
  if (name.endsWith('.json') && !/^[{[]/.test(text)) return 'json';
  return name.endsWith('.onnx') && !ONNX_TAGS.has(head[0] ?? 0) ? 'onnx' : undefined;
}
