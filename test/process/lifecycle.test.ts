import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from 'graphql-ws';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import {
  AnalyzeDocument,
  type AnalyzeSubscription,
  SentimentDocument,
  type SentimentQuery,
  SentimentsDocument,
} from '../../src/client/graphql.ts';
import { stepOf } from '../steps.ts';
import { startProcess } from './child.ts';

const MODELS = fileURLToPath(new URL('../../models/', import.meta.url));
const LONG_TEXT = 'Mr. Holmes of Baker Street met Irene Adler in London. '.repeat(2000);
const TEXTS = Array.from({ length: 2000 }, (_, index) =>
  `A film like no other, take ${index}. `.repeat(1 + (index % 9)),
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Asks again until somebody listens. */
async function untilAnswered(url: string): Promise<Response> {
  while (true) {
    try {
      return await fetch(url);
    } catch {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Asks small questions until one had to wait, since the workers were busy with something else. */
async function untilBusy(url: string): Promise<void> {
  for (let question = 0; ; question++) {
    const answer = await post(url, SentimentDocument.toString(), { text: `Is it busy? ${question}` });
    const { data } = (await answer.json()) as { data: SentimentQuery };
    if (data.sentiment.timing.queueMs > 1 && data.sentiment.timing.inferenceMs > 1) return;
  }
}

const post = (url: string, query: string, variables: object) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });

describe('the start of a server', () => {
  test('prints the address when the models are loaded', async () => {
    const { ready, child, ended } = startProcess();
    const url = await ready;
    expect((await fetch(new URL('/ready', url))).status).toBe(200);
    expect((await fetch(new URL('/health', url))).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  test('says in one line that the port is taken', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const { code, output } = await startProcess({ PORT: String(port) }).ended;
    expect(output).toBe(
      `bertql cannot start: port ${port} is taken. Stop the process that listens there, or set PORT to another port.\n`,
    );
    expect(code).toBe(1);
  });

  test.each<[string, string, (folder: string) => void]>([
    ['its configuration is missing', 'config.json', (folder) => rmSync(join(folder, 'config.json'))],
    ['its configuration is no JSON', 'config.json', (folder) => writeFileSync(join(folder, 'config.json'), '{')],
    ['its tokenizer is cut off', 'tokenizer.json', (folder) => truncateSync(join(folder, 'tokenizer.json'), 1000)],
    ['its weights are missing', 'model_quantized.onnx', (folder) => rmSync(join(folder, 'onnx'), { recursive: true })],
    [
      'its weights are cut off',
      'model_quantized.onnx',
      (folder) => truncateSync(join(folder, 'onnx/model_quantized.onnx'), 1_000_000),
    ],
  ])('says in one line that a model cannot be used: %s', async (_title, file, damage) => {
    const models = mkdtempSync(join(tmpdir(), 'bertql-models-'));
    onTestFinished(() => rmSync(models, { recursive: true }));
    symlinkSync(join(MODELS, 'sst2-minilm'), join(models, 'sst2-minilm'));
    cpSync(join(MODELS, 'conll-ner-minilm'), join(models, 'conll-ner-minilm'), { recursive: true });
    damage(join(models, 'conll-ner-minilm'));
    const { code, output } = await startProcess({ MODELS_DIR: models }).ended;
    expect(output).toMatch(/^bertql cannot start: .*conll-ner-minilm.*\n$/);
    expect(output).toContain(file);
    expect(code).toBe(1);
  });

  test.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['WORKERS', '0'],
    ['BATCH_TOKENS', '1.5'],
    ['CHUNK_TOKENS', '8'],
  ])('fails with %s=%s and names the variable', async (name, value) => {
    const { code, output } = await startProcess({ [name]: value }).ended;
    expect(output).toMatch(new RegExp(`^bertql cannot start: ${name} .*${value}.*\n$`));
    expect(code).toBe(1);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  test('ends an idle server', async () => {
    const { child, ready, ended } = startProcess();
    await ready;
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  test('ends a server that is loading its models', async () => {
    const port = await freePort();
    const { child, ended } = startProcess({ PORT: String(port) });
    // It listens before it loads, so the first answer comes from a server that is not ready.
    const ready = await untilAnswered(`http://127.0.0.1:${port}/ready`);
    child.kill(signal);
    expect(ready.status).toBe(503);
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  test('ends a server whose workers are busy, and answers running requests', async () => {
    const { child, ready, ended } = startProcess({ MAX_TEXTS: '2000', SHUTDOWN_TIMEOUT_MS: '60000' });
    const url = await ready;
    const answer = post(url, SentimentsDocument.toString(), { texts: TEXTS });
    await untilBusy(url);
    child.kill(signal);
    const { data } = (await (await answer).json()) as { data?: { sentiments: unknown[] } };
    expect(data?.sentiments).toHaveLength(TEXTS.length);
    expect(await ended).toMatchObject({ code: 0, signal: null, output: expect.not.stringContaining('Error') });
  });

  test('ends a stream with its cursor', async () => {
    // Without the cache, so that the sentences of the text are not known after the first.
    const { child, ready, ended } = startProcess({ CACHE_BYTES: '0' });
    const url = await ready;
    const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    onTestFinished(() => void client.dispose());
    const events: ReturnType<typeof stepOf<AnalyzeSubscription['analyze']>>[] = [];
    const stream = client.iterate<AnalyzeSubscription>({
      query: AnalyzeDocument.toString(),
      variables: { text: LONG_TEXT },
    });
    for await (const { data } of stream) {
      if (data) events.push(stepOf(data.analyze));
      if (events.length === 3) child.kill(signal);
    }
    const last = events.at(-1);
    expect(last).toMatchObject({ __typename: 'AnalysisFailed', code: 'SHUTTING_DOWN', cursor: events.at(-2)?.cursor });
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });
});

test('a second signal does not wait for running requests', async () => {
  const { child, ready, ended } = startProcess({ MAX_TEXTS: '2000' });
  const url = await ready;
  const answer = post(url, SentimentsDocument.toString(), { texts: TEXTS }).catch((error: unknown) => error);
  await untilBusy(url);
  child.kill('SIGTERM');
  child.kill('SIGINT');
  expect(await ended).toMatchObject({ code: 0, signal: null });
  expect(await answer).toBeInstanceOf(Error);
});

test('a thread that hangs does not keep the process from ending', async () => {
  const hang = new URL('./hang.js', import.meta.url).href;
  const { child, ready, ended } = startProcess({ BATCH_TIMEOUT_MS: '200', NODE_OPTIONS: `--import ${hang}` });
  const url = await ready;
  const answer = await post(url, SentimentDocument.toString(), { text: 'This text hangs.' });
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
  const { reasons } = (await (await fetch(new URL('/ready', url))).json()) as { reasons: string[] };
  expect(reasons.join()).toContain('hang');
  child.kill('SIGTERM');
  expect(await ended).toMatchObject({ code: 0, signal: null });
});
