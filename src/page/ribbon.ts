import { throttled } from './dom.ts';
import type { Stretch } from './leaf-view.ts';
import { leaningOf } from './leaning.ts';
import { indexAt } from './passages.ts';
import type { ScoredSentence } from './sentences.ts';

/** The sentiment of a chunk, which is coarser than a sentence. */
export interface ScoredStretch extends Stretch {
  readonly positive: number;
}

export interface RibbonOptions {
  /** Called when a place in the text is chosen. */
  readonly onGo: (sentence: ScoredSentence) => void;
  /** Called with the sentence under the pointer; `undefined` if there is none. */
  readonly onPoint: (sentence: ScoredSentence | undefined, x: number) => void;
}

const BASE_ALPHA = 0.28;

/**
 * The sentiment of a text from its start to its end: up is positive, down is negative. Where sentences are not scored
 * yet, it shows the chunks, fainter. It is a slider whose steps are sentences.
 */
export class Ribbon {
  readonly #canvas: HTMLCanvasElement;
  readonly #host: HTMLElement;
  readonly #options: RibbonOptions;
  readonly draw: () => void;
  #text = '';
  #sentences: readonly ScoredSentence[] = [];
  #chunks: readonly ScoredStretch[] = [];
  #view: Stretch | undefined;
  #current = 0;

  constructor(host: HTMLElement, canvas: HTMLCanvasElement, options: RibbonOptions) {
    this.#host = host;
    this.#canvas = canvas;
    this.#options = options;
    this.draw = throttled(() => this.#draw());
    new ResizeObserver(this.draw).observe(canvas);
    host.addEventListener('pointermove', (event) => {
      const sentence = this.#sentenceAt(event.clientX);
      options.onPoint(sentence, event.clientX);
      if (event.buttons === 1 && sentence) this.#go(sentence);
    });
    host.addEventListener('pointerleave', () => options.onPoint(undefined, 0));
    host.addEventListener('pointerdown', ({ clientX }) => {
      const sentence = this.#sentenceAt(clientX);
      if (sentence) this.#go(sentence);
    });
    host.addEventListener('blur', () => options.onPoint(undefined, 0));
    host.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** Shows another text. */
  show(text: string): void {
    this.#text = text;
    this.update([], []);
    this.#current = 0;
    this.#view = undefined;
  }

  update(sentences: readonly ScoredSentence[], chunks: readonly ScoredStretch[]): void {
    this.#sentences = sentences;
    this.#chunks = chunks;
    this.#host.setAttribute('aria-valuemax', String(Math.max(1, sentences.length)));
    this.#describe();
    this.draw();
  }

  /** Marks the part of the text that is in view. */
  look(view: Stretch | undefined): void {
    this.#view = view;
    this.draw();
  }

  #sentenceAt(clientX: number): ScoredSentence | undefined {
    const { left, width } = this.#canvas.getBoundingClientRect();
    const position = ((clientX - left) / width) * this.#text.length;
    return this.#sentences[indexAt(this.#sentences, position)];
  }

  #go(sentence: ScoredSentence): void {
    this.#current = this.#sentences.indexOf(sentence);
    this.#describe();
    this.#options.onGo(sentence);
  }

  #onKey(event: KeyboardEvent): void {
    const last = this.#sentences.length - 1;
    const page = Math.max(1, Math.round(last / 20));
    const to: Readonly<Record<string, number>> = {
      ArrowRight: this.#current + 1,
      ArrowUp: this.#current + 1,
      ArrowLeft: this.#current - 1,
      ArrowDown: this.#current - 1,
      PageUp: this.#current + page,
      PageDown: this.#current - page,
      Home: 0,
      End: last,
    };
    const next = to[event.key];
    const sentence = next === undefined ? undefined : this.#sentences[Math.min(last, Math.max(0, next))];
    if (!sentence) return;
    event.preventDefault();
    this.#go(sentence);
    const { left, width } = this.#canvas.getBoundingClientRect();
    this.#options.onPoint(sentence, left + (sentence.start / this.#text.length) * width);
  }

  #describe(): void {
    const sentence = this.#sentences[this.#current];
    this.#host.setAttribute('aria-valuenow', String(sentence ? this.#current + 1 : 0));
    const words = sentence ? this.#text.slice(sentence.start, Math.min(sentence.end, sentence.start + 120)) : '';
    this.#host.setAttribute(
      'aria-valuetext',
      sentence
        ? `Sentence ${(this.#current + 1).toLocaleString('en')} of ${this.#sentences.length.toLocaleString('en')}, ${inWords(sentence.positive)}: ${words}`
        : 'No sentences yet',
    );
  }

  #draw(): void {
    const { width, height } = this.#canvas.getBoundingClientRect();
    const scale = window.devicePixelRatio;
    if (width === 0) return;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    const colours = {
      positive: style.getPropertyValue('--positive'),
      negative: style.getPropertyValue('--negative'),
      line: style.getPropertyValue('--ribbon-line'),
      view: style.getPropertyValue('--ribbon-view'),
    };
    const xOf = (position: number) => (position / Math.max(1, this.#text.length)) * width;
    if (this.#view) {
      context.fillStyle = colours.view;
      const left = xOf(this.#view.start);
      context.beginPath();
      context.roundRect(left, 0, Math.max(4, xOf(this.#view.end) - left), height, 4);
      context.fill();
    }
    context.fillStyle = colours.line;
    context.fillRect(0, height / 2 - 0.5, width, 1);
    const bar = ({ start, end }: Stretch, positive: number, alpha: number) => {
      const value = positive - 0.5;
      const size = Math.max(1, Math.abs(value) * (height - 6));
      const left = xOf(start);
      const gap = xOf(end) - left > 4 ? 1 : 0;
      context.globalAlpha = alpha;
      context.fillStyle = value >= 0 ? colours.positive : colours.negative;
      context.fillRect(left, value >= 0 ? height / 2 - size : height / 2, Math.max(0.75, xOf(end) - left - gap), size);
    };
    for (const chunk of this.#chunks) bar(chunk, chunk.positive, BASE_ALPHA);
    const alpha = this.#sentences.length > width ? 0.6 : 0.9;
    for (const sentence of this.#sentences) {
      if (typeof sentence.positive === 'number') bar(sentence, sentence.positive, alpha);
    }
  }
}

/** A sentiment in words. */
export function inWords(positive: number | null | undefined): string {
  if (positive === undefined) return 'not read yet';
  if (positive === null) return 'nothing to read';
  const leaning = leaningOf(positive);
  return leaning === 'neutral' ? 'neutral' : `${Math.round(100 * Math.max(positive, 1 - positive))} % ${leaning}`;
}
