import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { renderGraphiQL as renderBundled } from '@graphql-yoga/render-graphiql';
import type { GraphiQLOptions } from 'graphql-yoga';

/** The first tab of GraphiQL: readable at a glance and editable without scrolling. */
const FIRST_TAB = `query Names {
  entities(text: "Tim Cook runs Apple in California.") {
    text type confidence start end
  }
}
`;

/** The first examples of the menu; the others follow by name. */
const FIRST_EXAMPLES = [
  'entities',
  'sentiment',
  'tokenize',
  'document',
  'analyze',
  'startAnalysis',
  'analysisEvents',
  'wordSenses',
  'search',
];

const OPERATIONS = new URL('../../schema/operations/', import.meta.url);

/** The logo of bertql. */
const MARK =
  '<svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#1f2430"/><path d="M8 10h10M8 16h6M8 22h12" stroke="#fff" stroke-opacity=".55" stroke-width="2.4" stroke-linecap="round"/><path d="M17.5 16h7" stroke="#f0a948" stroke-width="5" stroke-linecap="round"/></svg>';

export interface GraphiQLSettings {
  /** Path of the graph, such as `/graphql`. */
  readonly endpoint: string;
  /** Whether there is a demo page to link to. */
  readonly page: boolean;
}

/** The options of GraphiQL. */
export function graphiqlOptions({ endpoint, page }: GraphiQLSettings): GraphiQLOptions {
  // Relative, so that the link also works if a proxy serves everything below a path.
  const home = '../'.repeat(endpoint.split('/').length - 2) || './';
  return {
    title: 'bertql',
    logo: page ? `<a href="${home}" aria-label="To the page that reads while you watch">${MARK}</a>` : MARK,
    favicon: `data:image/svg+xml,${encodeURIComponent(MARK.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"'))}`,
    subscriptionsProtocol: 'WS',
    defaultTabs: [{ query: FIRST_TAB }],
  };
}

/** A self-contained example for every root field, by name. */
function examples(): readonly (readonly [name: string, query: string])[] {
  const placeOf = (name: string) => (FIRST_EXAMPLES.includes(name) ? FIRST_EXAMPLES.indexOf(name) : Number.MAX_VALUE);
  return readdirSync(OPERATIONS)
    .map((file) => [basename(file, '.graphql'), readFileSync(new URL(file, OPERATIONS), 'utf8')] as const)
    .sort(([a], [b]) => placeOf(a) - placeOf(b) || a.localeCompare(b));
}

/**
 * Keeps tabs in place: GraphiQL 5 measures where a tab may be dragged to before its styles are loaded, so a pressed tab
 * jumps away under the pointer and cannot be clicked.
 */
const STEADY_TABS = '<style>.graphiql-tab { transform: none !important; }</style>';

/** Styles of our additions to GraphiQL: the menu of examples, and the dialog for a key. */
const ADDED_STYLE = `<style>
  .examples { position: fixed; right: 14px; bottom: 14px; z-index: 5; font: 14px/1.4 system-ui, sans-serif; max-width: 12rem; padding: 6px 8px; border-radius: 8px; }
  .key-dialog { font: 15px/1.5 system-ui, sans-serif; border: 1px solid #8888; border-radius: 12px; padding: 20px; max-width: 24rem; }
  .key-dialog input { width: 100%; margin: 8px 0 14px; padding: 8px; box-sizing: border-box; }
</style>`;

/**
 * Our additions to GraphiQL in the browser:
 *
 * - An operation that the demo page or the menu opens is in the fragment of the URL, as `query` and `variables`: the
 *   server does not see it, and it may be longer than a server would accept. It becomes a tab.
 * - The headers of a tab are also sent over a WebSocket, which has no headers of its own.
 * - If the server requires a key, the user is asked once. The key is kept where the demo page keeps it, until the tab
 *   is closed, and is sent unless the headers of a tab have another one.
 * - A menu of examples opens each of them in a tab.
 */
const IN_BROWSER = `<script>
  const KEY = 'bertql:key';

  function inBrowser(options) {
    const given = new URLSearchParams(location.hash.slice(1));
    const query = given.get('query');
    const connectionParams = () => {
      const kept = sessionStorage.getItem(KEY);
      const credentials = kept ? { authorization: 'Bearer ' + kept } : {};
      try {
        const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
        return { ...credentials, ...JSON.parse(tabs[activeTabIndex].headers || '{}') };
      } catch {
        return credentials;
      }
    };
    if (!query) return { ...options, connectionParams };
    history.replaceState(null, '', location.pathname);
    const opened = { query, variables: given.get('variables') ?? undefined };
    return { ...options, connectionParams, ...opened, defaultTabs: [opened, ...(options.defaultTabs ?? [])] };
  }

  const send = window.fetch.bind(window);
  let asking;
  let isDeclined = false;
  window.fetch = async (input, init = {}) => {
    const attempt = () => {
      const headers = new Headers(init.headers ?? (input instanceof Request ? input.headers : undefined));
      const kept = sessionStorage.getItem(KEY);
      const isOwn = kept && !headers.has('authorization');
      if (isOwn) headers.set('authorization', 'Bearer ' + kept);
      return { isOwn: isOwn || !headers.has('authorization'), answer: send(input, { ...init, headers }) };
    };
    const { isOwn, answer } = attempt();
    const response = await answer;
    if (response.status !== 401 || !isOwn || isDeclined) return response;
    asking ??= askForKey().finally(() => (asking = undefined));
    return (await asking) ? attempt().answer : response;
  };

  function askForKey() {
    const dialog = document.createElement('dialog');
    dialog.className = 'key-dialog';
    const form = Object.assign(document.createElement('form'), { method: 'dialog' });
    const label = document.createElement('label');
    const field = Object.assign(document.createElement('input'), { type: 'password', autocomplete: 'off', required: true });
    label.append('This server requires a key or token. It is kept until you close this tab.', field);
    const cancel = Object.assign(document.createElement('button'), { type: 'button', textContent: 'Not now' });
    cancel.onclick = () => dialog.close();
    form.append(label, cancel, ' ', Object.assign(document.createElement('button'), { textContent: 'Use it' }));
    dialog.append(form);
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.onclose = () => {
        dialog.remove();
        isDeclined = sessionStorage.getItem(KEY) === null;
        resolve(false);
      };
      form.onsubmit = () => {
        sessionStorage.setItem(KEY, field.value);
        resolve(true);
      };
    });
  }

  addEventListener('DOMContentLoaded', () => {
    const menu = document.createElement('select');
    menu.className = 'examples';
    menu.ariaLabel = 'Examples';
    menu.append(new Option('Examples…', ''), ...Object.entries(EXAMPLES).map(([name, query]) => new Option(name, query)));
    menu.onchange = () => {
      if (menu.value === '') return;
      location.hash = String(new URLSearchParams({ query: menu.value }));
      location.reload();
    };
    document.body.append(menu);
  });
</script>`;

/** The page of GraphiQL, which loads nothing from elsewhere. */
export function renderGraphiQL(options: GraphiQLOptions): string {
  // No example may end the script that contains it.
  const menu = JSON.stringify(Object.fromEntries(examples())).replaceAll('<', '\\u003c');
  const added = `${STEADY_TABS}${ADDED_STYLE}<script>const EXAMPLES = ${menu};</script>${IN_BROWSER}`;
  const page = renderBundled(options).replace('</head>', () => `${added}</head>`);
  const start = page.lastIndexOf(JSON.stringify(options));
  const end = start + JSON.stringify(options).length;
  return `${page.slice(0, start)}inBrowser(${page.slice(start, end)})${page.slice(end)}`;
}
