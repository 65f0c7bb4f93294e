import { type EntityGroup, groupEntities } from '../documents/entity-groups.ts';
import { byId, element, throttled } from './dom.ts';
import { byType, nameOf, styleOf } from './entity-types.ts';
import type { Mention } from './leaf-view.ts';

type Group = EntityGroup<Mention>;

export interface GroupsOptions {
  /** Called to show a mention of a name and to highlight its others. */
  readonly onGo: (mention: Mention, group: Group) => void;
  /** Called with the styles of the types to hide. */
  readonly onHide: (styles: ReadonlySet<number>) => void;
}

/** Names that are listed at first, and how many each "Show more" adds. */
const SHOWN = 40;
/** With at least this many names there is a search field. */
const SEARCHED = 8;
/** Milliseconds between updates of the counts while a text is read. */
const COUNT_MS = 250;

/** The list of the names in a text, with their counts and buttons to step through their mentions. */
export class Groups {
  readonly #filters: HTMLElement;
  readonly #list: HTMLElement;
  readonly #more: HTMLButtonElement;
  readonly #options: GroupsOptions;
  readonly #rows = new Map<string, HTMLElement>();
  readonly #hidden = new Set<string>();
  readonly #count: () => void;
  #mentions: readonly Mention[] = [];
  #groups: readonly Group[] = [];
  #shown = SHOWN;
  #least = 0;
  readonly #search = byId('find-name', HTMLInputElement);
  /** The current name, and which of its mentions. */
  #chosen: { readonly key: string; readonly at: number } | undefined;

  constructor(filters: HTMLElement, list: HTMLElement, more: HTMLButtonElement, options: GroupsOptions) {
    this.#filters = filters;
    this.#list = list;
    this.#more = more;
    this.#options = options;
    this.#count = throttled(() => this.#render(), COUNT_MS);
    more.addEventListener('click', () => {
      this.#shown *= 4;
      this.#render();
    });
    list.addEventListener('click', ({ target }) => {
      const button = target instanceof Element ? target.closest('button') : null;
      const key = button?.closest('li')?.dataset['key'];
      if (key !== undefined) this.#step(key, button?.classList.contains('back') ? -1 : 1);
    });
    this.#search.addEventListener('input', () => this.#render());
    filters.addEventListener('click', ({ target }) => {
      const type = target instanceof Element ? target.closest('button')?.dataset['type'] : undefined;
      if (type !== undefined) this.#toggle(type);
    });
  }

  /** Fades names whose mean confidence is lower, 0 to 1. */
  fadeBelow(least: number): void {
    this.#least = least;
    this.#render();
  }

  /** Shows the names of another text. */
  clear(): void {
    this.#search.value = '';
    this.#mentions = [];
    this.#chosen = undefined;
    this.#shown = SHOWN;
    this.#rows.clear();
    this.#list.replaceChildren();
    this.#render();
  }

  /** Updates the mentions. */
  update(mentions: readonly Mention[]): void {
    this.#mentions = mentions;
    this.#count();
  }

  /** Selects the name of a mention, and shows the mention. */
  choose(mention: Mention): void {
    const found = this.#groupOf(mention);
    if (!found) return;
    this.#chosen = { key: keyOf(found), at: found.mentions.indexOf(mention) };
    this.#render();
    this.#options.onGo(mention, found);
  }

  /** Which mention of its name it is, from 1, and how many there are. */
  placeOf(mention: Mention): { readonly at: number; readonly of: number } | undefined {
    const found = this.#groupOf(mention);
    return found && { at: found.mentions.indexOf(mention) + 1, of: found.count };
  }

