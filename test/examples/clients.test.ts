import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { useService } from '../service.ts';

const run = promisify(execFile);
const example = (name: string) => fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));
const service = useService({ WORKERS: '1' });
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

it('the example with fetch queries and streams', async () => {
  const { stdout } = await run(process.execPath, [example('fetch.js'), url]);
  expect(stdout).toBe(
    `POSITIVE
0–13 Angela Merkel (PER)
18–33 Emmanuel Macron (PER)
37–42 Paris (LOC)
{"__typename":"ChunkAnalyzed","entities":[{"text":"Angela Merkel"},{"text":"Emmanuel Macron"},{"text":"Paris"}],"progress":{"fraction":1}}
{"__typename":"AnalysisCompleted","entityCount":3}
`,
  );
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

// Skipped if there is no Python 3.
it.skipIf(!hasPython)('the Python example queries and streams, with the offsets of Python strings', async () => {
  const { stdout } = await run('python3', [example('python/bertql_client.py'), url]);
  expect(stdout.split('\n')).toEqual([
    'POSITIVE',
    'Angela Merkel PER',
    'Emmanuel Macron PER',
    'Paris LOC',
    "100% ['Angela Merkel', 'Emmanuel Macron', 'Paris']",
    'done: 3 entities',
    'EMPTY_TEXT',
    '',
  ]);
});

it.skipIf(!hasPython)('the Python example stores vectors in SQLite and finds the nearest', async () => {
  const { stdout } = await run('python3', [example('python/vectors_in_sqlite.py'), url]);
  expect(stdout).toMatch(/^0\.\d\d To reset your password, follow the link on the login page\.\n0\.\d\d .*\n$/);
});

it('the example of the library needs no server', async () => {
  const { stdout } = await run(process.execPath, [example('library.js')]);
  expect(stdout).toBe(
    'POSITIVE 0.9750\nAngela Merkel PER\nEmmanuel Macron PER\nParis LOC\nIrene Adler, London, Trieste\nEMPTY_TEXT\n',
  );
});

describe.each([
  {
    name: 'mount-node.js',
    query: '{ sentiment(text: "lovely") { label } }',
    data: { sentiment: { label: 'POSITIVE' } },
  },
  {
    name: 'mount-yoga.js',
    query: '{ hello(name: "you") sentiment(text: "lovely") { label } }',
    data: { hello: 'hello you', sentiment: { label: 'POSITIVE' } },
  },
])('$name', ({ name, query, data }) => {
  it('answers, and ends by itself on SIGTERM', async () => {
    const child = spawn(process.execPath, [example(name), '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [address] = await once(child.stdout, 'data');
    const port = /port: (\d+)/.exec(String(address))?.[1];
    const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ query }),
    });
    expect(await answer.json()).toEqual({ data });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
