import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { FileDownloadInfoOutput } from '@huggingface/hub';
import { checkContent, checkWhole, ForeignContent } from '../file-content.ts';
import { checkHash, hashFile } from './content-hash.ts';
import type { RepositoryCache } from './hub-cache.ts';
import { describeDiskFailure, HubError } from './hub-error.ts';
import { HubFetch, UNKNOWN_ETAG, UNKNOWN_SIZE } from './hub-fetch.ts';
import { type RemoteFile, webPage } from './hub-refusals.ts';
import type { HubSettings } from './hub-settings.ts';

/** Failures in a row, without a byte received in between, after which a download gives up. */
const MOST_FAILURES = 5;
/** The longest `Retry-After` that is honoured; if the hub asks for more, the download gives up. */
const LONGEST_WAIT_MS = 120_000;
const LONGEST_BACKOFF_MS = 30_000;
/** Bytes that must stay free on the disk. */
const SPARE_BYTES = 16 * 1024 * 1024;

/** How much of a file has been received. */
export interface FileProgress {
  readonly file: string;
  readonly receivedBytes: number;
  /** `undefined` if the hub does not say. */
  readonly totalBytes: number | undefined;
}

/** A file whose complete content is in the cache. */
export interface FetchedBlob {
  readonly commit: string;
  readonly blob: string;
}

/** What the downloads of one fetch share. */
export interface DownloadContext {
  readonly cache: RepositoryCache;
  readonly settings: HubSettings;
  readonly report: (progress: FileProgress) => void;
  readonly signal: AbortSignal;
}

/** Thrown if a branch points to another commit than before. */
export class CommitMoved extends Error {
  override readonly name = 'CommitMoved';
  readonly commit: string;

  constructor(commit: string) {
    super(`The revision is ${commit} now.`);
    this.commit = commit;
  }
}

/**
 * Downloads the content of a file into the cache. A download that breaks off resumes at that byte, even in another
 * process after this one was killed. A complete file is checked against the size and hash that the hub sent before it
 * gets its name. Throws {@link HubError}; {@link CommitMoved} before any byte of an unexpected commit is read; and the
 * signal's reason.
 */
export async function downloadBlob(
  remote: RemoteFile,
  expected: string | undefined,
  context: DownloadContext,
): Promise<FetchedBlob> {
  const { settings, signal } = context;
  let failures = 0;
  let furthest = 0;
  for (;;) {
    const attempt = new Attempt(remote, expected, context);
    try {
      return await attempt.run();
    } catch (error) {
      signal.throwIfAborted();
      const disk = describeDiskFailure(error);
      if (disk !== undefined) throw new HubError(disk, { cause: error });
      if (!(error instanceof HubError) || !error.transient) throw error;
      failures = attempt.reached > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, attempt.reached);
      const backoff = Math.min(LONGEST_BACKOFF_MS, settings.retryMs * 2 ** (failures - 1));
      const wait = error.retryAfterMs ?? backoff * (0.75 + Math.random() / 2);
      if (failures >= MOST_FAILURES) {
        throw new HubError(`${error.message} Given up after ${failures} tries; try again later.`, { cause: error });
      }
      if (wait > LONGEST_WAIT_MS) {
        throw new HubError(`${error.message} It asks to wait ${Math.ceil(wait / 1000)} s; try again then.`, {
          cause: error,
          retryAfterMs: wait,
        });
      }
      await delay(wait, undefined, { signal });
    }
  }
}

/** The hub's description of a file. */
interface Announced {
  readonly info: FileDownloadInfoOutput;
  /** Identifies the content: SHA-256 for a large file, git's SHA-1 for a small one, and anything on a mirror. */
  readonly etag: string | undefined;
  readonly size: number | undefined;
}

/** One attempt to download the missing part of a file. */
class Attempt {
  /** Bytes of the file on disk, once this attempt has received some. */
  reached = 0;
  readonly #remote: RemoteFile;
  readonly #expected: string | undefined;
  readonly #cache: RepositoryCache;
  readonly #settings: HubSettings;
  readonly #report: (progress: FileProgress) => void;
  readonly #signal: AbortSignal;
  readonly #http: HubFetch;

  constructor(remote: RemoteFile, expected: string | undefined, { cache, settings, report, signal }: DownloadContext) {
    this.#remote = remote;
    this.#expected = expected;
    this.#cache = cache;
    this.#settings = settings;
    this.#report = report;
    this.#signal = signal;
    this.#http = new HubFetch(remote, settings, signal);
  }

