import { join } from 'node:path';
import type { HubSource } from '../catalogue.ts';
import { checkWhole } from '../file-content.ts';
import { checkHash, type HashVerdict } from './content-hash.ts';
import { CommitMoved, type DownloadContext, downloadBlob, type FetchedBlob, type FileProgress } from './download.ts';
import { withFileLock } from './file-lock.ts';
import { RepositoryCache } from './hub-cache.ts';
import { describeDiskFailure, HubError } from './hub-error.ts';
import type { HubSettings } from './hub-settings.ts';

/** Placeholder: the hub must be asked whether this file exists. */
const NOT_KNOWN = '?';

/** A requested file: the first of these names that the repository has. */
export interface WantedFile {
  readonly names: readonly string[];
  /** Whether it may be missing. */
  readonly optional?: boolean;
}

/** Files of a repository, all of one commit, in a folder of the cache. */
export interface FetchedFiles {
  readonly path: string;
  readonly commit: string;
  /** The name of each requested file; `undefined` for an optional one that is missing. */
  readonly files: readonly (string | undefined)[];
}

/** A cached file, and whether its content and hash are right. */
export interface VerifiedFile {
  readonly file: string;
  readonly verdict: HashVerdict;
}

/** Repositories of the hub, or of a mirror, with their cache on this machine. */
export class Hub {
  readonly settings: HubSettings;

  constructor(settings: HubSettings) {
    this.settings = settings;
  }

  /**
   * Finds files of a repository in the cache and fetches those that are missing or damaged. Only one of the processes
   * that share the cache fetches; the others wait for it. Throws {@link HubError}, and the signal's reason.
   */
  async fetch(
    source: HubSource,
    wanted: readonly WantedFile[],
    report: (progress: FileProgress) => void,
    signal: AbortSignal,
  ): Promise<FetchedFiles> {
    const known = await this.find(source, wanted);
    if (known) return known;
    const { offline } = this.settings;
    if (offline !== undefined) {
      throw new HubError(
        `"${source.repository}" is not in the model cache, or not all of it, and ${offline} forbids to fetch it. Unset ${offline}, or fetch it with \`bertql models pull\` beforehand.`,
      );
    }
    return this.#locked(source, signal, async () => {
      // Another process may have fetched it in the meantime.
      const fetched = await this.find(source, wanted);
      if (fetched) return fetched;
      const { mirrorRevision } = source;
      const tried = (await this.#cachedRevision(source)) ?? source.revision;
      try {
        return await this.#download({ ...source, revision: tried }, wanted, report, signal);
      } catch (error) {
        const retry = error instanceof HubError && error.notFound && tried !== mirrorRevision && !this.settings.isHub;
        // If some files are cached, the mirror knows the revision.
        if (!retry || mirrorRevision === undefined || (await this.#cachedRevision(source)) !== undefined) throw error;
        return await this.#download({ ...source, revision: mirrorRevision }, wanted, report, signal);
      }
    });
  }

  /** The files if all of them are cached, otherwise `undefined`. Makes no request. */
  async find(source: HubSource, wanted: readonly WantedFile[]): Promise<FetchedFiles | undefined> {
    const cache = this.#cacheOf(source);
    for (const revision of this.#revisionsOf(source)) {
      const commit = await cache.commitOf(revision);
      if (commit === undefined) continue;
      const files = await Promise.all(wanted.map((each) => this.#nameOf(cache, commit, each)));
      if (files.every((file) => file !== NOT_KNOWN)) return { path: cache.snapshot(commit), commit, files };
    }
    return undefined;
  }

  /** The files that are cached, damaged or not; `undefined` if there are none. Makes no request. */
  async cached(source: HubSource, wanted: readonly WantedFile[]): Promise<FetchedFiles | undefined> {
    const cache = this.#cacheOf(source);
    for (const revision of this.#revisionsOf(source)) {
      const commit = await cache.commitOf(revision);
      if (commit === undefined) continue;
      const names = wanted.flatMap((each) => each.names);
      const there = await Promise.all(names.map((name) => cache.exists(commit, name)));
      const files = names.filter((_, index) => there[index]);
      if (files.length > 0) return { path: cache.snapshot(commit), commit, files };
    }
    return undefined;
  }

  /** Checks the content and the hashes of cached files. */
  async verify(
    source: HubSource,
    { commit, files }: FetchedFiles,
    signal: AbortSignal,
  ): Promise<readonly VerifiedFile[]> {
    const cache = this.#cacheOf(source);
    const verified: VerifiedFile[] = [];
    for (const file of files) {
      if (file === undefined) continue;
      const path = join(cache.snapshot(commit), file);
      const blob = await cache.blobOf(commit, file);
      const isForeign = await checkWhole(path).then(
        () => false,
        () => true,
      );
      const verdict = isForeign ? 'different' : blob === undefined ? 'unknown' : await checkHash(path, blob, signal);
      verified.push({ file, verdict });
    }
    return verified;
  }

  /** Removes files from the cache, except blobs that other commits use. Returns the number of bytes freed. */
  remove(source: HubSource, { commit, files }: FetchedFiles): Promise<number> {
    return this.#cacheOf(source).remove(
      commit,
      files.filter((file) => file !== undefined),
    );
  }

  #cacheOf({ repository }: HubSource): RepositoryCache {
    return new RepositoryCache(this.settings.cacheDirectory, repository);
  }

  /** The revision that has cached files already. */
  async #cachedRevision(source: HubSource): Promise<string | undefined> {
    const cache = this.#cacheOf(source);
    for (const revision of this.#revisionsOf(source)) {
      if ((await cache.commitOf(revision)) !== undefined) return revision;
    }
    return undefined;
  }

