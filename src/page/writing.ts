import type { BertqlClient } from '../client/index.ts';
import { byId, element } from './dom.ts';
import { styleOf } from './entity-types.ts';
import { type LiveName, LiveNames } from './live-names.ts';

/** Characters up to which a text is written in the paper; what is longer is read. */
export const LONGEST_WRITTEN = 20_000;

export interface WritingOptions {
  /** The NER model that was picked, unless it is the default one of the server. */
  readonly model: () => string | undefined;
  /** The names that there are now, for the text that is written now. */
  readonly onNames: (names: readonly LiveName[]) => void;
  /** The text is another one. */
  readonly onText: (text: string) => void;
  /** A name is under the pointer; `undefined` once none is. */
  readonly onPoint: (name: LiveName | undefined, mark: HTMLElement | undefined) => void;
  /** The text grew too long to be written, or the writing is done. */
  readonly onDone: (text: string) => void;
}

/**
 * The paper while one writes in it: a text field, whose names light up in a mirror that lies under it, letter on letter.
 * The field stays a plain one, with all that browsers and assistive technology know of it.
 */
export class Writing {
  readonly #client: BertqlClient;
  readonly #options: WritingOptions;
  readonly #host = byId('writing', HTMLElement);
  readonly #field = byId('draft', HTMLTextAreaElement);
  readonly #mirror = byId('mirror', HTMLElement);
  #live: LiveNames | undefined;
  #names: readonly LiveName[] = [];
  /** The text that the names lie in. */
  #text = '';

  constructor(client: BertqlClient, options: WritingOptions) {
    this.#client = client;
    this.#options = options;
    this.#field.addEventListener('input', () => this.#take(this.#field.value));
    this.#field.addEventListener('keydown', (event) => {
      // Escape, and Enter with Ctrl, belong to an input method while it composes.
      if (event.isComposing) return;
      if (event.key === 'Escape' || (event.key === 'Enter' && (event.ctrlKey || event.metaKey))) {
        event.preventDefault();
        this.done();
      }
    });
    this.#field.addEventListener('pointermove', ({ clientX, clientY }) => this.#point(clientX, clientY));
    this.#field.addEventListener('pointerleave', () => options.onPoint(undefined, undefined));
  }

  get isOpen(): boolean {
    return this.#live !== undefined;
  }

  get text(): string {
    return this.#text;
  }

  /**
   * Opens the paper for writing.
   *
   * @param names what is known of the text already
   * @param caret the position of the caret
   */
  open(text: string, names: readonly LiveName[], caret = text.length): void {
    this.#live?.close();
    this.#live = new LiveNames(this.#client, this.#options.model(), (found, of) =>
      this.#show(carried(found, of, this.#text)),
    );
    this.#names = names;
    this.#text = text;
    this.#field.value = text;
    this.#host.hidden = false;
    this.#paint();
    this.#field.focus({ preventScroll: true });
    this.#field.setSelectionRange(caret, caret);
    this.#options.onNames(names);
    this.#live.update(text);
  }

  /** Writing is done: the text is to be read. */
  done(): void {
    if (!this.isOpen) return;
    this.#options.onDone(this.#text);
  }

  close(): void {
    this.#live?.close();
    this.#live = undefined;
    this.#host.hidden = true;
    this.#options.onPoint(undefined, undefined);
  }

  /** Selects a stretch of the text. */
  select(start: number, end: number): void {
    this.#field.focus();
    this.#field.setSelectionRange(start, end);
  }

  #take(text: string): void {
    if (text.length > LONGEST_WRITTEN) {
      this.#options.onDone(text);
      return;
    }
    const names = carried(this.#names, this.#text, text);
    this.#text = text;
    this.#show(names);
    this.#options.onText(text);
    this.#live?.update(text);
  }

  #show(names: readonly LiveName[]): void {
    this.#names = names;
    this.#paint();
    this.#options.onNames(names);
  }

  #paint(): void {
    const nodes: (Node | string)[] = [];
    let from = 0;
    for (const [n, { start, end, type, isSettled }] of this.#names.entries()) {
      nodes.push(
        this.#text.slice(from, start),
        element(
          'span',
          { class: `live t${styleOf(type)}${isSettled ? '' : ' tail'}`, 'data-n': n },
          this.#text.slice(start, end),
        ),
      );
      from = end;
    }
    // The last line end opens a line only if something follows it.
    this.#mirror.replaceChildren(...nodes, `${this.#text.slice(from)}\u200b`);
  }

  #point(x: number, y: number): void {
    const mark = document.elementsFromPoint(x, y).find((each) => each.classList.contains('live'));
    const name = mark instanceof HTMLElement ? this.#names[Number(mark.dataset['n'])] : undefined;
    this.#options.onPoint(name, mark instanceof HTMLElement ? mark : undefined);
  }
}

/** The names of a text in what the text became: moved along after a change, and gone if the change touches them. */
function carried(names: readonly LiveName[], from: string, to: string): readonly LiveName[] {
  if (from === to) return names;
  const most = Math.min(from.length, to.length);
  let before = 0;
  while (before < most && from[before] === to[before]) before++;
  let after = 0;
  while (after < most - before && from[from.length - 1 - after] === to[to.length - 1 - after]) after++;
  const changedEnd = from.length - after;
  const shift = to.length - from.length;
  return names.flatMap((name) => {
    if (name.end <= before) return [name];
    if (name.start >= changedEnd) return [{ ...name, start: name.start + shift, end: name.end + shift }];
    return [];
  });
}
