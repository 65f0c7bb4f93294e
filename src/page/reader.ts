import { LeafView, type MarkLook, type Mention, type Stretch } from './leaf-view.ts';
import { bindLeaves, indexAt, type Leaf, splitPassages } from './passages.ts';

export interface ReaderOptions {
  /** Called with the mention under the pointer or with the focus; `undefined` if there is none. */
  readonly onPoint: (mention: Mention | undefined, mark: HTMLElement | undefined) => void;
  /** Called when a mention is clicked, or chosen with Enter. */
  readonly onChoose: (mention: Mention) => void;
  /** Called when other parts of the text may be in view. */
  readonly onView: () => void;
}

/**
 * Shows a text of any length with its entities. All of the text is in the document, so that it can be searched and
 * read aloud; but browsers lay out only the leaves that can be seen, and only those get marks.
 */
export class Reader {
  readonly #host: HTMLElement;
  readonly #options: ReaderOptions;
  readonly #nearness: IntersectionObserver;
  #mentions: Mention[] = [];
  #leaves: readonly LeafView[] = [];
  #active: ReadonlySet<number> = new Set();
  #current = 0;
  /** Names with a lower confidence are faded. */
  #least = 0;

  constructor(host: HTMLElement, options: ReaderOptions) {
    this.#host = host;
    this.#options = options;
    this.#nearness = new IntersectionObserver((entries) => this.#noteNearness(entries), { rootMargin: '800px 0px' });
    host.addEventListener('pointerover', ({ target }) => this.#point(target));
    host.addEventListener('pointerleave', () => this.#point(undefined));
    host.addEventListener('focusin', ({ target }) => this.#point(target));
    host.addEventListener('focusout', () => options.onPoint(undefined, undefined));
    host.addEventListener('click', ({ target }) => this.#choose(target));
    host.addEventListener('keydown', (event) => this.#onKey(event));
  }

  get mentions(): readonly Mention[] {
    return this.#mentions;
  }

  get leaves(): readonly Leaf[] {
    return this.#leaves.map(({ leaf }) => leaf);
  }

  /** Shows another text, without marks. */
  show(text: string): void {
    this.#nearness.disconnect();
    this.#mentions = [];
    this.#active = new Set();
    this.#current = 0;
    this.#leaves = bindLeaves(splitPassages(text)).map((leaf) => new LeafView(leaf, text));
    this.#host.replaceChildren(...this.#leaves.map((leaf) => leaf.element));
    for (const leaf of this.#leaves) this.#nearness.observe(leaf.element);
  }

  /** Adds entities, which lie after all earlier ones. */
  add(entities: readonly Omit<Mention, 'n'>[]): void {
    for (const entity of entities) {
      const mention = { ...entity, n: this.#mentions.length };
      this.#mentions.push(mention);
      for (let at = indexAt(this.#leaves, mention.start); ; at++) {
        const leaf = this.#leaves[at];
        if (!leaf || leaf.start >= mention.end) break;
        leaf.add(mention);
        if (leaf.isNear) leaf.mark((each) => this.#lookOf(each, true));
      }
    }
  }

  /** Highlights the mentions of one name. */
  activate(mentions: Iterable<number>): void {
    this.#active = new Set(mentions);
    for (const mark of this.#host.querySelectorAll('mark'))
      mark.classList.toggle('active', this.#active.has(numberOf(mark)));
  }

  /** Fades mentions with a lower confidence, 0 to 1. */
  fadeBelow(least: number): void {
    this.#least = least;
    for (const mark of this.#host.querySelectorAll('mark'))
      mark.classList.toggle('weak', (this.#mentions[numberOf(mark)]?.confidence ?? 1) < least);
  }

  /** Scrolls to a mention and focuses it. */
  goTo(n: number): void {
    const mention = this.#mentions[n];
    const mark = mention && this.#markOf(mention);
    if (!mention || !mark) return;
    this.#makeCurrent(n);
    bringIntoView(mark);
    mark.focus({ preventScroll: true });
    mark.classList.remove('landed');
    void mark.offsetWidth;
    mark.classList.add('landed');
  }

  /** Scrolls to a part of the text. */
  scrollTo(stretch: Stretch): void {
    const { passage, element: block } = this.#passageAt(stretch.start) ?? {};
    if (!passage || !block) return;
    const range = this.rangeOf(stretch);
    bringIntoView(range && range.getClientRects().length > 0 ? range : block);
  }

  /** The DOM range of a part of the text; `undefined` if there is none. */
  rangeOf({ start, end }: Stretch): Range | undefined {
    const first = this.#passageAt(start);
    const last = this.#passageAt(end - 1);
    if (!first || !last) return undefined;
    const range = document.createRange();
    range.setStart(...first.pointAt(start));
    range.setEnd(...last.pointAt(Math.min(end, last.passage.end)));
    return range;
  }

  /** The position in the text of a point in the document; `undefined` if it is outside of the text. */
  positionOf(node: Node, offset: number): number | undefined {
    const block = (node instanceof Element ? node : node.parentElement)?.closest('p');
    const view = this.#leaves.flatMap(({ blocks }) => blocks).find((each) => each.element === block);
    if (!block || !view) return undefined;
    const before = document.createRange();
    before.setStart(block, 0);
    before.setEnd(node, offset);
    return view.passage.start + before.toString().length;
  }

  /** The part of the text between two heights of the window; `undefined` if none of it is in view. */
  between(top: number, bottom: number): Stretch | undefined {
    let start: number | undefined;
    let end: number | undefined;
    for (const leaf of this.#leaves) {
      if (!leaf.isNear) continue;
      for (const { element: block, passage } of leaf.blocks) {
        const box = block.getBoundingClientRect();
        if (box.height === 0 || box.bottom < top || box.top > bottom) continue;
        const positionAt = (y: number) =>
          passage.start + (passage.end - passage.start) * Math.min(1, Math.max(0, (y - box.top) / box.height));
        start ??= positionAt(top);
        end = positionAt(bottom);
      }
    }
    return start === undefined || end === undefined ? undefined : { start, end };
  }

  #passageAt(position: number) {
    return this.#leaves[indexAt(this.#leaves, position)]?.passageAt(position);
  }

  #noteNearness(entries: readonly IntersectionObserverEntry[]): void {
    const near = new Map(entries.map(({ target, isIntersecting }) => [target, isIntersecting]));
    for (const leaf of this.#leaves) {
      leaf.isNear = near.get(leaf.element) ?? leaf.isNear;
      if (leaf.isNear) leaf.mark((mention) => this.#lookOf(mention, false));
    }
    this.#options.onView();
  }

  #lookOf({ n, confidence }: Mention, isFresh: boolean): MarkLook {
    return { isFresh, isWeak: confidence < this.#least, isActive: this.#active.has(n), isCurrent: n === this.#current };
  }

  #markOf({ n, start }: Mention): HTMLElement | undefined {
    const leaf = this.#leaves[indexAt(this.#leaves, start)];
    if (!leaf) return undefined;
    leaf.mark((mention) => this.#lookOf(mention, false));
    return leaf.element.querySelector<HTMLElement>(`mark[data-n="${n}"]`) ?? undefined;
  }

  #makeCurrent(n: number): void {
    for (const mark of this.#host.querySelectorAll('mark[tabindex="0"]')) mark.setAttribute('tabindex', '-1');
    this.#current = n;
    const mention = this.#mentions[n];
    if (mention) this.#markOf(mention)?.setAttribute('tabindex', '0');
  }

  /** The mention under the pointer, otherwise the one with the focus. */
  #point(target: unknown): void {
    const mark = markAt(target) ?? markAt(document.activeElement);
    this.#options.onPoint(mark && this.#mentions[numberOf(mark)], mark);
  }

  #choose(target: unknown): void {
    const mark = markAt(target);
    const mention = mark && this.#mentions[numberOf(mark)];
    if (!mention) return;
    this.#makeCurrent(mention.n);
    this.#options.onChoose(mention);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const mark = markAt(event.target);
    if (!mark && event.target !== this.#host) return;
    // From the text itself, where the skip link leads, the first key goes to the current name.
    const at = mark ? numberOf(mark) : this.#current - (event.key === 'ArrowRight' ? 1 : 0);
    const last = this.#mentions.length - 1;
    const to: Readonly<Record<string, number>> = {
      ArrowRight: Math.min(at + 1, last),
      ArrowLeft: Math.max(at - 1, 0),
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    if (next !== undefined) this.goTo(next);
    else if (!mark) return;
    else if (event.key === 'Enter' || event.key === ' ') this.#choose(mark);
    else if (event.key === 'Escape') this.#options.onPoint(undefined, undefined);
    else return;
    event.preventDefault();
  }
}

function markAt(target: unknown): HTMLElement | undefined {
  return (target instanceof Element && target.closest<HTMLElement>('mark')) || undefined;
}

function numberOf(mark: Element): number {
  return Number(mark.getAttribute('data-n'));
}

/** Scrolls an element to the middle of the window: smoothly if it is near, and not at all if it is well in view. */
function bringIntoView(target: Element | Range): void {
  const { top, height } = target.getBoundingClientRect();
  const room = window.innerHeight;
  if (top > 0.25 * room && top + height < 0.85 * room) return;
  const distance = top + height / 2 - room / 2;
  const isSoft = Math.abs(distance) <= 2 * room && !matchMedia('(prefers-reduced-motion: reduce)').matches;
  const behavior = isSoft ? 'smooth' : 'instant';
  if (target instanceof Element) target.scrollIntoView({ block: 'center', behavior });
  else window.scrollBy({ top: distance, behavior });
}
