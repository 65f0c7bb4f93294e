import { type BertqlClient, TokensDocument, type TokensQuery } from '../client/index.ts';
import { messageOf } from '../thrown.ts';
import { element } from './dom.ts';
import type { Stretch } from './leaf-view.ts';
import type { Leaf } from './passages.ts';

type Token = NonNullable<TokensQuery['tokenize']>['tokens'][number];

/** Mean area of a character's tokens in square pixels, to estimate the height of a leaf. */
const AREA_OF_CHARACTER = 690;

/**
 * The text as a model reads it: its tokens with their ids, those of one word together, and the special tokens.
 * A long text is split into leaves; each is tokenized when it comes near the window, and emptied when it is far.
 */
export class TokenView {
  readonly #host: HTMLElement;
  readonly #client: BertqlClient;
  #nearness: IntersectionObserver | undefined;
  #ended = new AbortController();
  /** The position to scroll to once its tokens are loaded. */
  #goal: { readonly block: Element; readonly position: number } | undefined;
  #blocks: ReadonlyMap<HTMLElement, Leaf> = new Map();

  constructor(host: HTMLElement, client: BertqlClient) {
    this.#host = host;
    this.#client = client;
  }

  /** @param model the model whose tokenizer is used */
  show(text: string, leaves: readonly Leaf[], model: string | undefined): void {
    this.hide();
    const { signal } = this.#ended;
    const byElement = new Map<HTMLElement, Leaf>();
    for (const leaf of leaves) {
      const block = element('div', { class: 'leaf tokens' });
      block.style.minHeight = `${Math.round(((leaf.end - leaf.start) * AREA_OF_CHARACTER) / this.#host.clientWidth)}px`;
      byElement.set(block, leaf);
    }
    this.#blocks = byElement;
    this.#host.replaceChildren(...byElement.keys());
    const nearness = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const leaf = target instanceof HTMLElement && byElement.get(target);
          if (leaf && isIntersecting)
            void this.#fill(target, text.slice(leaf.start, leaf.end), leaf.start, model, signal);
          else if (target.firstChild) forget(target);
        }
      },
      { rootMargin: '600px 0px' },
    );
    for (const block of byElement.keys()) nearness.observe(block);
    this.#nearness = nearness;
  }

  /** Scrolls to the tokens of a position in the text. */
  goTo(position: number): void {
    const [block] = [...this.#blocks].find(([, leaf]) => leaf.end > position) ?? [];
    if (!block) return;
    this.#goal = block.firstChild ? undefined : { block, position };
    bringIntoView(block, position);
  }

  /** The part of the text whose tokens are between two heights of the window. */
  between(top: number, bottom: number): Stretch | undefined {
    const boxes = [...this.#blocks].map(([block, leaf]) => ({ box: block.getBoundingClientRect(), ...leaf }));
    const seen = boxes.filter(({ box }) => box.bottom > top && box.top < bottom);
    const [first, last] = [seen.at(0), seen.at(-1)];
    if (!first || !last) return undefined;
    const positionAt = ({ box, start, end }: typeof first, y: number) =>
      start + (end - start) * Math.min(1, Math.max(0, (y - box.top) / box.height));
    return { start: positionAt(first, top), end: positionAt(last, bottom) };
  }

  hide(): void {
    this.#blocks = new Map();
    this.#nearness?.disconnect();
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#host.replaceChildren();
  }

  async #fill(
    block: Element,
    text: string,
    offset: number,
    model: string | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    try {
      const { tokenize } = await this.#client.query(TokensDocument, { text, ...(model ? { model } : {}) }, signal);
      if (block instanceof HTMLElement) block.style.minHeight = '';
      block.replaceChildren(...wordsOf(tokenize?.tokens ?? []).map((word) => wordElement(word, offset)));
      if (this.#goal?.block !== block) return;
      bringIntoView(block, this.#goal.position);
      this.#goal = undefined;
    } catch (error) {
      const why = messageOf(error);
      if (!signal.aborted) block.replaceChildren(element('p', { class: 'problem' }, why));
    }
  }
}

/** Scrolls to the token at a position in the text, or to its leaf if it is not loaded yet. */
function bringIntoView(block: Element, position: number): void {
  const tokens = [...block.querySelectorAll<HTMLElement>('.token[data-end]')];
  const token = tokens.find(({ dataset }) => Number(dataset['end']) > position);
  (token ?? block).scrollIntoView({ block: token ? 'center' : 'start', behavior: 'instant' });
}

/** Empties a leaf, which keeps its height. */
function forget(block: Element): void {
  if (block instanceof HTMLElement) block.style.minHeight = `${block.offsetHeight}px`;
  block.replaceChildren();
}

/** Groups the tokens of each word; a special token is a group of its own. */
function wordsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const words: Token[][] = [];
  for (const token of tokens) {
    const last = words.at(-1);
    if (last && token.wordIndex !== null && last[0]?.wordIndex === token.wordIndex) last.push(token);
    else words.push([token]);
  }
  return words;
}

function wordElement(word: readonly Token[], offset: number): HTMLElement {
  const split = word.length > 1;
  return element(
    'span',
    { class: split ? 'word split' : 'word' },
    ...word.map(({ text, id, special, start, end }) => {
      const title = special
        ? `${text}: special token ${id}`
        : `${text}: id ${id}, characters ${offset + (start ?? 0)} to ${offset + (end ?? 0)}`;
      return element(
        'span',
        { class: special ? 'token special' : 'token', title, 'data-end': end == null ? undefined : offset + end },
        element('span', { class: 'token-text' }, text),
        element('span', { class: 'id' }, String(id)),
      );
    }),
  );
}
