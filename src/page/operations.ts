import type { Sent } from './api.ts';
import { element } from './dom.ts';

/** Operations are listed once, by their name. */
const NAME = /^\s*(query|mutation|subscription)\s+(\w+)/;

/** Characters of a text that go along to GraphiQL, whose editor is made for less; and that are shown here. */
const LONGEST_OPENED = 20_000;
const LONGEST_SHOWN = 160;

interface Listed extends Sent {
  readonly kind: string;
  readonly tab: HTMLButtonElement;
  times: number;
}

export interface OperationsOptions {
  readonly tabs: HTMLElement;
  readonly panel: HTMLElement;
  readonly document: HTMLElement;
  readonly variables: HTMLElement;
  readonly note: HTMLElement;
  readonly copy: HTMLButtonElement;
  /** Link to GraphiQL; `undefined` where there is none. */
  readonly open: HTMLAnchorElement | undefined;
}

/** The GraphQL operations behind what one sees, with their variables, ready to be opened in GraphiQL. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #listed = new Map<string, Listed>();
  #shown: string | undefined;

  constructor(options: OperationsOptions) {
    this.#options = options;
    options.tabs.addEventListener('click', ({ target }) => {
      const name = target instanceof Element ? target.closest('button')?.dataset['name'] : undefined;
      if (name !== undefined) this.#show(name);
    });
    options.tabs.addEventListener('keydown', (event) => this.#onKey(event));
    options.copy.addEventListener('click', () => void this.#copy());
  }

  /** Notes an operation that was sent. */
  note(sent: Sent): void {
    const [, kind = '', name = ''] = NAME.exec(sent.document) ?? [];
    const document = sent.document.trim();
    const known = this.#listed.get(name);
    const tab =
      known?.tab ??
      element('button', {
        type: 'button',
        role: 'tab',
        'data-name': name,
        id: `operation-${name}`,
        'aria-controls': this.#options.panel.id,
      });
    const listed: Listed = { document, variables: sent.variables, kind, tab, times: (known?.times ?? 0) + 1 };
    this.#listed.set(name, listed);
    tab.replaceChildren(
      element('span', { class: 'kind' }, kind),
      ` ${name}`,
      ...(listed.times > 1 ? [element('span', { class: 'count' }, ` ×${listed.times}`)] : []),
    );
    if (!known) this.#options.tabs.append(tab);
    if (this.#shown === undefined || this.#shown === name || kind === 'subscription') this.#show(name);
    else this.#select();
  }

  /** Forgets what was sent for another text. */
  clear(): void {
    this.#listed.clear();
    this.#shown = undefined;
    this.#options.tabs.replaceChildren();
  }

  #show(name: string): void {
    const listed = this.#listed.get(name);
    if (!listed) return;
    this.#shown = name;
    const { document, variables, open, note, panel } = this.#options;
    document.replaceChildren(...coloured(listed.document));
    variables.textContent = JSON.stringify(shortened(listed.variables, LONGEST_SHOWN), null, 2);
    panel.setAttribute('aria-labelledby', listed.tab.id);
    const opened = shortened(listed.variables, LONGEST_OPENED);
    note.textContent =
      JSON.stringify(opened) === JSON.stringify(listed.variables)
        ? ''
        : `GraphiQL gets the first ${LONGEST_OPENED.toLocaleString('en')} characters of the text.`;
    if (open)
      open.hash = String(new URLSearchParams({ query: listed.document, variables: JSON.stringify(opened, null, 2) }));
    this.#select();
  }

  #select(): void {
    for (const [name, { tab }] of this.#listed) {
      tab.setAttribute('aria-selected', String(name === this.#shown));
      tab.tabIndex = name === this.#shown ? 0 : -1;
    }
  }

  #onKey(event: KeyboardEvent): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const names = [...this.#listed.keys()];
    const next = step && names.at((names.indexOf(this.#shown ?? '') + step) % names.length);
    if (!next) return;
    event.preventDefault();
    this.#show(next);
    this.#listed.get(next)?.tab.focus();
  }

  async #copy(): Promise<void> {
    const listed = this.#shown === undefined ? undefined : this.#listed.get(this.#shown);
    if (!listed) return;
    const { copy } = this.#options;
    await navigator.clipboard.writeText(listed.document);
    copy.textContent = 'Copied';
    setTimeout(() => {
      copy.textContent = 'Copy';
    }, 1500);
  }
}

/** What an operation is sent with, its texts no longer than that. */
function shortened(variables: Sent['variables'], most: number): Sent['variables'] {
  const cut = (value: unknown): unknown => {
    if (typeof value === 'string') return value.length > most ? `${value.slice(0, most).toWellFormed()}…` : value;
    if (!Array.isArray(value)) return value;
    return most < LONGEST_OPENED && value.length > 3
      ? [...value.slice(0, 3).map(cut), `… ${value.length - 3} more`]
      : value.map(cut);
  };
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, cut(value)]));
}

const GRAPHQL_TOKEN = /(#.*)|("(?:[^"\\]|\\.)*")|(\$\w+)|\b(query|mutation|subscription|on|fragment)\b|\b([A-Z]\w*)\b/g;
const CLASSES = ['comment', 'string', 'variable', 'keyword', 'type'];

/** A GraphQL document in colours. */
function coloured(source: string): readonly Node[] {
  const nodes: Node[] = [];
  let from = 0;
  for (const match of source.matchAll(GRAPHQL_TOKEN)) {
    nodes.push(document.createTextNode(source.slice(from, match.index)));
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    nodes.push(element('span', { class: CLASSES[kind] ?? '' }, match[0]));
    from = match.index + match[0].length;
  }
  return [...nodes, document.createTextNode(source.slice(from))];
}
