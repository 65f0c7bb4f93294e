import { randomUUID } from 'node:crypto';
import { constants, copyFile, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from './hub-error.ts';

/** A lock whose file was not touched for this long belongs to a machine or process that is gone. */
const STALE_MS = 10_000;
const BEAT_MS = 2000;
const POLL_MS = 200;

/** The locks of this process, by their tokens. */
const held = new Set<string>();

/** The owner of a lock. */
interface Holder {
  readonly token: string;
  readonly pid: number;
  readonly host: string;
}

/**
 * Runs a task under a lock that all processes share, also those of other machines with the same folder. The lock of a
 * killed process is taken over: at once if it ran on this machine, otherwise once it is stale. In the worst case two
 * processes hold a lock, so it may save work, but files must stay intact without it.
 *
 * Own code, since proper-lockfile listens for signals (signal-exit) as soon as it is imported: a server that drains on
 * SIGTERM by a `once` listener would be killed in the middle of it.
 */
export async function withFileLock<T>(path: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const holder: Holder = { token: randomUUID(), pid: process.pid, host: hostname() };
  await mkdir(dirname(path), { recursive: true });
  while (!(await take(path, holder))) {
    if (!(await removeStale(path))) await delay(POLL_MS, undefined, { signal });
    signal.throwIfAborted();
  }
  held.add(holder.token);
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    held.delete(holder.token);
    if ((await read(path))?.token === holder.token) await rm(path, { force: true });
  }
}

async function take(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes an abandoned lock. Returns whether the lock may be free now. */
async function removeStale(path: string): Promise<boolean> {
  const holder = await read(path);
  const age = await ageOf(path);
  if (age === undefined) return true;
  if (age < STALE_MS && !(holder && isDead(holder))) return false;
  // By now it may be somebody else's lock, which is put back.
  const grave = `${path}.${randomUUID()}`;
  try {
    await rename(path, grave);
    if ((await read(grave))?.token !== holder?.token)
      await copyFile(grave, path, constants.COPYFILE_EXCL).catch(() => undefined);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw error;
  } finally {
    await rm(grave, { force: true });
  }
}

async function read(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function ageOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => undefined,
  );
}

function isDead({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return false;
  // In a restarted container this process may have the id of the one that was killed.
  if (pid === process.pid) return !held.has(token);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
}
