import { type BertqlClient, SensesDocument, type SensesQuery } from '../client/index.ts';
import { messageOf } from '../thrown.ts';
import { byId, element } from './dom.ts';
import type { Stretch } from './leaf-view.ts';

/** Most occurrences; of a frequent word the first ones. */
const SHOWN = 36;
/** Mean cosine from which occurrences are one sense; chosen by looking at "bank" and other words. */
const ALIKE = 0.75;

interface Occurrence extends Stretch {
  readonly sentence: string;
}

export interface SensesOptions {
  /** The sentences of the current text, with their places. */
  readonly sentences: () => readonly (Stretch & { readonly text: string })[];
  /** Called to show an occurrence in the text. */
  readonly onGo: (occurrence: Stretch) => void;
}

/** The senses of a word: its occurrences, grouped by similarity, and the matrix of their similarities. */
export class Senses {
  readonly #client: BertqlClient;
  readonly #options: SensesOptions;
  readonly #field = byId('word', HTMLInputElement);
  readonly #note = byId('senses-note', HTMLElement);
  readonly #groups = byId('senses-groups', HTMLElement);
  readonly #map = byId('senses-map', HTMLElement);
  #asking = new AbortController();

  constructor(client: BertqlClient, options: SensesOptions) {
    this.#client = client;
    this.#options = options;
    byId('word-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#field.value.trim() !== '') void this.ask(this.#field.value.trim());
    });
    this.#groups.addEventListener('click', ({ target }) => {
      const { start, end } = (target instanceof Element && target.closest('button')?.dataset) || {};
      if (start !== undefined && end !== undefined) options.onGo({ start: Number(start), end: Number(end) });
    });
  }

  clear(): void {
    this.#asking.abort();
    this.#field.value = '';
    this.#note.textContent = 'Click a word in the text, or type one, to see whether it means the same everywhere.';
    this.#groups.replaceChildren();
    this.#map.replaceChildren();
    this.#map.hidden = true;
  }

  /** Shows the senses of a word of the text. */
  async ask(word: string): Promise<void> {
    // Each sentence is a text of its own: its neighbours are about other things and blur the sense.
    const folded = word.toLowerCase();
    const all = this.#options.sentences().filter(({ text }) => text.toLowerCase().includes(folded));
    const sentences = all.slice(0, SHOWN);
    this.clear();
    this.#field.value = word;
    this.#note.textContent = 'Comparing…';
    const { signal } = (this.#asking = new AbortController());
    try {
      const texts = sentences.map(({ text }) => text);
      const { wordSenses } = await this.#client.query(SensesDocument, { word, texts }, signal);
      const occurrences = wordSenses.occurrences.map(({ textIndex, start, end }) => {
        const { text = '', start: offset = 0 } = sentences[textIndex] ?? {};
        return { start: offset + start, end: offset + end, sentence: text };
      });
      this.#show(word, occurrences, wordSenses.similarities, all.length > SHOWN);
    } catch (error) {
      if (!signal.aborted) this.#note.textContent = messageOf(error);
    }
  }

  #show(
    word: string,
    occurrences: readonly Occurrence[],
    similarities: SensesQuery['wordSenses']['similarities'],
    hasMore: boolean,
  ): void {
    const senses = groupAlike(occurrences.length, (a, b) => similarities[a]?.[b] ?? 0);
    const order = senses.flat();
    const count = `${occurrences.length.toLocaleString('en')} ${occurrences.length === 1 ? 'time' : 'times'}`;
    const where = hasMore ? ` in the first ${SHOWN} sentences that have it` : '';
    this.#note.textContent =
      occurrences.length === 0
        ? `“${word}” is not a word of this text.`
        : `“${word}” occurs ${count}${where}, in ${senses.length} ${senses.length === 1 ? 'group' : 'groups'} of like meaning.`;
    this.#groups.replaceChildren(...senses.map((sense) => listOf(sense, order, occurrences)));
    this.#map.hidden = occurrences.length < 2;
    const least = Math.min(...similarities.flat(), 0.9);
    this.#map.style.setProperty('--cells', String(order.length));
    this.#map.replaceChildren(
      ...order.flatMap((a, row) =>
        order.map((b, column) => cell(row + 1, column + 1, similarities[a]?.[b] ?? 0, least)),
      ),
    );
  }
}

function listOf(sense: readonly number[], order: readonly number[], occurrences: readonly Occurrence[]): HTMLElement {
  const items = sense.flatMap((index) => {
    const occurrence = occurrences[index];
    if (!occurrence) return [];
    const { start, end, sentence } = occurrence;
    return [
      element(
        'li',
        {},
        element(
          'button',
          { type: 'button', 'data-start': start, 'data-end': end },
          element('span', { class: 'score' }, String(order.indexOf(index) + 1)),
          sentence.replace(/\s+/g, ' ').trim(),
        ),
      ),
    ];
  });
  return element('ol', { class: 'sense' }, ...items);
}

function cell(row: number, column: number, similarity: number, least: number): HTMLElement {
  const made = element('span', { title: `${row} and ${column}: ${similarity.toFixed(2)}` });
  made.style.setProperty('--likeness', `${Math.round((100 * (similarity - least)) / (1 - least))}%`);
  return made;
}

/** Merges the most similar groups while their mean similarity is high enough; returns the largest group first. */
function groupAlike(count: number, likeness: (a: number, b: number) => number): readonly (readonly number[])[] {
  const groups = Array.from({ length: count }, (_, index) => [index]);
  const between = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x) => sum + b.reduce((part, y) => part + likeness(x, y), 0), 0) / (a.length * b.length);
  while (groups.length > 1) {
    let best = { value: ALIKE, a: -1, b: -1 };
    for (const [a, one] of groups.entries())
      for (let b = a + 1; b < groups.length; b++) {
        const value = between(one, groups[b] ?? []);
        if (value >= best.value) best = { value, a, b };
      }
    if (best.a < 0) break;
    const [taken = []] = groups.splice(best.b, 1);
    groups[best.a]?.push(...taken);
  }
  return groups.sort((a, b) => b.length - a.length);
}
