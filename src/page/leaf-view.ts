import { element } from './dom.ts';
import { styleOf } from './entity-types.ts';
import { indexAt, type Leaf, type Passage } from './passages.ts';

/** A half-open range of the text, in UTF-16 code units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** An entity of the text. */
export interface Mention extends Stretch {
  /** Its index in the text. */
  readonly n: number;
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
  readonly chunkIndex: number;
}

/** How a new mark looks, besides its type. */
export interface MarkLook {
  /** It was just found. */
  readonly isFresh: boolean;
  /** The model is not sure enough of it. */
  readonly isWeak: boolean;
  /** It is a mention of the highlighted name. */
  readonly isActive: boolean;
  /** It is the one at which the Tab key stops. */
  readonly isCurrent: boolean;
}

/** Characters per line and height of a line in pixels, to estimate the height of a leaf before its layout. */
const LINE_CHARACTERS = 72;
const LINE_PIXELS = 30;

/** A passage in the document. Its text nodes always add up to the passage, whatever is marked. */
class PassageView {
  readonly passage: Passage;
  readonly element: HTMLElement;
  readonly #mentions: Mention[] = [];
  /** The text node that is not marked yet, and where in the text it starts. */
  #tail: Text;
  #tailStart: number;
  /** Number of mentions that are marked. */
  #marked = 0;

  constructor(passage: Passage, text: string) {
    this.passage = passage;
    this.#tail = document.createTextNode(text.slice(passage.start, passage.end));
    this.#tailStart = passage.start;
    this.element = element('p', { class: passage.hardWrapped ? 'flowing' : undefined }, this.#tail);
  }

  /** Adds a mention, which lies after all earlier ones. */
  add(mention: Mention): void {
    this.#mentions.push(mention);
  }

  /** Marks the mentions that are not marked yet. */
  mark(look: (mention: Mention) => MarkLook): void {
    for (; this.#marked < this.#mentions.length; this.#marked++) {
      const mention = this.#mentions[this.#marked];
      if (mention) this.#wrap(mention, look(mention));
    }
  }

  /** Finds the node and offset of a position in the text. */
  pointAt(position: number): [Node, number] {
    const walker = document.createTreeWalker(this.element, NodeFilter.SHOW_TEXT);
    let left = Math.max(0, position - this.passage.start);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { length } = node as Text;
      if (left <= length) return [node, left];
      left -= length;
    }
    return [this.element, this.element.childNodes.length];
  }

  /** Moves the part of the tail that is a mention into a mark. */
  #wrap(mention: Mention, { isFresh, isWeak, isActive, isCurrent }: MarkLook): void {
    const start = Math.max(mention.start, this.#tailStart);
    const end = Math.min(mention.end, this.passage.end);
    if (end <= start) return;
    const inside = this.#tail.splitText(start - this.#tailStart);
    this.#tail = inside.splitText(end - start);
    this.#tailStart = end;
    const mark = element('mark', {
      class: `t${styleOf(mention.type)}${isFresh ? ' fresh' : ''}${isWeak ? ' weak' : ''}${isActive ? ' active' : ''}`,
      'data-n': mention.n,
      'data-type': end === mention.end ? mention.type : undefined,
      tabindex: isCurrent ? 0 : -1,
    });
    inside.replaceWith(mark);
    mark.append(inside);
  }
}

/** A leaf in the document. It is laid out and marked only when it is visible. */
export class LeafView implements Stretch {
  readonly leaf: Leaf;
  readonly element: HTMLElement;
  /** Whether it is in view, or nearly. */
  isNear = false;
  readonly #passages: readonly PassageView[];

  constructor(leaf: Leaf, text: string) {
    this.leaf = leaf;
    this.#passages = leaf.passages.map((passage) => new PassageView(passage, text));
    this.element = element('div', { class: 'leaf' }, ...this.#passages.map((passage) => passage.element));
    const lines = leaf.passages.map(({ start, end }) => Math.ceil((end - start) / LINE_CHARACTERS) + 0.6);
    const height = lines.reduce((sum, each) => sum + each, 0) * LINE_PIXELS;
    this.element.style.containIntrinsicBlockSize = `auto ${Math.round(height)}px`;
  }

  get start(): number {
    return this.leaf.start;
  }

  get end(): number {
    return this.leaf.end;
  }

  /** The passages with their places in the document. */
  get blocks(): readonly { readonly passage: Passage; readonly element: HTMLElement }[] {
    return this.#passages;
  }

  add(mention: Mention): void {
    for (let at = indexAt(this.leaf.passages, mention.start); at < this.#passages.length; at++) {
      const view = this.#passages[at];
      if (!view || view.passage.start >= mention.end) break;
      if (view.passage.end > mention.start) view.add(mention);
    }
  }

  mark(look: (mention: Mention) => MarkLook): void {
    for (const passage of this.#passages) passage.mark(look);
  }

  passageAt(position: number): PassageView | undefined {
    return this.#passages[indexAt(this.leaf.passages, position)];
  }
}
