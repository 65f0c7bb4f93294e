import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { AnalyzeDocument, EmbedDocument, SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { answersOf, STREAMING, TRANSPORTS } from './transports.ts';

/** A text that must never be seen outside of answers. */
const SECRET = 'Xanthippe of Zanzibar adores marzipan.';

const service = useService();
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});
afterEach(() => {
  service.failures.length = 0;
});

const get = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
const metrics = async () => (await get('/metrics')).text();

/** The value of a sample, or 0 if there is none. */
async function sample(name: string): Promise<number> {
  const line = (await metrics()).split('\n').find((each) => each.startsWith(`${name} `));
  return Number(line?.split(' ').at(-1) ?? 0);
}

describe('/metrics', () => {
  test.each(TRANSPORTS)('counts operations over %s by root field and outcome', async (name, connect) => {
    const transport = connect(url);
    const labels = `transport="${name}",type="query",field="sentiment"`;
    const before = await Promise.all([
      sample(`bertql_operations_total{${labels},code="OK"}`),
      sample(`bertql_operations_total{${labels},code="EMPTY_TEXT"}`),
    ]);
    await answersOf(transport.run(SentimentDocument, { text: SECRET }));
    await answersOf(transport.run(SentimentDocument, { text: '' }));
    expect(await sample(`bertql_operations_total{${labels},code="OK"}`)).toBe((before[0] ?? 0) + 1);
    expect(await sample(`bertql_operations_total{${labels},code="EMPTY_TEXT"}`)).toBe((before[1] ?? 0) + 1);
    await transport.dispose();
  });

  test.each(STREAMING)('counts streams over %s while they are open', async (_name, connect) => {
    const transport = connect(url);
    for await (const _ of transport.run(AnalyzeDocument, { text: 'Anna met Ben in Berlin. '.repeat(2000) })) {
      expect(await sample('bertql_live_streams')).toBe(1);
      break;
    }
    await transport.dispose();
    while ((await sample('bertql_live_streams')) > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('has the metrics that operators need', async () => {
    await service.data(SentimentDocument, { text: SECRET });
    const text = await metrics();
    for (const name of [
      'bertql_operations_total',
      'bertql_operation_duration_seconds',
      'bertql_queue_tokens',
      'bertql_queue_wait_seconds',
      'bertql_batch_sequences',
      'bertql_batch_padding_ratio',
      'bertql_inference_seconds',
      'bertql_live_streams',
      'bertql_chunks_total',
      'bertql_worker_restarts_total',
      'bertql_model_state',
      'bertql_event_loop_lag_p99_seconds',
    ]) {
      expect(text).toContain(`# HELP ${name} `);
    }
    expect(text).toContain('bertql_model_state{model="bertql/sst2-minilm",state="READY"} 1');
    expect(text).not.toContain('Xanthippe');
  });

  test('counts the tokens, batches and time of vectors under their model and its task', async () => {
    const labels = '{model="bertql/all-minilm-l6-v2",task="EMBEDDING"}';
    const { embed } = await service.data(EmbedDocument, { text: 'The cat sits outside.', compare: false });
    expect(await sample(`bertql_tokens_total${labels}`)).toBe(embed.tokensUsed);
    expect(await sample(`bertql_batch_sequences_count${labels}`)).toBe(1);
    expect(await sample(`bertql_inference_seconds_count${labels}`)).toBe(1);
    expect(await sample(`bertql_inference_seconds_sum${labels}`)).toBeGreaterThan(0);
  });

  test('does not name the fields of refused documents', async () => {
    await service.ask(new TypedDocumentString<unknown, object>(`{ ${'secret'.repeat(5)} }`), {});
    const text = await metrics();
    expect(text).toMatch(/bertql_operations_total\{.*type="none",field="none",code="GRAPHQL_VALIDATION_FAILED"\}/);
    expect(text).not.toContain('secretsecret');
  });
});

describe('/ready', () => {
  test('says that work is accepted', async () => {
    const response = await get('/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ready: true, reasons: [] });
  });
});

describe('the id of a request', () => {
  const operation = JSON.stringify({ query: '{ __typename }' });
  const post = (headers: Readonly<Record<string, string>>) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: operation });

  test('is the one from the header', async () => {
    expect((await post({ 'x-request-id': 'abc-123' })).headers.get('x-request-id')).toBe('abc-123');
  });

  test('is a new one if the one from the header is not safe for a log', async () => {
    const response = await post({ 'x-request-id': `"}${'x'.repeat(200)}` });
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  test.each(TRANSPORTS)('comes with an unexpected failure over %s', async (_name, connect) => {
    const { registry } = service.server.inference;
    const { models } = registry;
    Object.defineProperty(registry, 'models', {
      get: () => {
        throw new Error('broken');
      },
      configurable: true,
    });
    const reported: string[] = [];
    const transport = connect(url);
    try {
      const [answer] = await answersOf(
        transport.run(new TypedDocumentString<unknown, Record<string, never>>('{ models { id } }'), {}),
      );
      const { extensions } = answer?.errors?.[0] ?? {};
      expect(extensions).toEqual({ code: 'INTERNAL', requestId: expect.any(String) });
      reported.push(String(extensions?.['requestId']));
    } finally {
      Object.defineProperty(registry, 'models', { value: models, configurable: true });
      await transport.dispose();
    }
    expect(service.requestIds).toEqual(expect.arrayContaining(reported));
    expect(JSON.stringify(service.failures)).not.toContain('Xanthippe');
  });
});

describe('the path', () => {
  test.each(['/graphql', '/ready', '/metrics', '/health', '/nothing'])('%s has security headers', async (path) => {
    const response = await get(path, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    await response.body?.cancel();
  });
});
