import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { FetchAPI, Plugin } from 'graphql-yoga';
import type { ServerContext } from './call.ts';
import type { Route } from './http/routes.ts';
import { PageFile, readPageFiles } from './page-files.ts';

/** The folder of the built page. */
const BUILT = fileURLToPath(new URL('../../dist/page/', import.meta.url));

const ENTRY = 'index.html';
const ASSETS = '/assets/';

/** The hash of the content that the build adds to a file's name. */
const HASH = /-[\w-]{8}(?=\.\w+$)/;

/** The policy of a module that runs as a worker; modules that the page imports are under the page's policy. */
const WORKER_POLICY = "default-src 'none'; script-src 'self'";

export interface PageOptions {
  /** Path of the graph, such as `/graphql`. */
  readonly endpoint: string;
  /** Whether there is a GraphiQL to link to. */
  readonly graphiql: boolean;
}

interface Found {
  readonly file: PageFile;
  readonly cacheControl: string;
}

/**
 * The demo page at `/`. It serves the built files and no others. All but the entry have a hash of their content in
 * their name, so browsers cache them forever.
 *
 * It is a plugin of its own instead of sirv because it answers with fetch responses, as everything here does: sirv
 * writes to Node's response, bypassing logs, security headers and the server that this one is mounted in.
 */
export class Page {
  readonly #files: ReadonlyMap<string, PageFile>;
  /** The files by name without the hash, for pages that were open while the server was replaced. */
  readonly #unhashed: ReadonlyMap<string, PageFile>;
  readonly #entry: PageFile;
  readonly #scriptHashes: readonly string[];
  readonly #notFound: PageFile;

  /** Reads the files. Throws if the page was not built. */
  constructor(options: PageOptions, folder: string = BUILT) {
    this.#files = readPageFiles(folder);
    this.#unhashed = new Map([...this.#files].map(([path, file]) => [path.replace(HASH, ''), file]));
    const entry = this.#files.get(ENTRY);
    if (!entry) throw new Error(`The demo page is not in ${folder}. Run npm run build, or set PAGE=false.`);
    const html = entry.text
      .replaceAll('%ENDPOINT%', `.${options.endpoint}`)
      .replaceAll('%GRAPHIQL%', String(options.graphiql));
    this.#entry = new PageFile(ENTRY, new TextEncoder().encode(html));
    this.#scriptHashes = hashesOf('script', html);
    this.#notFound = new PageFile(ENTRY, new TextEncoder().encode(NOT_FOUND));
  }

  readonly route: Route = (request, path, { Response }) => {
    const found = isRead(request) ? this.#find(path) : undefined;
    return found && this.#answer(request, found, Response);
  };

  async #answer(request: Request, { file, cacheControl }: Found, Response: FetchAPI['Response']): Promise<Response> {
    const packing = file.packingFor(request.headers.get('accept-encoding'));
    const etag = `"${file.hash}-${packing}"`;
    const headers: Record<string, string> = {
      'content-type': file.mediaType,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
      etag,
      ...(file === this.#entry ? { 'content-security-policy': this.#policy(request.headers.get('host')) } : {}),
      ...(file.mediaType.startsWith('text/javascript') ? { 'content-security-policy': WORKER_POLICY } : {}),
    };
    const known = request.headers.get('if-none-match')?.split(/\s*,\s*/) ?? [];
    if (known.some((tag) => tag.replace(/^W\//, '') === etag)) return new Response(null, { status: 304, headers });
    const body = await file.packed(packing);
    if (packing !== 'identity') headers['content-encoding'] = packing;
    headers['content-length'] = String(body.length);
    return new Response(request.method === 'HEAD' ? null : body, { headers });
  }

  /** Gives a mistyped address a page with links instead of an empty one. */
  useNotFound(): Plugin<ServerContext> {
    return {
      onResponse: ({ request, response, setResponse, fetchAPI }) => {
        if (response.status !== 404 || response.body || !isRead(request)) return;
        if (!request.headers.get('accept')?.includes('text/html')) return;
        const headers = new fetchAPI.Headers(response.headers);
        headers.set('content-type', this.#notFound.mediaType);
        headers.set('content-security-policy', NOT_FOUND_POLICY);
        setResponse(
          new fetchAPI.Response(request.method === 'HEAD' ? null : this.#notFound.text, { status: 404, headers }),
        );
      },
    };
  }

  #find(path: string): Found | undefined {
    if (path === '/') return { file: this.#entry, cacheControl: 'no-cache' };
    if (!path.startsWith(ASSETS)) return undefined;
    const name = path.slice(1);
    const file = this.#files.get(name);
    if (file) return { file, cacheControl: 'public, max-age=31536000, immutable' };
    const other = HASH.test(name) ? this.#unhashed.get(name.replace(HASH, '')) : undefined;
    return other && { file: other, cacheControl: 'no-cache' };
  }

  /**
   * The page only runs its own modules and only talks to this server. Scripts may not write HTML except through the
   * named policy: dropped files are parsed and never shown.
   *
   * @param host the host of the request; some browsers do not accept `'self'` for a WebSocket
   */
  #policy(host: string | null): string {
    const sockets = host && /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
    return [
      "default-src 'none'",
      `script-src 'self' ${this.#scriptHashes.join(' ')}`,
      "worker-src 'self'",
      "style-src 'self'",
      "font-src 'self'",
      "img-src 'self' data:",
      `connect-src 'self'${sockets}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      'trusted-types bertql',
    ].join('; ');
  }
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** The hashes of a page's inline scripts or styles, for its policy. */
function hashesOf(tag: 'script' | 'style', html: string): readonly string[] {
  const inline = html.matchAll(new RegExp(`<${tag}(?![^>]*\\ssrc=)[^>]*>([\\s\\S]*?)</${tag}>`, 'g'));
  return [...inline].map(([, content = '']) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`);
}

const NOT_FOUND = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <meta name="viewport" content="width=device-width, initial-scale=1" />
  <title>Not found · bertql</title>
  <style>
    :root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
    main { max-width: 34rem; margin: 18vh auto; padding: 0 1.5rem; }
    h1 { font-size: 1.6rem; line-height: 1.2; }
  </style>
  <main>
    <h1>There is nothing at this address.</h1>
    <p>You may be looking for <a href="/">the page that reads while you watch</a>.</p>
  </main>
</html>
`;

const NOT_FOUND_POLICY = [
  "default-src 'none'",
  `style-src ${hashesOf('style', NOT_FOUND).join(' ')}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
