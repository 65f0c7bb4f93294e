import { readFile } from 'node:fs/promises';
import { program } from './program.ts';
import { logUniform, randomSource, shuffled } from './random.ts';

const STORY = new URL('../../test/texts/scandal-in-bohemia.txt', import.meta.url);
/** Shorter sentences, most of them cries such as "Indeed!", would not be sent to be scored. */
const LEAST_WORDS = 5;
/** More than are ever under way at once: the server runs equal texts once. */
const TEXTS = 4096;

/** What the benchmark asks about: a story of 46 KB that comes with the repository. */
export class Corpus {
  /**
   * Different texts with the lengths of the story's sentences: the sentences, and then stretches of the story.
   * Their order is shuffled, but the same in every run.
   */
  readonly texts: readonly string[];
  readonly #story: string;
  readonly #words: readonly string[];

  private constructor(story: string, sentences: readonly string[]) {
    this.#story = story;
    this.#words = story.split(/\s+/);
    const random = randomSource(1);
    const texts = new Set(sentences);
    while (texts.size < TEXTS) {
      const sentence = sentences[texts.size % sentences.length] ?? '';
      texts.add(this.#stretch(random, sentence.split(' ').length));
    }
    this.texts = shuffled([...texts], random);
  }

  static async load(): Promise<Corpus> {
    const story = await readFile(STORY, 'utf8');
    const { splitSentences } = await program('documents/sentences');
    const sentences = Array.from(splitSentences(story), ({ start, end }) => oneLine(story.slice(start, end)));
    return new Corpus(
      story,
      sentences.filter((sentence) => sentence.split(' ').length >= LEAST_WORDS),
    );
  }

  /** Gives the texts round and round, a number at a time. */
  taker(count: number): () => string[] {
    let at = 0;
    return () => Array.from({ length: count }, () => this.texts[at++ % this.texts.length] ?? '');
  }

  /**
   * The story over and over, each time under a heading with its number, up to the requested length.
   *
   * @param from the position in the story at which it begins, 0 to 1, so that documents that are read at once differ
   */
  document(characters: number, from = 0): string {
    const begin = this.#story.indexOf('\n', Math.floor(from * this.#story.length));
    const story = `${this.#story.slice(begin)}\n\n${this.#story.slice(0, begin)}`;
    let text = '';
    for (let part = 1; text.length < characters; part++) text += `Part ${part}\n\n${story}\n\n`;
    return text.slice(0, characters);
  }

  /** Stretches of the story of any length, mostly short. */
  randomTexts(seed: number, mostWords: number): () => string {
    const random = randomSource(seed);
    return () => this.#stretch(random, logUniform(random, 1, mostWords));
  }

  #stretch(random: () => number, words: number): string {
    const start = Math.floor(random() * (this.#words.length - words));
    return this.#words.slice(start, start + words).join(' ');
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
