import SchemaBuilder from '@pothos/core';
import type { Context } from './context.ts';

/** The one builder of the graph. Each feature's file adds its own types and root fields to it. */
export const builder = new SchemaBuilder<{
  Context: Context;
  DefaultFieldNullability: false;
  Scalars: { ID: { Input: string; Output: string } };
}>({ defaultFieldNullability: false });

builder.queryType({ description: 'Questions about texts, answered by BERT models.' });
builder.mutationType({ description: 'What changes something: analyses that outlive their request.' });
builder.subscriptionType({ description: 'Live results, over WebSocket (graphql-transport-ws) or SSE.' });
