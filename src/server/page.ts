import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'graphql-yoga';
import type { ServerContext } from './call.ts';
import { PageFile, readPageFiles } from './page-files.ts';

/** Where the build lays what it makes. */
const BUILT = fileURLToPath(new URL('../../dist/', import.meta.url));

/** What is served of it: the page's own folder, and the modules that it shares with the server. */
const SERVED = ['page', 'documents/entity-groups.js'];

const ENTRY = 'page/index.html';
const START = 'page/main.js';
const ASSETS = '/assets/';

/** What the import map of the page says. */
const PACKAGES: Readonly<Record<string, string>> = { 'graphql-ws/client': 'page/vendor/client.js' };

/** What a module may do that runs as a worker; for one that a page imports, the policy of the page holds. */
const WORKER_POLICY = "default-src 'none'; script-src 'self'";

export interface PageOptions {
  /** Path of the graph, such as `/graphql`. */
  readonly endpoint: string;
  /** Whether there is a GraphiQL to link to. */
  readonly graphiql: boolean;
}

/**
 * The demo page at `/`. It serves the files that the build laid out and no others. All but the entry have the hash of
 * them all in their path, so that a browser keeps them for good and never mixes two versions.
 */
export class Page {
  readonly #files: ReadonlyMap<string, PageFile>;
  readonly #entry: PageFile;
  readonly #version: string;
  readonly #scriptHashes: readonly string[];

  /** Reads the files. Throws where the page was not built. */
  constructor(options: PageOptions, folder: string = BUILT) {
    const files = readPageFiles(folder, SERVED);
    const entry = files.get(ENTRY);
    if (!entry) throw new Error(`The demo page is not in ${folder}. Run npm run build, or set PAGE=false.`);
    const all = createHash('sha256');
    for (const [path, file] of [...files].sort()) all.update(`${path} ${file.hash}\n`);
    this.#version = all.digest('base64url').slice(0, 12);
    this.#files = files;
    const base = `.${ASSETS}${this.#version}/`;
    const modules = importedBy(START, files).map((path) => `<link rel="modulepreload" href="${base}${path}" />`);
    const html = entry.text
      .replaceAll('%MODULES%', modules.join('\n    '))
      .replaceAll('%ASSETS%', `${base}page`)
      .replaceAll('%ENDPOINT%', `.${options.endpoint}`)
      .replaceAll('%GRAPHIQL%', String(options.graphiql));
    this.#entry = new PageFile(ENTRY, new TextEncoder().encode(html));
    const inline = html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g);
    this.#scriptHashes = [...inline].map(([, script = '']) => createHash('sha256').update(script).digest('base64'));
  }

  plugin(): Plugin<ServerContext> {
    return {
      onRequest: async ({ request, url: { pathname }, endResponse, fetchAPI }) => {
        const found = this.#find(pathname);
        if (!found || (request.method !== 'GET' && request.method !== 'HEAD')) return;
        const { file, cacheControl } = found;
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
        if (
          request.headers
            .get('if-none-match')
            ?.split(/\s*,\s*/)
            .some((tag) => tag.replace(/^W\//, '') === etag)
        ) {
          return endResponse(new fetchAPI.Response(null, { status: 304, headers }));
        }
        const body = await file.packed(packing);
        if (packing !== 'identity') headers['content-encoding'] = packing;
        headers['content-length'] = String(body.length);
        endResponse(new fetchAPI.Response(request.method === 'HEAD' ? null : body, { headers }));
      },
    };
  }

  #find(path: string): { readonly file: PageFile; readonly cacheControl: string } | undefined {
    if (path === '/') return { file: this.#entry, cacheControl: 'no-cache' };
    if (!path.startsWith(ASSETS)) return undefined;
    const [, , version, ...rest] = path.split('/');
    const file = this.#files.get(rest.join('/'));
    // A page that was open while the server was replaced still finds its files, but nobody keeps them under that name.
    const cacheControl = version === this.#version ? 'public, max-age=31536000, immutable' : 'no-cache';
    return file && { file, cacheControl };
  }

  /**
   * The page runs its own modules and nothing else, and talks to this server alone. Scripts may not write HTML but by
   * the two policies that `main` names: files that are dropped are parsed, and never shown.
   * @param host where the page is asked for; some browsers do not take `'self'` for a WebSocket
   */
  #policy(host: string | null): string {
    const sockets = host && /^[\w.:[\]-]+$/.test(host) ? ` ws://${host} wss://${host}` : '';
    return [
      "default-src 'none'",
      `script-src 'self' ${this.#scriptHashes.map((hash) => `'sha256-${hash}'`).join(' ')}`,
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

/** The modules that one imports, and those import, so that a browser can load them all at once. */
function importedBy(start: string, files: ReadonlyMap<string, PageFile>): readonly string[] {
  const found = new Set<string>();
  const visit = (path: string) => {
    for (const [, specifier = ''] of files
      .get(path)
      ?.text.matchAll(/^(?:import|export)[^;'"]*from ["']([^"']+)["']/gm) ?? []) {
      const imported = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : PACKAGES[specifier];
      if (imported === undefined || found.has(imported)) continue;
      found.add(imported);
      visit(imported);
    }
  };
  visit(start);
  return [...found];
}
