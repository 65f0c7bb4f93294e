/**
 * Apollo Client: queries over HTTP, subscriptions over WebSocket, or over SSE if the runtime has no WebSocket, as Node 20.
 *
 *   node dist/apollo.js [url]
 */
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode, print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient } from 'graphql-ws';
import { ANALYZE, type AnalysisEvent, ENTITIES, type Entity } from './operations.js';
import { runAsProgram } from './program.js';

export function createApollo(url: string, webSocketImpl: unknown = globalThis.WebSocket) {
  const streams = webSocketImpl === undefined ? overSse(url) : overSocket(url, webSocketImpl);
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    streams.link,
    new HttpLink({ uri: url }),
  );
  const cache = new InMemoryCache({
    // The same id means the same fields, so Apollo may keep documents, sentences and entities by it.
    possibleTypes: { AnalysisEvent: ['ChunkAnalyzed', 'TailAnalyzed', 'AnalysisCompleted', 'AnalysisFailed'] },
  });
  return { client: new ApolloClient({ link, cache }), close: streams.close };
}

function overSocket(url: string, webSocketImpl: unknown) {
  const client = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl });
  return { link: new GraphQLWsLink(client), close: async () => client.dispose() };
}

function overSse(url: string) {
  const client = createSseClient({ url });
  const link = new ApolloLink(
    ({ query, variables }) =>
      new Observable((sink) =>
        client.subscribe(
          { query: print(query), variables },
          {
            next: (result) => sink.next(result as ApolloLink.Result),
            error: (error) => sink.error(error),
            complete: () => sink.complete(),
          },
        ),
      ),
  );
  return { link, close: async () => client.dispose() };
}

export async function run(url: string, webSocketImpl?: unknown): Promise<string[]> {
  const { client, close } = createApollo(url, webSocketImpl);
  const lines: string[] = [];
  const text = 'Angela Merkel met Emmanuel Macron in Paris.';
  const { data } = await client.query<{ entities: Entity[] }>({ query: gql(ENTITIES), variables: { text } });
  for (const entity of data?.entities ?? []) lines.push(`${entity.text} ${entity.type}`);
  await new Promise<void>((complete, error) => {
    client.subscribe<{ analyze: AnalysisEvent }>({ query: gql(ANALYZE), variables: { text } }).subscribe({
      next: ({ data }) => lines.push(data?.analyze.__typename ?? 'nothing'),
      error,
      complete,
    });
  });
  await close();
  return lines;
}

await runAsProgram(import.meta.url, run);
