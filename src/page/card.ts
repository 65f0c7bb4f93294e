import { element } from './dom.ts';

/** A line of a card: a name and its value. */
export type Fact = readonly [name: string, value: string];

const MARGIN = 8;

/** What a card is shown for. */
export interface CardContent {
  /** Class of its colour. */
  readonly style: string;
  readonly title: string;
  readonly facts: readonly Fact[];
}

/** A small card next to what is pointed at. It describes that element to screen readers while it is shown. */
export class Card {
  readonly #host: HTMLElement;
  #anchor: (() => readonly DOMRect[]) | undefined;
  #described: Element | undefined;
  #owner: Element | undefined;

  constructor(host: HTMLElement) {
    this.#host = host;
  }

  /**
   * Shows what is known of something that is at an anchor.
   *
   * @param anchor the lines of it in the window
   * @param described what screen readers read it with
   * @param owner what it stays with while that has the focus
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

  /** What it is shown for has moved. It goes along with what has the focus; of what was under the pointer it lets go. */
  follow(): void {
    if (this.#owner && this.#owner === document.activeElement) this.#place();
    else this.hide();
  }

  /** Above the first line of what it is shown for, or below the last one if there is no room. */
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
