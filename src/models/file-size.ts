import { stat } from 'node:fs/promises';

/** The size of a file in bytes; 0 if there is no such file. */
export async function sizeOf(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() ? stats.size : 0;
}
