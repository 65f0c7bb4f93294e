/**
 * urql: queries over HTTP, subscriptions over SSE.
 *
 *   node dist/urql.js [url]
 */
import { cacheExchange, createClient, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { ANALYZE, type AnalysisEvent, ENTITIES, type Entity } from './operations.js';
import { runAsProgram } from './program.js';

export function createUrql(url: string) {
  const streams = createSseClient({ url });
  return createClient({
    url,
    preferGetMethod: false,
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: streams.subscribe({ query, variables: variables as Variables }, sink) }),
        }),
      }),
    ],
  });
}

type Variables = Record<string, unknown>;

export async function run(url: string): Promise<string[]> {
  const client = createUrql(url);
  const lines: string[] = [];
  const text = 'Angela Merkel met Emmanuel Macron in Paris.';
  const { data, error } = await client.query<{ entities: Entity[] }>(ENTITIES, { text }).toPromise();
  if (error) throw error;
  for (const entity of data?.entities ?? []) lines.push(`${entity.text} ${entity.type}`);
  await new Promise<void>((resolve, reject) => {
    const { unsubscribe } = client
      .subscription<{ analyze: AnalysisEvent }>(ANALYZE, { text })
      .subscribe(({ data, error }) => {
        if (error) return reject(error);
        lines.push(data?.analyze.__typename ?? 'nothing');
        if (data?.analyze.__typename === 'ChunkAnalyzed') return;
        unsubscribe();
        resolve();
      });
  });
  return lines;
}

await runAsProgram(import.meta.url, run);
