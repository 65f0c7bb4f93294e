import { readFileSync } from 'node:fs';
import { renderGraphiQL as renderBundled } from '@graphql-yoga/render-graphiql';
import type { GraphiQLOptions } from 'graphql-yoga';

/** The tabs that GraphiQL opens with, in this order: an example for every root field, each complete in itself. */
const TABS = [
  'entities',
  'sentiment',
  'tokenize',
  'document',
  'analyze',
  'startAnalysis',
  'analysisEvents',
  'analysis',
  'cancelAnalysis',
  'sentiments',
  'documents',
  'detokenize',
  'models',
];

export const GRAPHIQL: GraphiQLOptions = {
  title: 'bertql',
  subscriptionsProtocol: 'WS',
  defaultTabs: TABS.map((name) => ({
    query: readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8'),
  })),
};

/**
 * Tabs that move away under the pointer cannot be clicked: GraphiQL 5 measures where a tab may be dragged to before its
 * styles have arrived, and jumps to that place when it is pressed. So they stay where they are.
 */
const STEADY_TABS = '<style>.graphiql-tab { transform: none !important; }</style>';

/** The page of GraphiQL, with nothing that comes from elsewhere. */
export function renderGraphiQL(options: GraphiQLOptions): string {
  return renderBundled(options).replace('</head>', `${STEADY_TABS}</head>`);
}
