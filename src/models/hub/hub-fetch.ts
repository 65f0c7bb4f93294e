import type { Dispatcher } from 'undici';
import { orAborted } from '../../errors.ts';
import { codeOf, HubError } from './hub-error.ts';
import { type RemoteFile, refusal, webPage } from './hub-refusals.ts';
import type { HubSettings } from './hub-settings.ts';

/** Replaces a size that the hub does not send, since @huggingface/hub requires one. */
export const UNKNOWN_SIZE = Number.MAX_SAFE_INTEGER;
/** Replaces an ETag that the hub does not send, since @huggingface/hub requires one. */
export const UNKNOWN_ETAG = 'unknown';

const MOST_REDIRECTS = 10;
/** The range with which @huggingface/hub asks for a file's description. */
const PROBE = 'bytes=0-0';

/**
 * The `fetch` for @huggingface/hub, for one attempt to download a file. It adds what the library lacks: it follows
 * redirects itself, since the hub describes a file in the redirect and not in the storage's answer, and since only the
 * hub may see the token; it notices a stalled connection; it cuts the requested range out of a complete answer; it
 * accepts mirrors that send no size, ETag or commit; and it says in words why a file cannot be fetched.
 */
export class HubFetch {
  /** The commit of the revision, if the hub sent it. */
  commit: string | undefined;
  /** The URL of the content, if the hub redirected to a storage and described the file completely. */
  storage: string | undefined;
  /** Why the last request failed; the library only passes on its message. */
  failure: unknown;
  /** The answer to the library's request for a description, if it has all of the content: no need to ask twice. */
  #kept: Response | undefined;
  /** Sent along with a range, so that a file which has changed comes whole. */
  ifRange: string | undefined;
  readonly #remote: RemoteFile;
  readonly #settings: HubSettings;
  readonly #caller: AbortSignal;
  /** Aborted when the connection has stalled, or the caller wants no more. */
  readonly #ended = new AbortController();
  readonly #end = () => this.#ended.abort();
  readonly #timer: NodeJS.Timeout;
  #proxy: Dispatcher | undefined;

