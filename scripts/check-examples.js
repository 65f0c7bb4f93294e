/** Checks the examples that have packages of their own: installs these, checks the types, and runs them against a server. */

import { deepStrictEqual } from 'node:assert';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';

const root = join(import.meta.dirname, '..');
const web = join(root, 'examples', 'web');

execFileSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: web, stdio: 'inherit' });
// As `npm install bertql` would, but this one.
if (!existsSync(join(web, 'node_modules', 'bertql')))
  symlinkSync(root, join(web, 'node_modules', 'bertql'), 'junction');
execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', web], {
  stdio: 'inherit',
});

/**
 * @typedef {{ server: import('node:http').Server, path: string, close(): Promise<void> }} Mount
 */
for (const name of ['express', 'fastify']) {
  /** @type {{ start(): Promise<Mount> }} */
  const { start } = await import(join(web, 'dist', `${name}.js`));
  const { server, path, close } = await start();
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  deepStrictEqual(await (await fetch(`${origin}/hello`)).text(), 'hello');
  const expected = ['Angela Merkel PER', 'Emmanuel Macron PER', 'Paris LOC', 'ChunkAnalyzed', 'AnalysisCompleted'];
  for (const client of ['plain', 'apollo', 'urql']) {
    const program = join(web, 'dist', `${client}.js`);
    const { run } = await import(program);
    deepStrictEqual(await run(origin + path, WebSocket), expected);
    // As its header says.
    const { stdout } = await promisify(execFile)(process.execPath, [program, origin + path]);
    deepStrictEqual(stdout.trimEnd().split('\n'), expected);
    console.log(`${client} asks ${name}: good`);
  }
  await close();
}
