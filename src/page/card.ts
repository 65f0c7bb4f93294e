import { element } from './dom.ts';

/** A line of a card: a name and its value. */
export type Fact = readonly [name: string, value: string];

const MARGIN = 8;

/** What a card describes. */
export interface CardContent {
  /** Class of its colour. */
  readonly style: string;
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** A small card next to the element under the pointer, which it describes to screen readers while it is visible. */
export class Card {
  readonly #host: HTMLElement;
  #anchor: (() => readonly DOMRect[]) | undefined;
  #described: Element | undefined;
  #owner: Element | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /**
   * Shows facts next to an anchor.
   *
   * @param anchor where its lines are in the window
   * @param described the element that it describes to screen readers
   * @param owner the element with which it stays while that has the focus
   */
  show(
    anchor: () => readonly DOMRect[],
    { style, title, facts }: CardContent,
    described?: Element,
    owner: Element | undefined = described,
  ): void {
    this.hide();
    this.#anchor = anchor;
    this.#owner = owner;
    this.#described = described;
    described?.setAttribute('aria-describedby', this.#host.id);
    this.#host.className = `card ${style}`;
    this.#host.replaceChildren(
      element('strong', {}, title),
      element(
        'dl',
        {},
        ...facts.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
      ),
    );
    this.#host.hidden = false;
    this.#place();
  }

  hide(): void {
    this.#host.hidden = true;
    this.#described?.removeAttribute('aria-describedby');
    this.#anchor = undefined;
    this.#described = undefined;
    this.#owner = undefined;
  }

  /** The page has moved: the card follows an element with the focus, and hides for one under the pointer. */
  follow(): void {
    if (this.#owner && this.#owner === document.activeElement) this.#place();
    else this.hide();
  }

  /** Above the first line of the anchor, or below the last one if there is no room. */
  #place(): void {
    const lines = this.#anchor?.() ?? [];
    const [first, last] = [lines.at(0), lines.at(-1)];
    if (!first || !last) return;
    const { width, height } = this.#host.getBoundingClientRect();
    const above = first.top - height - MARGIN;
    const line = above >= MARGIN ? first : last;
    const middle = line.left + line.width / 2 - width / 2;
    this.#host.style.left = `${Math.min(Math.max(MARGIN, middle), window.innerWidth - width - MARGIN)}px`;
    this.#host.style.top = `${above >= MARGIN ? above : last.bottom + MARGIN}px`;
  }
}
