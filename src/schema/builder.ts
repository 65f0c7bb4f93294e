import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import { DateTimeISOResolver } from 'graphql-scalars';
import type { Context } from './context.ts';
import ResultSizePlugin from './result-size.ts';

/** The one builder of the graph. Each feature's file adds its own types and root fields to it. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  /** What every connection has beside Relay's fields. */
  Connection: { readonly totalCount: number };
  Scalars: {
    ID: { Input: string; Output: string };
    /** ISO 8601, in UTC. */
    DateTime: { Input: string; Output: string };
  };
}>({
  plugins: [RelayPlugin, ResultSizePlugin],
  defaultFieldNullability: false,
  relay: {
    cursorType: 'String',
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    pageInfoTypeOptions: { description: 'Where a page lies in its list.' },
    hasNextPageFieldOptions: { description: 'More follow after this page.' },
    hasPreviousPageFieldOptions: { description: 'There are others before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first edge; null if the page is empty.' },
    endCursorFieldOptions: { description: 'Cursor of the last edge; give it as `after` for the next page.' },
    edgesFieldOptions: { description: 'The items of the page, each with its cursor.', nullable: false },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    cursorFieldOptions: { description: 'Give it as `after` to go on after this item.' },
    pageInfoFieldOptions: { description: 'Where the page lies in the list.' },
    afterArgOptions: { description: 'Only what follows this cursor, which `pageInfo.endCursor` gave.' },
    beforeArgOptions: { description: 'Only what comes before this cursor.' },
    firstArgOptions: { description: 'Most items of the page.' },
    lastArgOptions: { description: 'Most items of the page, counted from the end.' },
  },
});

builder.addScalarType('DateTime', DateTimeISOResolver, {
  description: 'A point in time as in ISO 8601, in UTC: `2026-11-25T16:50:27.123Z`.',
});

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    nullable: false,
    description: 'Items of the whole list.',
    resolve: ({ totalCount }) => totalCount,
  }),
);

builder.queryType({ description: 'Questions about texts, answered by BERT models.' });
builder.mutationType({ description: 'What changes something: analyses that outlive their request.' });
builder.subscriptionType({ description: 'Live results, over WebSocket (graphql-transport-ws) or SSE.' });
