import { codeOf, HubError } from './hub-error.ts';
import type { HubSettings } from './hub-settings.ts';

/** A file of a repository. */
export interface RemoteFile {
  readonly repository: string;
  readonly revision: string;
  /** With `/` between its parts. */
  readonly file: string;
}

/** An answer of the hub that is a file, or the rest of one. */
export interface RemoteBody {
  /** The commit that the revision stands for, where the hub says so. */
  readonly commit: string | undefined;
  /** Identifies the content: SHA-256 of a large file, git's SHA-1 of a small one, anything at a mirror. */
  readonly etag: string | undefined;
  /** Bytes of the whole file, where the hub says so. */
  readonly size: number | undefined;
  /** Where in the file the body begins. */
  readonly start: number;
  readonly body: AsyncIterable<Uint8Array>;
  /** Lets go of a body that is not read to its end. */
  cancel(): void;
}

const MOST_REDIRECTS = 10;
const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Asks the hub for a file, from a byte on. Redirects are followed by hand: what the hub says of a file stands in its
 * own answers, not in those of the storage that it sends to, and the token is for the hub alone.
 * Throws {@link HubError}; a body that breaks off or stalls throws one that is transient.
 */
export async function requestFile(
  remote: RemoteFile,
  settings: HubSettings,
  signal: AbortSignal,
  { from = 0, ifRange }: { readonly from?: number; readonly ifRange?: string | undefined } = {},
): Promise<RemoteBody> {
  const watch = new StallWatch(settings.stallMs, signal);
  const facts = new Map<string, string>();
  let url = urlOf(remote, settings.endpoint);
  try {
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'bertql' };
      if (settings.token !== undefined && url.origin === new URL(settings.endpoint).origin) {
        headers['authorization'] = `Bearer ${settings.token}`;
      }
      if (from > 0) headers['range'] = `bytes=${from}-`;
      if (from > 0 && ifRange !== undefined) headers['if-range'] = ifRange;
      const response = await fetch(url, { redirect: 'manual', headers, signal: watch.signal });
      watch.alive();
      for (const name of ['x-repo-commit', 'x-linked-etag', 'x-linked-size']) {
        const value = response.headers.get(name);
        if (value !== null) facts.set(name, value);
      }
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location !== null) {
        // The hub itself tells the ETag of the file on the way; the storage behind it has one of its own.
        const etag = response.headers.get('etag');
        if (etag !== null && !facts.has('etag')) facts.set('etag', etag);
        await response.body?.cancel();
        url = new URL(location, url);
        continue;
      }
      if (response.status === 200 || response.status === 206) return toBody(response, facts, watch);
      await response.body?.cancel();
      throw refusal(response, remote, settings);
    }
    throw new HubError(`${url.origin} sends from one address to another without end.`);
  } catch (error) {
    watch.dispose();
    throw watch.explain(error, settings);
  }
}

function urlOf({ repository, revision, file }: RemoteFile, endpoint: string): URL {
  const path = file.split('/').map(encodeURIComponent).join('/');
  return new URL(`${endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/${path}`);
}

function toBody(response: Response, facts: ReadonlyMap<string, string>, watch: StallWatch): RemoteBody {
  const { headers, status, body } = response;
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  const start = status === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
  // Of a body that comes compressed although nobody asked for that, the length says nothing.
  const length = headers.has('content-encoding') ? null : headers.get('content-length');
  const whole = status === 206 ? range?.[2] : (length ?? undefined);
  const size = Number(facts.get('x-linked-size') ?? whole ?? Number.NaN);
  if (!Number.isSafeInteger(start)) throw new HubError('The hub answered with a range but did not say which.');
  return {
    commit: facts.get('x-repo-commit'),
    etag: normalizeEtag(facts.get('x-linked-etag') ?? facts.get('etag') ?? headers.get('etag') ?? undefined),
    size: Number.isSafeInteger(size) ? size : undefined,
    start,
    body: watch.guard(body),
    cancel: () => {
      watch.dispose();
      void body?.cancel().catch(() => undefined);
    },
  };
}

function normalizeEtag(etag: string | undefined): string | undefined {
  return etag?.replace(/^W\//, '').replace(/^"|"$/g, '') || undefined;
}

/** What a status means for whoever wants the file. */
function refusal({ status, headers }: Response, remote: RemoteFile, settings: HubSettings): HubError {
  const { repository, revision, file } = remote;
  const at = new URL(settings.endpoint).host;
  const code = headers.get('x-error-code') ?? '';
  if (status === 401 || code === 'RepoNotFound') {
    const todo = settings.token === undefined ? 'Set HF_TOKEN if it is yours.' : 'HF_TOKEN does not open it.';
    return new HubError(`${at} has no repository "${repository}", or it is private (${status}). ${todo}`);
  }
  if (status === 403) {
    return new HubError(
      `${at} does not give out "${repository}" (403): accept the conditions on the model's page, and set HF_TOKEN to a token that may read it.`,
    );
  }
  if (status === 404) {
    const what = code === 'RevisionNotFound' ? `no revision "${revision}"` : `no ${file} at revision "${revision}"`;
    return new HubError(`"${repository}" has ${what} on ${at} (404).`, { notFound: true });
  }
  if (status === 416)
    return new HubError(`${at} has less of ${file} than was here already (416).`, { transient: true });
  const why = status === 429 ? 'it is asked too often' : 'it has a failure';
  return new HubError(`${at} does not give ${file} of "${repository}" now: ${why} (${status}).`, {
    transient: TRANSIENT_STATUS.has(status),
    retryAfterMs: parseRetryAfter(headers.get('retry-after')),
  });
}

/** Seconds, or a date. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/** Aborts a request that brings nothing for too long. */
class StallWatch {
  readonly #stalled = new AbortController();
  readonly #caller: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly signal: AbortSignal;

  constructor(stallMs: number, caller: AbortSignal) {
    this.#caller = caller;
    this.#timer = setTimeout(() => this.#stalled.abort(), stallMs);
    this.signal = AbortSignal.any([caller, this.#stalled.signal]);
  }

  /** Something came. */
  alive(): void {
    this.#timer.refresh();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async *guard(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array, void, void> {
    try {
      for await (const chunk of body ?? []) {
        this.alive();
        yield chunk;
        // Whoever reads may have to wait for the disk.
        this.alive();
      }
    } catch (error) {
      throw this.explain(error);
    } finally {
      this.dispose();
    }
  }

  /** What a failure of the request comes from. */
  explain(error: unknown, settings?: HubSettings): unknown {
    if (this.#caller.aborted) return this.#caller.reason;
    if (error instanceof HubError) return error;
    const from = settings ? new URL(settings.endpoint).host : 'The hub';
    if (this.#stalled.signal.aborted) {
      return new HubError(`${from} sent nothing for too long.`, { transient: true, cause: error });
    }
    const code = codeOf(error);
    const what = settings ? 'cannot be reached' : 'broke off in the middle of a file';
    return new HubError(`${from} ${what}${code === undefined ? '' : ` (${code})`}.`, { transient: true, cause: error });
  }
}