  #revisionsOf({ revision, mirrorRevision }: HubSource): readonly string[] {
    return mirrorRevision === undefined || this.settings.isHub ? [revision] : [revision, mirrorRevision];
  }

  /** The name of a requested file in a commit, if that is known without a request. */
  async #nameOf(cache: RepositoryCache, commit: string, { names, optional }: WantedFile): Promise<string | undefined> {
    for (const name of names) {
      if (await cache.has(commit, name)) return name;
      // The first name that exists is used, so those before it must be known to be missing.
      const missing = this.settings.offline !== undefined || (await cache.isMissing(commit, name));
      if (!missing) return NOT_KNOWN;
    }
    return optional ? undefined : NOT_KNOWN;
  }

  async #download(
    source: HubSource,
    wanted: readonly WantedFile[],
    report: (progress: FileProgress) => void,
    signal: AbortSignal,
  ): Promise<FetchedFiles> {
    const cache = this.#cacheOf(source);
    const context = { cache, settings: this.settings, report, signal };
    const download = new CommitDownload(source, context, await cache.commitOf(source.revision));
    for (const each of wanted) await download.add(each);
    return download.finish();
  }

  /** Runs a task while no other process fetches from the same repository. */
  async #locked<T>(source: HubSource, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await withFileLock(join(this.#cacheOf(source).locks, 'bertql.lock'), signal, work);
    } catch (error) {
      const disk = error instanceof HubError ? undefined : describeDiskFailure(error);
      throw disk === undefined ? error : new HubError(disk, { cause: error });
    }
  }
}

/** Fetches files of a revision, all of the same commit. */
class CommitDownload {
  readonly #source: HubSource;
  readonly #context: DownloadContext;
  readonly #files: (string | undefined)[] = [];
  readonly #missing: string[] = [];
  #commit: string | undefined;

  /** @param commit the commit of the files that are cached already */
  constructor(source: HubSource, context: DownloadContext, commit: string | undefined) {
    this.#source = source;
    this.#context = context;
    this.#commit = commit;
  }

  async add({ names, optional }: WantedFile): Promise<void> {
    let refusal: HubError | undefined;
    for (const name of names) {
      try {
        await this.#fetch(name);
        this.#files.push(name);
        return;
      } catch (error) {
        if (!(error instanceof HubError && error.notFound)) throw error;
        refusal ??= error;
        this.#missing.push(name);
      }
    }
    if (!optional && refusal) throw names.length > 1 ? orAnother(refusal, names) : refusal;
    this.#files.push(undefined);
  }

  async finish(): Promise<FetchedFiles> {
    const { cache } = this.#context;
    const commit = this.#commit;
    if (commit === undefined) throw new HubError(`"${this.#source.repository}" has none of the files of a model.`);
    for (const name of this.#missing) await cache.setMissing(commit, name);
    await cache.setCommit(this.#source.revision, commit);
    return { path: cache.snapshot(commit), commit, files: this.#files };
  }

  async #fetch(file: string): Promise<void> {
    const { cache } = this.#context;
    if (this.#commit !== undefined && (await cache.has(this.#commit, file))) return;
    const { commit, blob } = await this.#blobOf(file);
    this.#commit = commit;
    await cache.link(commit, file, blob);
  }

  /** A branch may have moved since its first files were fetched; the others are then requested by their commit. */
  async #blobOf(file: string): Promise<FetchedBlob> {
    const { repository, revision } = this.#source;
    try {
      return await downloadBlob({ repository, revision, file }, this.#commit, this.#context);
    } catch (error) {
      if (!(error instanceof CommitMoved) || this.#commit === undefined) throw error;
      return downloadBlob({ repository, revision: this.#commit, file }, this.#commit, this.#context);
    }
  }
}

function orAnother(refusal: HubError, names: readonly string[]): HubError {
  return new HubError(`${refusal.message} Looked for ${names.join(', ')}.`, { notFound: true, cause: refusal });
}
