import { byId } from './dom.ts';
import { percent } from './groups.ts';
import { inWords } from './ribbon.ts';
import type { ScoredSentence } from './sentences.ts';

/** The sentiment of the whole text, and how many sentences lean which way. */
export class Verdict {
  readonly #verdict = byId('verdict', HTMLElement);
  readonly #share = byId('verdict-share', HTMLElement);
  readonly #scale = byId('scale', HTMLElement);
  readonly #mark = byId('scale-mark', HTMLElement);
  readonly #counts = byId('sentence-counts', HTMLElement);

  clear(): void {
    this.#verdict.textContent = 'Not known yet';
    this.#share.textContent = '';
    this.#scale.dataset['leans'] = '';
    this.#mark.style.left = '50%';
    this.#scale.setAttribute('aria-label', 'Not known yet');
    this.#counts.textContent = '';
  }

  /** @param positive how likely the whole text is positive; `undefined` where there is nothing to read */
  whole(positive: number | undefined): void {
    if (positive === undefined) {
      this.#verdict.textContent = 'Nothing to read';
      return;
    }
    const leans = positive >= 0.5 ? 'positive' : 'negative';
    this.#verdict.textContent = leans === 'positive' ? 'Positive' : 'Negative';
    this.#share.textContent = percent(Math.max(positive, 1 - positive));
    this.#scale.dataset['leans'] = leans;
    this.#scale.setAttribute('aria-label', `The whole text: ${inWords(positive)}`);
    this.#mark.style.left = `${positive * 100}%`;
  }

  sentences(sentences: readonly ScoredSentence[]): void {
    const read = sentences.filter(({ positive }) => typeof positive === 'number');
    const positive = read.filter((sentence) => (sentence.positive ?? 0) >= 0.5).length;
    const rest = sentences.length - sentences.filter((sentence) => sentence.positive !== undefined).length;
    this.#counts.textContent =
      sentences.length === 0
        ? ''
        : `${counted(read.length, 'sentence')}: ${positive.toLocaleString('en')} positive, ${(read.length - positive).toLocaleString('en')} negative${
            rest > 0 ? `; ${rest.toLocaleString('en')} not read yet` : ''
          }`;
  }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
