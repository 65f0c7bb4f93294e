import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ATTACK = fileURLToPath(new URL('../../scripts/attack.js', import.meta.url));

test('every attack of the short form of npm run attack is held', { timeout: 300_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [ATTACK, '--short'], {
    maxBuffer: 10_000_000,
  }).catch((error: { stdout: string }) => error);
  expect(stdout.split('\n').filter((line) => line.startsWith('FAIL'))).toEqual([]);
  expect(stdout).toMatch(/All \d+ attacks were held/);
});
