import { type BertqlClient, RequestError, SentenceSentimentsDocument, SentencesDocument } from '../client/index.ts';
import { backoffMs, pause } from '../client/retry.ts';
import type { Stretch } from './leaf-view.ts';
import { indexAt } from './passages.ts';

export interface ScoredSentence extends Stretch {
  /** How likely it is positive, 0 to 1; `null` if it has nothing to read, `undefined` if it was not read yet. */
  positive: number | null | undefined;
}

/** Most sentences of a request, and the fewest while more are to come. */
const BATCH = 48;
const WORTHWHILE = 16;
/** A text of up to so many sentences is scored completely; of a longer one only the sentences in view. */
const ALL = 2500;

interface Sentiment {
  readonly readable: boolean;
  readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
}

/** The probability of the label POSITIVE, or else of the last label; `null` if nothing was readable. */
export function positiveOf({ readable, probabilities }: Sentiment): number | null {
  if (!readable) return null;
  const positive = probabilities.find(({ label }) => /^pos/i.test(label)) ?? probabilities.at(-1);
  return positive?.probability ?? 0.5;
}

/** The sentiment of each sentence of a text, read a few at a time, those in view first. */
export class Sentences {
  readonly #client: BertqlClient;
  readonly #text: string;
  readonly #signal: AbortSignal;
  readonly #onChange: () => void;
  readonly #model: string | undefined;
  #all: readonly ScoredSentence[] | undefined;
  #view: Stretch = { start: 0, end: 0 };
  /** Sentences after it wait, since names come first. */
  #reach = 0;
  #next = 0;
  #isHeld = false;
  #isReading = false;
  #retries = 0;

  /**
   * @param model a SENTIMENT model; by default that of the server
   * @param signal ends it when another text is shown
   */
  constructor(
    client: BertqlClient,
    text: string,
    model: string | undefined,
    signal: AbortSignal,
    onChange: () => void,
  ) {
    this.#model = model;
    this.#client = client;
    this.#text = text;
    this.#signal = signal;
    this.#onChange = onChange;
  }

  get all(): readonly ScoredSentence[] {
    return this.#all ?? [];
  }

  /** Sets the part in view, which is scored first. */
  look(view: Stretch): void {
    this.#view = view;
    void this.#read();
  }

  /** Sets how far the names of the text are known: sentences after it wait. */
  reach(position: number): void {
    this.#reach = position;
    void this.#read();
  }

  /** Pauses or resumes. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    void this.#read();
  }

  async #read(): Promise<void> {
    if (this.#isReading || this.#isHeld || this.#signal.aborted) return;
    this.#isReading = true;
    try {
      this.#all ??= await this.#find();
      for (let batch = this.#batch(); batch.length > 0; batch = this.#batch()) {
        const texts = batch.map(({ start, end }) => this.#text.slice(start, end));
        const { sentiments } = await this.#client.query(
          SentenceSentimentsDocument,
          this.#model === undefined ? { texts } : { texts, model: this.#model },
          this.#signal,
        );
        for (const [index, outcome] of (sentiments ?? []).entries()) {
          const sentence = batch[index];
          if (sentence) sentence.positive = outcome.__typename === 'SentimentResult' ? positiveOf(outcome) : null;
        }
        this.#onChange();
      }
      this.#retries = 0;
    } catch (error) {
      if (this.#signal.aborted) return;
      // These sentences stay unscored and are requested again later.
      if (error instanceof RequestError && error.isRetryable) void this.#readLater(error.retryAfterMs);
      else console.warn(error);
    } finally {
      this.#isReading = false;
    }
  }

  async #readLater(afterMs: number | undefined): Promise<void> {
    await pause(afterMs ?? backoffMs(this.#retries++), this.#signal);
    void this.#read();
  }

  async #find(): Promise<readonly ScoredSentence[]> {
    const { document } = await this.#client.query(SentencesDocument, { text: this.#text }, this.#signal);
    return (document?.sentences ?? []).map(({ start, end }) => ({ start, end, positive: undefined }));
  }

  /** The sentences to score next: those in view, then from the start. */
  #batch(): readonly ScoredSentence[] {
    if (this.#isHeld || this.#signal.aborted) return [];
    const { all } = this;
    const batch = new Set<ScoredSentence>();
    const takeFrom = (first: number, end: number) => {
      for (let at = first; batch.size < BATCH; at++) {
        const sentence = all[at];
        if (!sentence || sentence.start >= end || sentence.end > this.#reach) return;
        if (sentence.positive === undefined) batch.add(sentence);
      }
    };
    takeFrom(indexAt(all, this.#view.start), this.#view.end);
    const isViewKnown = batch.size > 0 && this.#reach >= this.#view.end;
    while (all[this.#next] && all[this.#next]?.positive !== undefined) this.#next++;
    if (all.length <= ALL) takeFrom(this.#next, this.#text.length);
    const isWorthwhile = batch.size >= WORTHWHILE || isViewKnown || this.#reach >= this.#text.length;
    return isWorthwhile ? [...batch] : [];
  }
}
