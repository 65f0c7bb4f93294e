import { byId } from './dom.ts';
import { percent } from './groups.ts';
import { leaningOf } from './leaning.ts';
import type { ScoredSentence } from './sentences.ts';

/**
 * The sentiment of the whole text, and how many sentences lean each way. The headline agrees with the sentences: if some
 * lean the other way, it is mixed, and the mark shows their share.
 */
export class Verdict {
  readonly #verdict = byId('verdict', HTMLElement);
  readonly #share = byId('verdict-share', HTMLElement);
  readonly #scale = byId('scale', HTMLElement);
  readonly #mark = byId('scale-mark', HTMLElement);
  readonly #counts = byId('sentence-counts', HTMLElement);
  /** Probability that the whole text is positive; `null` if it has nothing to read, `undefined` if it is not known yet. */
  #whole: number | null | undefined;
  #sentences: readonly ScoredSentence[] = [];

  clear(): void {
    this.#whole = undefined;
    this.#sentences = [];
    this.#show();
  }

  /** @param positive probability that the whole text is positive; `null` if there is nothing to read */
  whole(positive: number | null): void {
    this.#whole = positive;
    this.#show();
  }

  sentences(sentences: readonly ScoredSentence[]): void {
    this.#sentences = sentences;
    this.#show();
  }

  #show(): void {
    const leanings = this.#sentences.flatMap(({ positive }) =>
      typeof positive === 'number' ? [leaningOf(positive)] : [],
    );
    const [positive = 0, negative = 0, neutral = 0] = (['positive', 'negative', 'neutral'] as const).map(
      (leaning) => leanings.filter((each) => each === leaning).length,
    );
    const unread = this.#sentences.filter((sentence) => sentence.positive === undefined).length;
    this.#counts.textContent =
      this.#sentences.length === 0
        ? ''
        : `${counted(leanings.length, 'sentence')}: ${[
            `${positive.toLocaleString('en')} positive`,
            `${negative.toLocaleString('en')} negative`,
            ...(neutral > 0 ? [`${neutral.toLocaleString('en')} neutral`] : []),
          ].join(', ')}${unread > 0 ? `; ${unread.toLocaleString('en')} not read yet` : ''}`;
    this.#showHeadline(positive, negative);
  }

  #showHeadline(positive: number, negative: number): void {
    const whole = this.#whole;
    if (whole === undefined) this.#say('Not known yet', '', 0.5, '');
    else if (whole === null) this.#say('Nothing to read', '', 0.5, '');
    else {
      const leaning = leaningOf(whole);
      const title = leaning.slice(0, 1).toUpperCase() + leaning.slice(1);
      const opposed = leaning === 'positive' ? negative > 0 : leaning === 'negative' && positive > 0;
      if (opposed || (positive > 0 && negative > 0)) this.#say('Mixed', '', positive / (positive + negative), '');
      else this.#say(title, leaning === 'neutral' ? '' : percent(Math.max(whole, 1 - whole)), whole, leaning);
    }
  }

  #say(verdict: string, share: string, at: number, leans: string): void {
    this.#verdict.textContent = verdict;
    this.#share.textContent = share;
    this.#scale.dataset['leans'] = leans;
    this.#scale.setAttribute('aria-label', `The whole text: ${verdict.toLowerCase()}${share && `, ${share}`}`);
    this.#mark.style.left = `${at * 100}%`;
  }
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