  constructor(remote: RemoteFile, settings: HubSettings, signal: AbortSignal) {
    this.#remote = remote;
    this.#settings = settings;
    this.#caller = signal;
    this.#timer = setTimeout(this.#end, settings.stallMs);
    if (signal.aborted) this.#end();
    else signal.addEventListener('abort', this.#end, { once: true });
  }

  /** Stops watching for stalls and closes a body that was not read to its end. */
  dispose(): void {
    clearTimeout(this.#timer);
    this.#caller.removeEventListener('abort', this.#end);
    void this.#kept?.body?.cancel().catch(() => undefined);
    this.#kept = undefined;
    void this.#proxy?.destroy().catch(() => undefined);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    try {
      return await this.#fetch(new URL(String(input)), new Headers(init?.headers));
    } catch (error) {
      this.failure = this.#explain(error, 'cannot be reached');
      throw this.failure;
    }
  };

  async #fetch(start: URL, headers: Headers): Promise<Response> {
    let url = start;
    const range = headers.get('range');
    const kept = this.#kept;
    this.#kept = undefined;
    if (kept && range === null) return this.#content(kept, 0);
    void kept?.body?.cancel().catch(() => undefined);
    // Not the library's own media type, for which the hub redirects to its chunk store: that one does not support plain
    // ranges, and mirrors have none.
    headers.set('accept', '*/*');
    headers.set('accept-encoding', 'identity');
    headers.set('user-agent', 'bertql');
    // The library would ask for one byte and then for all; without a range the first answer has all of a small file.
    if (range === PROBE) headers.delete('range');
    else if (range !== null && this.ifRange !== undefined) headers.set('if-range', this.ifRange);
    const facts = new Facts();
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await this.#send(url, headers);
      facts.note(response);
      this.commit = facts.commit;
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location !== null) {
        await response.body?.cancel();
        url = new URL(location, url);
        if (range !== PROBE || !facts.complete) continue;
        this.storage = url.href;
        return facts.asAnswer();
      }
      if (range === PROBE && response.ok) {
        this.#kept = response;
        this.#refuseWebPage(response);
        return facts.asAnswer();
      }
      if (response.ok) return this.#content(response, Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0));
      await response.body?.cancel();
      throw refusal(response, this.#remote, this.#settings);
    }
    throw new HubError(`${url.origin} redirects in circles.`);
  }

  async #send(url: URL, headers: Headers): Promise<Response> {
    const { token, endpoint } = this.#settings;
    const own = new Headers(headers);
    if (token !== undefined && url.origin === new URL(endpoint).origin) own.set('authorization', `Bearer ${token}`);
    const dispatcher = await this.#dispatcher(url);
    const { signal } = this.#ended;
    const init = { redirect: 'manual', headers: own, signal, ...(dispatcher && { dispatcher }) } as const;
    // An aborted `fetch` does not always reject, nor does the end of its body.
    const response = await orAborted(fetch(url, init), signal);
    this.#timer.refresh();
    return response;
  }

  /** Node's own fetch supports no proxies before version 24. */
  async #dispatcher(url: URL): Promise<Dispatcher | undefined> {
    const proxy = proxyFor(url, this.#settings);
    if (!proxy) return undefined;
    if (!/^https?:$/.test(proxy.protocol)) {
      throw new HubError(
        `The proxy ${proxy.protocol}//${proxy.host} cannot be used: it must be one for http:// or https://. Set HTTPS_PROXY to such a one, or NO_PROXY to * for none.`,
      );
    }
    const { EnvHttpProxyAgent } = await import('undici');
    this.#proxy ??= new EnvHttpProxyAgent({
      httpProxy: proxy.href,
      httpsProxy: proxy.href,
      noProxy: this.#settings.noProxy ?? '',
    });
    return this.#proxy;
  }

  /** Refuses a web page with status 200, as from a network that asks for a login or a wrong address. */
  #refuseWebPage({ headers }: Response): void {
    const { file } = this.#remote;
    const isPage = headers.get('content-type')?.startsWith('text/html') ?? false;
    if (isPage && this.commit === undefined) throw webPage(file, this.#settings);
  }

  /** The body from the requested byte on. */
  #content(response: Response, from: number): Response {
    const at = response.status === 206 ? startOf(response) : 0;
    if (at > from) throw new HubError('The hub skipped a part of the file.', { transient: true });
    const chunks = this.#watched(response.body, from - at);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async () => void (await chunks.return()),
    });
    return new Response(body, { status: from > 0 ? 206 : 200 });
  }

  async *#watched(body: Response['body'], skipped: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
    let left = skipped;
    const reader = body?.getReader();
    try {
      for (;;) {
        const read = reader && (await orAborted(reader.read(), this.#ended.signal));
        if (!read || read.done) return;
        const chunk = read.value;
        this.#timer.refresh();
        if (left < chunk.length) yield chunk.subarray(left);
        left = Math.max(0, left - chunk.length);
        // The reader may have waited for the disk.
        this.#timer.refresh();
      }
    } catch (error) {
      this.failure = this.#explain(error, 'broke off in the middle of a file');
      throw this.failure;
    } finally {
      clearTimeout(this.#timer);
      void reader?.cancel().catch(() => undefined);
    }
  }

  /** Explains a failed request. */
  #explain(error: unknown, what: string): unknown {
    if (this.#caller.aborted) return this.#caller.reason;
    if (error instanceof HubError) return error;
    const endpoint = new URL(this.#settings.endpoint);
    const proxy = proxyFor(endpoint, this.#settings);
    const from = `${endpoint.host}${proxy ? `, asked through the proxy ${proxy.host},` : ''}`;
    if (this.#ended.signal.aborted) {
      return new HubError(`${from} sent nothing for too long.`, { transient: true, cause: error });
    }
    if (proxy && isLoginWanted(error)) {
      return new HubError(`The proxy ${proxy.host} wants a login (407): put name and password into its URL.`);
    }
    const code = codeOf(error);
    return new HubError(`${from} ${what}${code === undefined ? '' : ` (${code})`}.`, { transient: true, cause: error });
  }
}

/** Whether the proxy wants a login, which only the message of a failed request says. */
function isLoginWanted(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (each.message.includes('(407)')) return true;
  return false;
}

/** The proxy for a protocol, if any. As with curl, a proxy without a protocol is an http one. */
function proxyFor({ protocol }: URL, { httpProxy, httpsProxy, noProxy }: HubSettings): URL | undefined {
  const given = protocol === 'https:' ? httpsProxy : httpProxy;
  if (given === undefined || noProxy === '*') return undefined;
  const url = given.includes('://') ? given : `http://${given}`;
  if (URL.canParse(url)) return new URL(url);
  throw new HubError('HTTP_PROXY and HTTPS_PROXY must be URLs such as http://proxy:3128, but one of them is none.');
}

/** The description of a file from the answers of the hub and of its storage; the hub's own take precedence. */
class Facts {
  commit: string | undefined;
  #linkedEtag: string | undefined;
  #linkedSize: number | undefined;
  #etag: string | undefined;
  #size: number | undefined;

  note({ status, headers }: Response): void {
    this.commit ??= headers.get('x-repo-commit') ?? undefined;
    this.#linkedEtag ??= headers.get('x-linked-etag') ?? undefined;
    this.#linkedSize ??= numberIn(headers.get('x-linked-size'));
    this.#etag ??= headers.get('etag') ?? undefined;
    const isRedirect = status >= 300 && status < 400;
    if (!isRedirect) this.#size = sizeOf(status, headers);
  }

  /** Whether no further request is needed. */
  get complete(): boolean {
    return this.#linkedEtag !== undefined && this.#linkedSize !== undefined;
  }

  /** An answer as @huggingface/hub expects it. */
  asAnswer(): Response {
    const size = this.#linkedSize ?? this.#size ?? UNKNOWN_SIZE;
    const etag = this.#linkedEtag ?? this.#etag ?? UNKNOWN_ETAG;
    return new Response(null, { status: 206, headers: { 'content-range': `bytes 0-0/${size}`, etag } });
  }
}

/** Size of the complete file in bytes. */
function sizeOf(status: number, headers: Headers): number | undefined {
  if (status === 206) return numberIn(headers.get('content-range')?.split('/')[1]);
  // If the body is compressed, although that was not requested, its length is not the file's.
  return headers.has('content-encoding') ? undefined : numberIn(headers.get('content-length'));
}

function startOf({ headers }: Response): number {
  const start = numberIn(/^bytes (\d+)-/.exec(headers.get('content-range') ?? '')?.[1]);
  if (start !== undefined) return start;
  throw new HubError('The hub answered with a range but did not say which.');
}

function numberIn(text: string | null | undefined): number | undefined {
  return text != null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
