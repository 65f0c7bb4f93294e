import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { EntitiesDocument } from '../../src/client/graphql.ts';
import { startProcess } from './child.ts';

interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
}

const SECRET = 'Xanthippe of Zanzibar adores marzipan';

test('traces lead from HTTP and WebSocket to the batch, and contain no text', async () => {
  const bodies: string[] = [];
  const collector = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    bodies.push(body);
    response.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void collector.close());
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  const { child, ready, ended } = startProcess({
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_SERVICE_NAME: 'bertql-test',
  });
  const url = await ready;

  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    body: JSON.stringify({ query: EntitiesDocument.toString(), variables: { text: SECRET } }),
  });
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  await client.iterate({ query: 'subscription { analyze(text: "Anna") { __typename } }' }).next();
  await client.dispose();
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);

  const all = bodies.join('');
  const spans = bodies.flatMap((body): CollectedSpan[] =>
    JSON.parse(body).resourceSpans.flatMap((resource: { scopeSpans: { spans: CollectedSpan[] }[] }) =>
      resource.scopeSpans.flatMap((scope) => scope.spans),
    ),
  );
  const query = spans.find(({ name }) => name === 'query entities');
  expect(query).toMatchObject({ traceId, parentSpanId: 'b7ad6b7169203331' });
  expect(spans).toContainEqual(expect.objectContaining({ name: 'batch', traceId, parentSpanId: query?.spanId }));
  const stream = spans.find(({ name }) => name === 'subscription analyze');
  expect(spans).toContainEqual(expect.objectContaining({ name: 'batch', parentSpanId: stream?.spanId }));
  expect(all).toContain('bertql-test');
  expect(all).not.toContain('Xanthippe');
});
