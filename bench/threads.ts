import { readdir, readFile } from 'node:fs/promises';
import type { Thread } from './server-dialogue.ts';

const TASKS = '/proc/self/task';
/** What Linux counts processor time in, whatever the machine. */
const TICKS_A_SECOND = 100;

/** The threads of this process with their processor time; none if the system does not report it. */
export async function threads(): Promise<readonly Thread[]> {
  const ids = await readdir(TASKS).catch(() => []);
  const found = await Promise.all(ids.map((id) => thread(id).catch(() => undefined)));
  return found.filter((one) => one !== undefined);
}

async function thread(id: string): Promise<Thread> {
  const stat = await readFile(`${TASKS}/${id}/stat`, 'utf8');
  // The name is in brackets and may hold anything; user and system time are the 12th and 13th field after it.
  const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? [];
  const fields = rest.split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { id: Number(id), name, main: Number(id) === process.pid, cpuSeconds: ticks / TICKS_A_SECOND };
}
