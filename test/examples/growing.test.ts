import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { useService } from '../service.ts';

const service = useService();
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

test.each([
  ['live-transcript.js', 'Angela Merkel (PER)', 'Paris (LOC)'],
  ['token-stream.js', 'Steve Jobs (PER)', 'California (LOC)'],
])('the example %s prints names while its text grows, and their number at the end', async (file, ...names) => {
  const child = spawn(process.execPath, [fileURLToPath(new URL(`../../examples/${file}`, import.meta.url)), url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  expect((await once(child, 'exit'))[0]).toBe(0);
  const lines = output.trim().split('\n');
  expect(lines.filter((line) => line.startsWith('  [')).length).toBeGreaterThan(3);
  for (const name of names) expect(lines).toContain(name);
  expect(lines.at(-1)).toMatch(/^\d+ names in all$/);
});