  async run(): Promise<FetchedBlob> {
    try {
      const announced = await this.#announced();
      const commit = this.#commit();
      if (this.#expected !== undefined && commit !== this.#expected) throw new CommitMoved(commit);
      const name = blobNameOf(announced, this.#remote);
      const blob = this.#cache.blob(name);
      if (name === announced.etag && (await this.#isCached(blob, announced))) return { commit, blob: name };
      const partial = `${blob}.incomplete`;
      await mkdir(dirname(partial), { recursive: true });
      await this.#receive(announced, partial);
      return { commit, blob: await this.#finish(partial, announced, name) };
    } finally {
      this.#http.dispose();
    }
  }

  /**
   * The request for @huggingface/hub. It has no token: the library refuses those of mirrors and sends it to the
   * storage, too.
   */
  get #query() {
    const { repository, revision, file } = this.#remote;
    return {
      repo: { type: 'model', name: repository },
      revision,
      path: file.split('/').map(encodeURIComponent).join('/'),
      hubUrl: this.#settings.endpoint,
      fetch: this.#http.fetch,
    } as const;
  }

  async #announced(): Promise<Announced> {
    // Imported here, since it costs 50 ms and 9 MB, which a process that downloads nothing should not pay.
    const { fileDownloadInfo } = await import('@huggingface/hub');
    const info = await fileDownloadInfo(this.#query);
    if (!info) throw new HubError(`"${this.#remote.repository}" has no ${this.#remote.file}.`, { notFound: true });
    if (info.size === 0) throw new HubError(`${this.#remote.file} of "${this.#remote.repository}" is empty.`);
    return {
      info,
      etag: info.etag === UNKNOWN_ETAG ? undefined : normalizeEtag(info.etag),
      size: info.size === UNKNOWN_SIZE ? undefined : info.size,
    };
  }

  /** The commit of the file; made up from the address if a mirror does not send one. */
  #commit(): string {
    const { repository, revision } = this.#remote;
    const { commit } = this.#http;
    if (commit !== undefined && isHash(commit)) return commit;
    if (isHash(revision)) return revision;
    return createHash('sha1')
      .update(JSON.stringify([this.#settings.endpoint, repository, revision, commit]))
      .digest('hex');
  }

  /** Whether the content is cached already, from another commit or under another file name. */
  async #isCached(blob: string, { size }: Announced): Promise<boolean> {
    const known = await stat(blob).catch(() => undefined);
    if (!known || (size !== undefined && known.size !== size)) return false;
    if (
      !(await checkContent(blob, this.#remote.file).then(
        () => true,
        () => false,
      ))
    )
      return false;
    this.#report({ file: this.#remote.file, receivedBytes: known.size, totalBytes: size });
    return true;
  }

  async #receive(announced: Announced, partial: string): Promise<void> {
    const { info, etag, size } = announced;
    let have = (await stat(partial).catch(() => undefined))?.size ?? 0;
    // If the size is unknown, the rest cannot be requested.
    if (size === undefined || have > size) {
      await rm(partial, { force: true });
      have = 0;
    }
    if (have > 0 && have === size) return;
    if (size !== undefined) await checkRoom(dirname(partial), size - have);
    // If the ETag is the content's hash, the complete file is checked against it at the end.
    if (etag !== undefined && !isHash(etag)) this.#http.ifRange = `"${etag}"`;
    const downloadInfo = { ...info, url: this.#http.storage ?? info.url };
    const { downloadFile } = await import('@huggingface/hub');
    const blob = await downloadFile({ ...this.#query, downloadInfo, xet: false });
    if (blob) await this.#write(blob.slice(have).stream(), partial, have, size);
  }

  async #write(
    body: ReadableStream<Uint8Array>,
    partial: string,
    start: number,
    size: number | undefined,
  ): Promise<void> {
    const { file } = this.#remote;
    const target = await open(partial, start > 0 ? 'r+' : 'w');
    let at = start;
    try {
      this.#report({ file, receivedBytes: at, totalBytes: size });
      for await (const chunk of body) {
        this.#signal.throwIfAborted();
        await target.write(chunk, 0, chunk.length, at);
        at += chunk.length;
        this.reached = at;
        this.#report({ file, receivedBytes: at, totalBytes: size });
      }
      // Otherwise the name could survive a power failure without the content.
      await target.sync();
    } catch (error) {
      // The library only passes on the message of a failure.
      throw this.#http.failure ?? error;
    } finally {
      await target.close();
    }
  }

  /** Checks a complete file and renames it to its final name, which it returns. */
  async #finish(partial: string, { size, etag }: Announced, name: string): Promise<string> {
    const { file } = this.#remote;
    const received = (await stat(partial)).size;
    if (size !== undefined && received < size) {
      throw new HubError(`${file} broke off after ${received} of ${size} bytes.`, { transient: true });
    }
    const verdict = etag === undefined ? 'unknown' : await checkHash(partial, etag, this.#signal);
    if (verdict === 'different' || (size !== undefined && received > size)) {
      this.reached = 0;
      await rm(partial, { force: true });
      throw new HubError(`${file} came damaged: its size or hash is not the one that the hub gives.`, {
        transient: true,
      });
    }
    await this.#refuseForeign(partial);
    const finalName = verdict === 'same' ? name : await hashFile(partial, 'sha256', '', this.#signal);
    await rename(partial, this.#cache.blob(finalName));
    return finalName;
  }

  /** Refuses a file with the wrong kind of content, even if it matches everything that the hub said about it. */
  async #refuseForeign(partial: string): Promise<void> {
    const { file, repository } = this.#remote;
    try {
      await checkWhole(partial, file);
    } catch (error) {
      if (!(error instanceof ForeignContent)) throw error;
      await rm(partial, { force: true });
      if (error.kind === 'page') throw webPage(file, this.#settings);
      throw new HubError(`${file} of "${repository}" cannot be used: ${error.message}.`, { cause: error });
    }
  }
}

/** The content's hash if the hub sent it, otherwise a name made from the source until the content can be hashed. */
function blobNameOf({ etag, size }: Announced, { repository, revision, file }: RemoteFile): string {
  if (etag !== undefined && isHash(etag)) return etag;
  return createHash('sha256')
    .update(JSON.stringify([repository, revision, file, etag, size]))
    .digest('hex');
}

function normalizeEtag(etag: string): string | undefined {
  return etag.replace(/^W\//, '').replace(/^"|"$/g, '') || undefined;
}

function isHash(identifier: string | undefined): identifier is string {
  return identifier !== undefined && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(identifier);
}

async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes + SPARE_BYTES) return;
  const mb = (count: number) => `${Math.ceil(count / 1e6)} MB`;
  throw new HubError(
    `The disk of the model cache has ${mb(free)} free, but ${mb(bytes)} are needed. Free some space, or set HF_HOME to a folder on another disk.`,
  );
}