  #groupOf(mention: Mention): Group | undefined {
    return this.#groups.find(({ type, mentions }) => type === mention.type && mentions.includes(mention));
  }

  #step(key: string, by: number): void {
    const group = this.#groups.find((each) => keyOf(each) === key);
    if (!group) return;
    const from = this.#chosen?.key === key ? this.#chosen.at : by > 0 ? -1 : 0;
    const at = (from + by + group.count) % group.count;
    this.#chosen = { key, at };
    this.#render();
    const mention = group.mentions[at];
    if (mention) this.#options.onGo(mention, group);
  }

  #toggle(type: string): void {
    if (!this.#hidden.delete(type)) this.#hidden.add(type);
    this.#options.onHide(new Set([...this.#hidden].map(styleOf)));
    this.#render();
  }

  #render(): void {
    this.#groups = groupEntities(this.#mentions);
    this.#renderFilters();
    const sought = fold(this.#search.value);
    const visible = this.#groups.filter(({ type, text }) => !this.#hidden.has(type) && fold(text).includes(sought));
    this.#search.hidden = this.#groups.length < SEARCHED && sought === '';
    byId('none-found', HTMLElement).hidden = visible.length > 0 || sought === '';
    const shown = visible.slice(0, this.#shown).map((group) => this.#row(group));
    for (const [at, row] of shown.entries()) {
      const there = this.#list.children[at];
      if (there !== row) this.#list.insertBefore(row, there ?? null);
    }
    while (this.#list.children.length > shown.length) this.#list.lastElementChild?.remove();
    this.#more.hidden = visible.length <= this.#shown;
    this.#more.textContent = `Show more of ${visible.length.toLocaleString('en')}`;
  }

  #row(group: Group): HTMLElement {
    const key = keyOf(group);
    const row = this.#rows.get(key) ?? makeRow(key, group.type);
    this.#rows.set(key, row);
    const chosen = this.#chosen?.key === key ? this.#chosen.at + 1 : undefined;
    const [name, count] = [row.querySelector('.name'), row.querySelector('.count')];
    if (name && name.textContent !== group.text) name.textContent = group.text;
    const total = group.count.toLocaleString('en');
    const counted = chosen === undefined ? total : `${chosen.toLocaleString('en')} of ${total}`;
    if (count && count.textContent !== counted) count.textContent = counted;
    row.classList.toggle('chosen', chosen !== undefined);
    row.classList.toggle('weak', group.confidence < this.#least);
    row
      .querySelector('.go')
      ?.setAttribute('title', `${nameOf(group.type)}, ${percent(group.confidence)} sure on average`);
    row.querySelector('.go')?.setAttribute('aria-current', String(chosen !== undefined));
    const back = row.querySelector<HTMLElement>('.back');
    if (back) back.hidden = chosen === undefined || group.count < 2;
    return row;
  }

  #renderFilters(): void {
    const counts = new Map<string, number>();
    for (const { type } of this.#mentions) counts.set(type, (counts.get(type) ?? 0) + 1);
    const types = [...counts.keys()].sort(byType);
    const known = new Map(
      [...this.#filters.querySelectorAll('button')].map((button) => [button.dataset['type'], button]),
    );
    for (const [type, button] of known) if (type !== undefined && !counts.has(type)) button.remove();
    for (const [at, type] of types.entries()) {
      const button =
        known.get(type) ?? element('button', { type: 'button', class: `filter t${styleOf(type)}`, 'data-type': type });
      const label = `${nameOf(type)} ${(counts.get(type) ?? 0).toLocaleString('en')}`;
      if (button.textContent !== label) {
        button.replaceChildren(
          element('span', { class: 'swatch', 'aria-hidden': 'true' }),
          `${nameOf(type)} `,
          element('span', { class: 'count' }, (counts.get(type) ?? 0).toLocaleString('en')),
        );
      }
      button.setAttribute('aria-pressed', String(!this.#hidden.has(type)));
      if (this.#filters.children[at] !== button) this.#filters.insertBefore(button, this.#filters.children[at] ?? null);
    }
  }
}

/** A name as the search compares it: without case and accents. */
function fold(name: string): string {
  return name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.9995 ? 0 : 1)} %`;
}

function keyOf({ type, mentions }: Group): string {
  return `${type} ${mentions[0]?.n}`;
}

function makeRow(key: string, type: string): HTMLElement {
  return element(
    'li',
    { class: `group t${styleOf(type)}`, 'data-key': key },
    element(
      'button',
      { type: 'button', class: 'go' },
      element('span', { class: 'swatch', 'aria-hidden': 'true' }),
      element('span', { class: 'name' }),
      element('span', { class: 'visually-hidden' }, `, ${nameOf(type)}, mentions: `),
      element('span', { class: 'count' }),
    ),
    element('button', { type: 'button', class: 'back', 'aria-label': 'Previous mention', hidden: true }, '↑'),
  );
}
