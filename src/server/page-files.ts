import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import { digestOf } from '../digest.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** The encodings of a body, best first; `identity` means uncompressed. */
export type Packing = 'br' | 'gzip' | 'identity';

/** A file of the page, compressed on demand. */
export class PageFile {
  readonly mediaType: string;
  /** Hash of the content, a strong validator. */
  readonly hash: string;
  readonly #body: Uint8Array<ArrayBuffer>;
  readonly #packed = new Map<Packing, Promise<Uint8Array<ArrayBuffer>>>();

  constructor(name: string, body: Uint8Array<ArrayBuffer>) {
    this.mediaType = MEDIA_TYPES[extname(name)] ?? 'application/octet-stream';
    this.hash = digestOf(body);
    this.#body = body;
  }

  /** The content of a text file. */
  get text(): string {
    return new TextDecoder().decode(this.#body);
  }

  /** The encoding to use, of those that a client accepts. Fonts are compressed already. */
  packingFor(accepted: string | null): Packing {
    if (this.mediaType.startsWith('font/')) return 'identity';
    const names = (accepted ?? '').split(',').map((each) => each.trim());
    return (['br', 'gzip'] as const).find((packing) => names.some((name) => takes(name, packing))) ?? 'identity';
  }

  /** The body in an encoding. It is compressed on first use, off the main thread, and kept. */
  packed(packing: Packing): Promise<Uint8Array<ArrayBuffer>> {
    const known = this.#packed.get(packing);
    if (known) return known;
    const packed = pack(this.#body, packing);
    this.#packed.set(packing, packed);
    return packed;
  }
}

/** Whether one entry of `Accept-Encoding` accepts an encoding. */
function takes(entry: string, packing: Packing): boolean {
  const [name, ...parameters] = entry.split(';').map((part) => part.trim());
  return name === packing && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
}

async function pack(body: Uint8Array<ArrayBuffer>, packing: Packing): Promise<Uint8Array<ArrayBuffer>> {
  if (packing === 'identity') return body;
  if (packing === 'gzip') return new Uint8Array(await promisify(gzip)(body));
  const params = { [zlib.BROTLI_PARAM_QUALITY]: 9, [zlib.BROTLI_PARAM_SIZE_HINT]: body.length };
  return new Uint8Array(await promisify(brotliCompress)(body, { params }));
}

/** Reads the files of the demo page, by their path in a folder, such as `assets/icon-D2zKT3yd.svg`. */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (path) => extname(path) in MEDIA_TYPES,
  );
  return new Map(
    paths.map((path) => {
      const name = path.split(sep).join('/');
      return [name, new PageFile(name, new Uint8Array(readFileSync(join(folder, path))))];
    }),
  );
}
