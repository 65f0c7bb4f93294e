import type { BertqlClient } from '../client/index.ts';
import { byId, element } from './dom.ts';
import { styleOf } from './entity-types.ts';
import { type LiveName, LiveNames } from './live-names.ts';

/** Longest text that can be written in the paper, in characters; a longer one is read. */
export const LONGEST_WRITTEN = 20_000;

export interface WritingOptions {
  /** The selected NER model, unless it is the default one of the server. */
  readonly model: () => string | undefined;
  /** Called with the names of the current text. */
  readonly onNames: (names: readonly LiveName[]) => void;
  /** Called when the text has changed. */
  readonly onText: (text: string) => void;
  /** Called with the name under the pointer; `undefined` if there is none. */
  readonly onPoint: (name: LiveName | undefined, mark: HTMLElement | undefined) => void;
  /** Called when writing is finished, or the text is too long for it. */
  readonly onDone: (text: string) => void;
}

/**
 * The paper while a text is written: a text field whose names light up in a mirror underneath, letter by letter. The
 * field stays a plain one, with all that browsers and assistive technology do for it.
 */
export class Writing {
  readonly #client: BertqlClient;
  readonly #options: WritingOptions;
  readonly #host = byId('writing', HTMLElement);
  readonly #field = byId('draft', HTMLTextAreaElement);
  readonly #mirror = byId('mirror', HTMLElement);
  #live: LiveNames | undefined;
  #names: readonly LiveName[] = [];
  /** The text in which the names are. */
  #text = '';

  constructor(client: BertqlClient, options: WritingOptions) {
    this.#client = client;
    this.#options = options;
    this.#field.addEventListener('input', () => this.#take(this.#field.value));
    this.#field.addEventListener('keydown', (event) => {
      // While an input method composes, Escape and Ctrl+Enter belong to it.
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
   * @param names the names that are known already
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

  /** Finishes writing: the text is read. */
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

  /** Selects a part of the text. */
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
    // A line end at the end of the text opens a line only if something follows it.
    this.#mirror.replaceChildren(...nodes, `${this.#text.slice(from)}\u200b`);
  }

  #point(x: number, y: number): void {
    const mark = document.elementsFromPoint(x, y).find((each) => each.classList.contains('live'));
    const name = mark instanceof HTMLElement ? this.#names[Number(mark.dataset['n'])] : undefined;
    this.#options.onPoint(name, mark instanceof HTMLElement ? mark : undefined);
  }
}

/** The names of a text after a change: shifted if they are after it, and dropped if it touches them. */
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
