/**
 * Apollo Client: queries over HTTP, subscriptions over WebSocket.
 *
 *   node dist/apollo.js [url]
 */
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import { ANALYZE, type AnalysisEvent, ENTITIES, type Entity } from './operations.js';

export function createApollo(url: string, webSocketImpl?: unknown) {
  const sockets = createClient({ url: url.replace(/^http/, 'ws'), webSocketImpl });
  const link = ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(sockets),
    new HttpLink({ uri: url }),
  );
  const cache = new InMemoryCache({
    // An entity's id is the same for the same place in the same text, so Apollo may keep entities by it.
    possibleTypes: { AnalysisEvent: ['ChunkAnalyzed', 'AnalysisCompleted', 'AnalysisFailed'] },
  });
  return { client: new ApolloClient({ link, cache }), close: () => sockets.dispose() };
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
