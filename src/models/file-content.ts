import { open, readFile } from 'node:fs/promises';
import { parseJson } from './json-file.ts';

/** Bytes at the start of a file that show its kind. */
const HEAD_BYTES = 512;

/** Thrown for a file whose content is not what its name says. */
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
  page: 'it is a web page, as some networks and proxies send instead of a file',
  json: 'it is not JSON, or it is incomplete',
  onnx: 'it is not in the ONNX format',
} as const;

/**
 * Checks the first bytes of a model's file. Throws {@link ForeignContent} if it is empty, a web page or a Git LFS
 * pointer, or if its name says JSON or ONNX and it is not, and the system's error if it cannot be read.
 *
 * @param name the file's name, if the path does not end with it
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

/** Like {@link checkContent}, but parses a JSON file whole, in case it was truncated. Throws {@link ForeignContent}. */
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

/** The bytes that an ONNX model can start with: the tag of one of its fields. */
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
