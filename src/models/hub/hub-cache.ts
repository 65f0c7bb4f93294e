import { randomBytes } from 'node:crypto';
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { checkContent } from '../file-content.ts';
import { sizeOf } from '../file-size.ts';
import { codeOf } from './hub-error.ts';

/** Codes of failed symlinks on file systems without links, and on Windows for users without the permission. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK']);

/**
 * The folder of one repository in the cache of the Python package huggingface_hub, which other programs share:
 * `blobs/` has the contents by hash, `snapshots/<commit>/` links to them by name, and `refs/` says which commit
 * a branch stood for. A link is made only once its blob is complete. `scanCachedRepo` of @huggingface/hub reads that
 * layout too, but only the files at the top of a snapshot, and weights are in a folder below.
 */
export class RepositoryCache {
  readonly path: string;
  /** The folder of the repository's locks. */
  readonly locks: string;

  constructor(cacheDirectory: string, repository: string) {
    const name = `models--${repository.replaceAll('/', '--')}`;
    this.path = join(cacheDirectory, name);
    this.locks = join(cacheDirectory, '.locks', name);
  }

  snapshot(commit: string): string {
    return join(this.path, 'snapshots', commit);
  }

  blob(name: string): string {
    return join(this.path, 'blobs', name);
  }

  /** The cached commit of a revision, or `undefined` if it was never fetched. */
  async commitOf(revision: string): Promise<string | undefined> {
    if (await exists(this.snapshot(revision))) return revision;
    try {
      const commit = (await readFile(join(this.path, 'refs', revision), 'utf8')).trim();
      return isPlainName(commit) ? commit : undefined;
    } catch {
      return undefined;
    }
  }

  /** Records the commit of a revision. */
  async setCommit(revision: string, commit: string): Promise<void> {
    if (revision === commit) return;
    const path = join(this.path, 'refs', revision);
    await mkdir(dirname(path), { recursive: true });
    await replace(path, (temporary) => writeFile(temporary, commit));
  }

  /** Whether a file of a commit is cached with the kind of content that its name says. */
  has(commit: string, file: string): Promise<boolean> {
    return checkContent(join(this.snapshot(commit), file)).then(
      () => true,
      () => false,
    );
  }

  /** Whether a file of a commit is cached, whatever its content. */
  exists(commit: string, file: string): Promise<boolean> {
    return exists(join(this.snapshot(commit), file));
  }

  /** Links a file of a commit to its blob. */
  async link(commit: string, file: string, blobName: string): Promise<void> {
    const path = join(this.snapshot(commit), file);
    await mkdir(dirname(path), { recursive: true });
    const blob = this.blob(blobName);
    const before = await readlink(path).then(basename, () => undefined);
    await replace(path, async (temporary) => {
      try {
        await symlink(relative(dirname(path), blob), temporary);
      } catch (error) {
        if (!NO_LINKS.has(codeOf(error) ?? '')) throw error;
        await copyFile(blob, temporary);
      }
    });
    if (before !== undefined && before !== blobName && !(await this.#isLinked(before))) {
      await rm(this.blob(before), { force: true });
    }
  }

  /** Whether a commit is known not to have a file. */
  isMissing(commit: string, file: string): Promise<boolean> {
    return exists(join(this.path, '.no_exist', commit, file));
  }

  async setMissing(commit: string, file: string): Promise<void> {
    const path = join(this.path, '.no_exist', commit, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '');
  }

  /** The name of the blob that a file of a commit links to or is a copy of; `undefined` if unknown. */
  async blobOf(commit: string, file: string): Promise<string | undefined> {
    const path = join(this.snapshot(commit), file);
    const target = await readlink(path).catch(() => undefined);
    if (target !== undefined) return basename(target);
    // A copy has the size of its blob; if several blobs have that size, it is unknown which one it is.
    const size = await sizeOf(path);
    const blobs = await readdir(join(this.path, 'blobs')).catch(() => []);
    const sizes = await Promise.all(blobs.map((blob) => sizeOf(this.blob(blob))));
    const alike = blobs.filter((_, index) => size > 0 && sizes[index] === size);
    return alike.length === 1 ? alike[0] : undefined;
  }

  /** Removes files of a commit, and their blobs if no other commit uses them. Returns the number of bytes freed. */
  async remove(commit: string, files: readonly string[]): Promise<number> {
    let freed = 0;
    for (const file of files) {
      const path = join(this.snapshot(commit), file);
      const blob = await this.blobOf(commit, file);
      const size = await sizeOf(path);
      await rm(path, { force: true });
      if (blob === undefined) freed += size;
      else if (!(await this.#isLinked(blob))) {
        await rm(this.blob(blob), { force: true });
        freed += size;
      }
    }
    await this.#tidy(commit, files);
    return freed;
  }

  async #isLinked(blob: string): Promise<boolean> {
    for (const entry of await listTree(join(this.path, 'snapshots'))) {
      const target = await readlink(entry).catch(() => '');
      if (basename(target) === blob) return true;
    }
    return false;
  }

  /** Removes folders and references that have become empty. */
  async #tidy(commit: string, files: readonly string[]): Promise<void> {
    for (const file of files)
      if (file.includes('/')) await rmdir(join(this.snapshot(commit), dirname(file))).catch(ignore);
    await rmdir(this.snapshot(commit)).catch(ignore);
    if (await exists(this.snapshot(commit))) return;
    await rm(join(this.path, '.no_exist', commit), { recursive: true, force: true });
    for (const ref of await listTree(join(this.path, 'refs'))) {
      if ((await readFile(ref, 'utf8').catch(() => '')).trim() === commit) await rm(ref, { force: true });
    }
    await rmdir(join(this.path, 'snapshots')).catch(ignore);
    if (!(await exists(join(this.path, 'snapshots')))) await rm(this.path, { recursive: true, force: true });
  }
}

/** Creates a file under a temporary name and then renames it, so that nobody sees a part of it. */
async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await make(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** The files and links below a folder. */
async function listTree(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
}

/** Whether a commit, which came over the network, is safe as the name of a folder. */
function isPlainName(name: string): boolean {
  return /^[\w.-]{1,128}$/.test(name) && !/^\.+$/.test(name);
}

function ignore(): void {}
