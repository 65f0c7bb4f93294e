import type { Sent } from './connection.ts';
import { element, throttled } from './dom.ts';

/** Operations are listed once, by their name. */
const NAME = /^\s*(query|mutation|subscription)\s+(\w+)/;

/** How values are shortened: characters of a text, and items of a list. */
interface Extent {
  readonly characters: number;
  readonly items: number;
}

const SHOWN: Extent = { characters: 160, items: 3 };
/** Values for GraphiQL, whose editor is not made for books. */
const OPENED: Extent = { characters: 20_000, items: 1000 };
/** Milliseconds between redraws of the last answer. */
const ANSWER_MS = 200;

interface Listed extends Sent {
  readonly kind: string;
  readonly tab: HTMLButtonElement;
  readonly times: number;
  answer?: unknown;
}

export interface OperationsOptions {
  readonly tabs: HTMLElement;
  readonly panel: HTMLElement;
  readonly document: HTMLElement;
  readonly variables: HTMLElement;
  readonly answer: HTMLElement;
  readonly note: HTMLElement;
  readonly copy: HTMLButtonElement;
  /** Link to GraphiQL; `undefined` if there is none. */
  readonly open: HTMLAnchorElement | undefined;
}

/** Shows the GraphQL operations of the page with their variables, ready to open in GraphiQL. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #listed = new Map<string, Listed>();
  readonly #showAnswer: () => void;
  #shown: string | undefined;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#showAnswer = throttled(() => this.#renderAnswer(), ANSWER_MS);
    options.tabs.addEventListener('click', ({ target }) => {
      const name = target instanceof Element ? target.closest('button')?.dataset['name'] : undefined;
      if (name !== undefined) this.#show(name);
    });
    options.tabs.addEventListener('keydown', (event) => this.#onKey(event));
    options.copy.addEventListener('click', () => void this.#copy());
  }

  /** Records an operation that was sent. */
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

  /** Records an answer; only the last one of each operation is kept. */
  answered(document: string, data: unknown): void {
    const name = NAME.exec(document)?.[2] ?? '';
    const listed = this.#listed.get(name);
    if (!listed) return;
    listed.answer = data;
    if (name === this.#shown) this.#showAnswer();
  }

  /** Forgets the operations for another text. */
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
    variables.textContent = JSON.stringify(shortened(listed.variables, SHOWN), null, 2);
    panel.setAttribute('aria-labelledby', listed.tab.id);
    const opened = shortened(listed.variables, OPENED);
    const isWhole = JSON.stringify(opened) === JSON.stringify(listed.variables);
    const characters = OPENED.characters.toLocaleString('en');
    note.textContent = isWhole || !open ? '' : `with the first ${characters} characters of the text`;
    if (open)
      open.hash = String(new URLSearchParams({ query: listed.document, variables: JSON.stringify(opened, null, 2) }));
    this.#renderAnswer();
    this.#select();
  }

  #renderAnswer(): void {
    const { answer } = (this.#shown !== undefined && this.#listed.get(this.#shown)) || {};
    this.#options.answer.textContent = answer === undefined ? '…' : JSON.stringify(shortened(answer, SHOWN), null, 2);
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
      copy.textContent = 'Copy the operation';
    }, 1500);
  }
}

/** A value with its texts and lists shortened. */
function shortened(value: unknown, extent: Extent): unknown {
  const { characters, items } = extent;
  if (typeof value === 'string') {
    return value.length > characters ? `${value.slice(0, characters).toWellFormed()}…` : value;
  }
  if (Array.isArray(value)) {
    const first = value.slice(0, items).map((item: unknown) => shortened(item, extent));
    return value.length > items ? [...first, `… ${value.length - items} more`] : first;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shortened(each, extent)]));
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
