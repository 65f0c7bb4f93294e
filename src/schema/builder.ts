import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import { DateTimeISOResolver } from 'graphql-scalars';
import type { Context } from './context.ts';
import ResultSizePlugin from './size-plugin.ts';

/** The builder of the graph, to which each feature's file adds its types and root fields. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: false;
  DefaultNodeNullability: false;
  /** What every connection has besides Relay's fields. */
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
    pageInfoTypeOptions: { description: 'The position of a page in its list.' },
    hasNextPageFieldOptions: { description: 'Whether there are items after this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether there are items before this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first edge; null if the page is empty.' },
    endCursorFieldOptions: { description: 'Cursor of the last edge; send it as `after` for the next page.' },
    edgesFieldOptions: { description: 'The items of the page, each with its cursor.', nullable: false },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    cursorFieldOptions: { description: 'Send it as `after` to continue after this item.' },
    pageInfoFieldOptions: { description: 'The position of the page in the list.' },
    afterArgOptions: { description: 'Only items after this cursor, which comes from `pageInfo.endCursor`.' },
    beforeArgOptions: { description: 'Only items before this cursor.' },
    firstArgOptions: { description: 'The most items of the page.' },
    lastArgOptions: { description: 'The most items of the page, counted from the end.' },
  },
});

builder.addScalarType('DateTime', DateTimeISOResolver, {
  description: 'A point in time in ISO 8601, in UTC: `2026-11-25T16:50:27.123Z`.',
});

builder.globalConnectionField('totalCount', (t) =>
  t.int({
    nullable: false,
    description: 'Number of items of the whole list.',
    resolve: ({ totalCount }) => totalCount,
  }),
);

builder.queryType({ description: 'Questions about texts, answered by BERT models.' });
builder.mutationType({
  description: 'Starts, feeds and ends analyses, which outlive their request, and loads models.',
});
builder.subscriptionType({ description: 'Live results, over WebSocket (graphql-transport-ws) or SSE.' });
