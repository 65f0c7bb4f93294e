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

/**
 * What the demo page opens comes behind the `#` of the address, as `query`, `variables` and `headers`: a server sees
 * nothing of it, and it may be longer than a server would take. It becomes the first tab, or one more beside those that
 * the visitor has.
 */
const OPENED_TAB = `<script>
  function withOpenedTab(options) {
    const given = new URLSearchParams(location.hash.slice(1));
    const query = given.get('query');
    if (!query) return options;
    history.replaceState(null, '', location.pathname);
    const opened = { query, variables: given.get('variables') ?? undefined, headers: given.get('headers') ?? undefined };
    return { ...options, ...opened, defaultTabs: [opened, ...(options.defaultTabs ?? [])] };
  }
</script>`;

/** The page of GraphiQL, with nothing that comes from elsewhere. */
export function renderGraphiQL(options: GraphiQLOptions): string {
  const page = renderBundled(options).replace('</head>', () => `${STEADY_TABS}${OPENED_TAB}</head>`);
  const last = page.lastIndexOf(JSON.stringify(options));
  const end = last + JSON.stringify(options).length;
  return `${page.slice(0, last)}withOpenedTab(${page.slice(last, end)})${page.slice(end)}`;
}
