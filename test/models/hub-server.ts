import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../fixtures/hub/', import.meta.url));

/** The commit that the hub says all its files are of. */
export const COMMIT = 'c0ffee0000000000000000000000000000000000';

export interface HubRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

/** Answers a request itself, or returns `false` to leave it to the hub. `content` is that of the requested file. */
export type Intercept = (request: HubRequest, response: ServerResponse, content: Buffer) => boolean | Promise<boolean>;

/**
 * A hub with the models of `test/fixtures/hub`, as the real one answers: small files at once with the SHA-1 of git as
 * their ETag, large ones by a redirect to storage, with the SHA-256 in `x-linked-etag`; ranges; `x-repo-commit`.
 */
export class TestHub {
  readonly requests: HubRequest[] = [];
  /** Files instead of those of the fixtures, by `repository/path`. */
  readonly files = new Map<string, Buffer>();
  /** The known revisions; any if there are none. */
  revisions: readonly string[] = [];
  commit = COMMIT;
  /** Sends the name of a repository on to another one, as the hub does after a move. */
  readonly moved = new Map<string, string>();
  intercept: Intercept = () => false;
  readonly #server: Server;
  readonly #blobs = new Map<string, Buffer>();

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
  }

  static async start(): Promise<TestHub> {
    const hub = new TestHub();
    await new Promise<void>((resolve) => hub.#server.listen(0, '127.0.0.1', resolve));
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Forgets what was asked and behaves as in the beginning. */
  reset(): void {
    this.requests.length = 0;
    this.files.clear();
    this.moved.clear();
    this.revisions = [];
    this.commit = COMMIT;
    this.intercept = () => false;
  }

  /** How many times a file was requested at its own address. */
  count(file: string): number {
    return this.requests.filter(({ path }) => path.endsWith(`/${file}`)).length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '', this.url).pathname);
    const { range, authorization } = request.headers;
    const asked: HubRequest = { path, range, authorization };
    this.requests.push(asked);
    const match = /^\/(.+)\/resolve\/([^/]+)\/(.+)$/.exec(path);
    const [, repository = '', revision = '', file = ''] = match ?? [];
    const stored = this.#blobs.get(path);
    const content = stored ?? (match ? await this.#read(repository, file) : undefined);
    if (await this.intercept(asked, response, content ?? Buffer.alloc(0))) return;
    if (stored) return sendRange(response, stored, range, { etag: '"of-the-storage"' });
    const target = this.moved.get(repository);
    if (target !== undefined) {
      response.writeHead(307, { location: `/${target}/resolve/${revision}/${file}` }).end();
      return;
    }
    if (this.revisions.length > 0 && !this.revisions.includes(revision)) {
      response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
      return;
    }
    const commit = { 'x-repo-commit': this.commit };
    if (!content) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound', ...commit }).end();
      return;
    }
    if (!file.endsWith('.onnx')) {
      const header = `blob ${content.length}\0`;
      const etag = createHash('sha1').update(header).update(content).digest('hex');
      return sendRange(response, content, range, { ...commit, etag: `"${etag}"` });
    }
    const etag = createHash('sha256').update(content).digest('hex');
    const location = `/storage/${etag}`;
    this.#blobs.set(location, content);
    const linked = { 'x-linked-etag': `"${etag}"`, 'x-linked-size': content.length };
    response.writeHead(302, { location, ...commit, ...linked }).end();
  }

  async #read(repository: string, file: string): Promise<Buffer | undefined> {
    const own = this.files.get(`${repository}/${file}`);
    if (own) return own;
    return readFile(join(FIXTURES, repository, file)).catch(() => undefined);
  }
}

export function sendRange(
  response: ServerResponse,
  content: Buffer,
  range: string | undefined,
  headers: Readonly<Record<string, string | number>> = {},
): void {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = Math.min(to ? Number(to) + 1 : content.length, content.length);
  const isPart = from !== undefined && start < content.length;
  const part = content.subarray(start, end);
  response.writeHead(isPart ? 206 : 200, {
    'content-length': part.length,
    'accept-ranges': 'bytes',
    ...(isPart && { 'content-range': `bytes ${start}-${end - 1}/${content.length}` }),
    ...headers,
  });
  response.end(part);
}
