import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { useService } from '../service.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const service = useService({ CACHE_BYTES: '67108864' });
let url: URL;
beforeAll(async () => {
  url = new URL(await service.server.listen());
});

/** A way to the server on which the n-th connection breaks once n times so many bytes have come back over it. */
async function brittleUrl(bytes: number): Promise<{ readonly url: string; breaks: number }> {
  const way = { url: '', breaks: 0 };
  let connections = 0;
  const proxy = createServer((client) => {
    const server = connect(Number(url.port), url.hostname);
    let left = ++connections * bytes;
    client.on('data', (data) => server.write(data));
    server.on('data', (data) => {
      client.write(data.subarray(0, left));
      left -= data.length;
      if (left > 0) return;
      way.breaks++;
      client.destroySoon();
      server.destroy();
    });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroySoon());
    }
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void proxy.close());
  await once(proxy, 'listening');
  way.url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/graphql`;
  return way;
}

test.each(['graphql-ws', 'graphql-sse'])(
  'the example for %s reads every event once over connections that break',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'bertql-example-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'text.txt'), story.slice(0, 20_000));
    const way = await brittleUrl(1500);
    const example = fileURLToPath(new URL(`../../examples/resume-${name}.js`, import.meta.url));
    const child = spawn(process.execPath, [example, join(folder, 'text.txt'), way.url], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    expect(await once(child, 'close')).toEqual([0, null]);
    const lines = output.trimEnd().split('\n');
    expect(lines.map((line) => Number.parseInt(line, 10))).toEqual([...lines.keys()]);
    expect(lines.at(-1)).toMatch(/done: \d+ entities$/);
    expect(way.breaks).toBeGreaterThan(1);
    expect(service.failures).toEqual([]);
  },
);
