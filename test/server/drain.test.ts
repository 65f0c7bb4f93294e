import { expect, test, vi } from 'vitest';
import { AnalyzeDocument } from '../../src/client/graphql.ts';
import { startServer } from '../service.ts';

test('an idle connection is kept open for longer than proxies keep theirs', async () => {
  const server = await startServer();
  const answer = await fetch(await server.listen(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ models { id } }' }),
  });
  expect(answer.headers.get('keep-alive')).toBe('timeout=72');
  // Idle, it does not hold up the end.
  await server.close();
});

test('a stream that is still being planned when the server begins to stop ends like all others', async () => {
  const server = await startServer();
  const url = await server.listen();
  const { textsTokenized } = server.inference.counts;
  const text = Array.from({ length: 60_000 }, (_, index) => `Anna met Bert${index} in Bergen.`).join(' ');
  const answer = fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: AnalyzeDocument.toString(), variables: { text: text.slice(0, 1_000_000) } }),
  });
  await vi.waitFor(() => expect(server.inference.counts.textsTokenized).toBeGreaterThan(textsTokenized), {
    interval: 1,
    timeout: 10_000,
  });
  const closed = server.close();
  const events = await (await answer).text();
  expect(events).toContain('SHUTTING_DOWN');
  expect(events).not.toContain('AnalysisCompleted');
  await closed;
});
