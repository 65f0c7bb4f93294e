import { createHash } from 'node:crypto';
import { mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkHash, hashFile } from './content-hash.ts';
import type { RepositoryCache } from './hub-cache.ts';
import { describeDiskFailure, HubError } from './hub-error.ts';
import { type RemoteBody, type RemoteFile, requestFile } from './hub-request.ts';
import type { HubSettings } from './hub-settings.ts';

/** Failures in a row, without a byte between them, after which a download is given up. */
const MOST_FAILURES = 5;
/** A wait that the hub asks for is kept up to here; where it asks for more, the download is given up. */
const LONGEST_WAIT_MS = 120_000;
const LONGEST_BACKOFF_MS = 30_000;
/** Bytes that must stay free on the disk. */
const SPARE_BYTES = 16 * 1024 * 1024;

/** How much of a file is here. */
export interface FileProgress {
  readonly file: string;
  readonly receivedBytes: number;
  /** `undefined` where the hub does not say. */
  readonly totalBytes: number | undefined;
}

/** A file whose content is in the cache, whole. */
export interface FetchedBlob {
  readonly commit: string;
  readonly blob: string;
}

/** Where a download goes, and who hears of it. */
export interface DownloadContext {
  readonly cache: RepositoryCache;
  readonly settings: HubSettings;
  readonly report: (progress: FileProgress) => void;
  readonly signal: AbortSignal;
}

/** A branch stands for another commit than it did. */
export class CommitMoved extends Error {
  override readonly name = 'CommitMoved';
  readonly commit: string;

  constructor(commit: string) {
    super(`The revision stands for ${commit} now.`);
    this.commit = commit;
  }
}

/**
 * Fetches the content of a file into the cache. What breaks off is taken up where it stopped, also by another process
 * after this one was killed; what is whole is compared with the size and the hash that the hub gave, and only then
 * gets its name. Throws {@link HubError}, {@link CommitMoved} before a byte of a commit other than the expected one is
 * read, and the signal's reason.
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

/** One try to fetch what is missing of a file. */
class Attempt {
  /** Bytes of the file that are here, as far as this try brought some. */
  reached = 0;
  readonly #remote: RemoteFile;
  readonly #expected: string | undefined;
  readonly #cache: RepositoryCache;
  readonly #settings: HubSettings;
  readonly #report: (progress: FileProgress) => void;
  readonly #signal: AbortSignal;

  constructor(remote: RemoteFile, expected: string | undefined, { cache, settings, report, signal }: DownloadContext) {
    this.#remote = remote;
    this.#expected = expected;
    this.#cache = cache;
    this.#settings = settings;
    this.#report = report;
    this.#signal = signal;
  }

  async run(): Promise<FetchedBlob> {
    const first = await requestFile(this.#remote, this.#settings, this.#signal);
    const commit = commitOf(first, this.#remote, this.#settings);
    const name = blobNameOf(first, this.#remote);
    try {
      if (this.#expected !== undefined && commit !== this.#expected) throw new CommitMoved(commit);
      const blob = this.#cache.blob(name);
      if (name === first.etag && (await this.#isThere(blob, first))) return { commit, blob: name };
      const partial = `${blob}.incomplete`;
      await mkdir(dirname(partial), { recursive: true });
      await this.#receive(first, partial);
      return { commit, blob: await this.#finish(partial, first, name) };
    } finally {
      first.cancel();
    }
  }

  /** Whether the content is in the cache already, from another commit or another name of the file. */
  async #isThere(blob: string, { size }: RemoteBody): Promise<boolean> {
    const known = await stat(blob).catch(() => undefined);
    if (!known || (size !== undefined && known.size !== size)) return false;
    this.#report({ file: this.#remote.file, receivedBytes: known.size, totalBytes: size });
    return true;
  }

  async #receive(first: RemoteBody, partial: string): Promise<void> {
    let have = (await stat(partial).catch(() => undefined))?.size ?? 0;
    if (first.size !== undefined && have > first.size) {
      await rm(partial, { force: true });
      have = 0;
    }
    if (have > 0 && have === first.size) return;
    const rest = have > 0 ? await this.#rest(first, have) : first;
    try {
      // Storage that knows no ranges begins again.
      const at = rest.start;
      if (at > have) throw new HubError('The hub skipped a part of the file.', { transient: true });
      if (first.size !== undefined) await checkRoom(dirname(partial), first.size - at);
      await this.#write(rest, partial, at, first.size);
    } finally {
      rest.cancel();
    }
  }

  async #rest(first: RemoteBody, have: number): Promise<RemoteBody> {
    // Where the identifier is the hash of the content, the whole is checked by it in the end.
    const ifRange = isHash(first.etag) ? undefined : first.etag && `"${first.etag}"`;
    first.cancel();
    return requestFile(this.#remote, this.#settings, this.#signal, { from: have, ifRange });
  }

  async #write({ body }: RemoteBody, partial: string, start: number, size: number | undefined): Promise<void> {
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
      // Else the name could survive a loss of power, and the content not.
      await target.sync();
    } finally {
      await target.close();
    }
  }

  /** Checks what is whole, and gives it its name. */
  async #finish(partial: string, { size, etag }: RemoteBody, name: string): Promise<string> {
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
    const finalName = verdict === 'same' ? name : await hashFile(partial, 'sha256', '', this.#signal);
    await rename(partial, this.#cache.blob(finalName));
    return finalName;
  }
}

/** Named by its content where the hub tells its hash; else by where it comes from, until it can be hashed. */
function blobNameOf({ etag, size }: RemoteBody, { repository, revision, file }: RemoteFile): string {
  if (etag !== undefined && isHash(etag)) return etag;
  return createHash('sha256')
    .update(JSON.stringify([repository, revision, file, etag, size]))
    .digest('hex');
}

/** A mirror that does not tell the commit has one that is made up of its address. */
function commitOf({ commit }: RemoteBody, { repository, revision }: RemoteFile, { endpoint }: HubSettings): string {
  if (commit !== undefined && isHash(commit)) return commit;
  if (isHash(revision)) return revision;
  return createHash('sha1')
    .update(JSON.stringify([endpoint, repository, revision, commit]))
    .digest('hex');
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
    `The disk of the model cache has ${mb(free)} free, and ${mb(bytes)} are to come. Free some space, or set HF_HOME to a folder on another disk.`,
  );
}
