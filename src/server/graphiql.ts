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
  'loadModel',
  'modelProgress',
];

/** The mark of bertql. */
const MARK =
  '<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#1f2430"/><path d="M8 10h10M8 16h6M8 22h12" stroke="#fff" stroke-opacity=".55" stroke-width="2.4" stroke-linecap="round"/><path d="M17.5 16h7" stroke="#f0a948" stroke-width="5" stroke-linecap="round"/></svg>';

export interface GraphiQLSettings {
  /** Path of the graph, such as `/graphql`. */
  readonly endpoint: string;
  /** Whether there is a demo page to link to. */
  readonly page: boolean;
}

/** How GraphiQL starts. */
export function graphiqlOptions({ endpoint, page }: GraphiQLSettings): GraphiQLOptions {
  // Relative, so that the link holds behind a proxy that serves all of this below a path.
  const home = '../'.repeat(endpoint.split('/').length - 2) || './';
  return {
    title: 'bertql',
    logo: page ? `<a href="${home}" aria-label="To the page that reads while you watch">${MARK}</a>` : MARK,
    favicon: `data:image/svg+xml,${encodeURIComponent(MARK.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"'))}`,
    subscriptionsProtocol: 'WS',
    defaultTabs: TABS.map((name) => ({
      query: readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8'),
    })),
  };
}

/**
 * Tabs that move away under the pointer cannot be clicked: GraphiQL 5 measures where a tab may be dragged to before its
 * styles have arrived, and jumps to that place when it is pressed. So they stay where they are.
 */
const STEADY_TABS = '<style>.graphiql-tab { transform: none !important; }</style>';

/**
 * What the page knows only in the browser. An operation that the demo page opens comes behind the `#` of the address,
 * as `query` and `variables`: the server sees nothing of it, and it may be longer than a server would take. It becomes a
 * tab. And the headers of a tab go along with a WebSocket, which has no headers: a key opens subscriptions, too.
 */
const IN_BROWSER = `<script>
  function inBrowser(options) {
    const given = new URLSearchParams(location.hash.slice(1));
    const query = given.get('query');
    const connectionParams = () => {
      try {
        const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
        return JSON.parse(tabs[activeTabIndex].headers || '{}');
      } catch {
        return {};
      }
    };
    if (!query) return { ...options, connectionParams };
    history.replaceState(null, '', location.pathname);
    const opened = { query, variables: given.get('variables') ?? undefined };
    return { ...options, connectionParams, ...opened, defaultTabs: [opened, ...(options.defaultTabs ?? [])] };
  }
</script>`;

/** The page of GraphiQL, with nothing that comes from elsewhere. */
export function renderGraphiQL(options: GraphiQLOptions): string {
  const page = renderBundled(options).replace('</head>', () => `${STEADY_TABS}${IN_BROWSER}</head>`);
  const start = page.lastIndexOf(JSON.stringify(options));
  const end = start + JSON.stringify(options).length;
  return `${page.slice(0, start)}inBrowser(${page.slice(start, end)})${page.slice(end)}`;
}
