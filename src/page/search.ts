import { type BertqlClient, SearchTextDocument } from '../client/index.ts';
import { messageOf } from '../thrown.ts';
import { byId, element } from './dom.ts';
import type { Stretch } from './leaf-view.ts';

/** Characters of a passage in the list. */
const SNIPPET = 140;

export interface SearchOptions {
  /** The current text; `undefined` if there is none. */
  readonly text: () => string | undefined;
  /** Called with the passages to mark; none when the search ends. */
  readonly onFound: (passages: readonly Stretch[]) => void;
  /** Called to show a passage. */
  readonly onGo: (passage: Stretch) => void;
}

/** The search box above the paper: finds passages by meaning, and steps through them. */
export class Search {
  readonly #client: BertqlClient;
  readonly #options: SearchOptions;
  readonly #field = byId('search', HTMLInputElement);
  readonly #found = byId('found', HTMLElement);
  readonly #list = byId('found-list', HTMLOListElement);
  readonly #note = byId('found-note', HTMLElement);
  #asking = new AbortController();
  #passages: readonly Stretch[] = [];

  constructor(client: BertqlClient, options: SearchOptions) {
    this.#client = client;
    this.#options = options;
    byId('search-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#search(this.#field.value.trim());
    });
    // The cross in the field clears it.
    this.#field.addEventListener('input', () => this.#field.value === '' && this.clear());
    byId('found-close', HTMLButtonElement).addEventListener('click', () => {
      this.clear();
      this.#field.focus();
    });
    this.#list.addEventListener('click', ({ target }) => {
      const at = target instanceof Element ? target.closest('button')?.dataset['at'] : undefined;
      if (at !== undefined) this.#go(Number(at));
    });
  }

  /** Ends the search. */
  clear(): void {
    this.#asking.abort();
    this.#field.value = '';
    this.#found.hidden = true;
    this.#passages = [];
    this.#options.onFound([]);
  }

  async #search(query: string): Promise<void> {
    const text = this.#options.text();
    if (query === '' || text === undefined) return;
    this.#asking.abort();
    const { signal } = (this.#asking = new AbortController());
    this.#show([], 'Searching…', text);
    try {
      const { document } = await this.#client.query(SearchTextDocument, { text, query }, signal);
      this.#show(document.search, document.search.length === 0 ? 'Nothing like that in this text.' : '', text);
      if (document.search.length > 0) this.#go(0);
    } catch (error) {
      if (!signal.aborted) this.#show([], messageOf(error), text);
    }
  }

  #show(passages: readonly (Stretch & { readonly score: number })[], note: string, text: string): void {
    this.#passages = passages;
    this.#found.hidden = false;
    this.#note.textContent = note;
    this.#note.hidden = note === '';
    this.#list.replaceChildren(
      ...passages.map(({ start, end, score }, at) =>
        element(
          'li',
          {},
          element(
            'button',
            { type: 'button', 'data-at': at },
            element('span', { class: 'score' }, score.toFixed(2)),
            snippet(text.slice(start, end)),
          ),
        ),
      ),
    );
    this.#options.onFound(passages);
  }

  #go(at: number): void {
    const passage = this.#passages[at];
    if (!passage) return;
    for (const [index, button] of [...this.#list.querySelectorAll('button')].entries())
      button.setAttribute('aria-current', String(index === at));
    this.#options.onGo(passage);
  }
}

function snippet(passage: string): string {
  const words = passage.replace(/\s+/g, ' ').trim();
  return words.length > SNIPPET ? `${words.slice(0, SNIPPET).toWellFormed()}…` : words;
}
