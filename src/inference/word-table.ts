/** FNV-1a, as in the draft of Fowler, Noll and Vo. */
const HASH_BASIS = 0x811c9dc5;
const HASH_PRIME = 0x01000193;
/** What makes a small letter of an ASCII capital. */
const TO_LOWER = 0x20;

/**
 * The words of a vocabulary with their ids. A stretch of a text is looked up by its letters where it stands, so that
 * no string is made of each word of each text.
 */
export class WordTable {
  /** Open addressing: 0 for an empty slot, else one more than the index of a word. */
  readonly #slots: Int32Array;
  readonly #ids: Int32Array;
  /** Where the letters of each word begin; those of all words are one behind the other. */
  readonly #begins: Int32Array;
  readonly #letters: Uint8Array;
  /** Letters of the longest word. */
  readonly #longest: number;

  /** @param words of ASCII characters, each once */
  constructor(words: Iterable<readonly [word: string, id: number]>) {
    const all = [...words];
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * all.length + 1)));
    this.#ids = Int32Array.from(all, ([, id]) => id);
    this.#longest = all.reduce((most, [word]) => Math.max(most, word.length), 0);
    this.#begins = new Int32Array(all.length + 1);
    all.forEach(([word], index) => {
      this.#begins[index + 1] = (this.#begins[index] ?? 0) + word.length;
    });
    this.#letters = new Uint8Array(this.#begins.at(-1) ?? 0);
    for (const [index, [word]] of all.entries()) this.#insert(word, index);
  }

  /**
   * The id of the word that stands at `[start, end)` of a text, or -1 where there is none.
   *
   * @param fold whether capitals count as small letters
   */
  find(text: string, start: number, end: number, fold: boolean): number {
    if (end - start > this.#longest) return -1;
    return this.#lookUp(hash(text, start, end, fold), text, start, end, fold);
  }

  /** Letters of the longest word with which `[start, end)` of a text begins; 0 where there is none. */
  longestAt(text: string, start: number, end: number, fold: boolean): number {
    let longest = 0;
    let value = HASH_BASIS;
    const last = Math.min(end, start + this.#longest);
    for (let at = start; at < last; at++) {
      value = mix(value, letterAt(text, at, fold));
      if (this.#lookUp(value, text, start, at + 1, fold) >= 0) longest = at + 1 - start;
    }
    return longest;
  }

  #lookUp(value: number, text: string, start: number, end: number, fold: boolean): number {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(value) & mask; ; slot = (slot + 1) & mask) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0) return -1;
      if (this.#isAt(index, text, start, end, fold)) return this.#ids[index] ?? -1;
    }
  }

  #insert(word: string, index: number): void {
    const begin = this.#begins[index] ?? 0;
    for (let at = 0; at < word.length; at++) this.#letters[begin + at] = word.charCodeAt(at);
    const mask = this.#slots.length - 1;
    let slot = slotOf(hash(word, 0, word.length, false)) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }

  #isAt(index: number, text: string, start: number, end: number, fold: boolean): boolean {
    const begin = this.#begins[index] ?? 0;
    if ((this.#begins[index + 1] ?? 0) - begin !== end - start) return false;
    for (let at = start; at < end; at++) {
      if (this.#letters[begin + at - start] !== letterAt(text, at, fold)) return false;
    }
    return true;
  }
}

function hash(text: string, start: number, end: number, fold: boolean): number {
  let value = HASH_BASIS;
  for (let at = start; at < end; at++) value = mix(value, letterAt(text, at, fold));
  return value;
}

function mix(value: number, letter: number): number {
  return Math.imul(value ^ letter, HASH_PRIME);
}

/** The low bits of the hash depend on the last letters most. */
function slotOf(value: number): number {
  return value ^ (value >>> 15);
}

function letterAt(text: string, at: number, fold: boolean): number {
  const unit = text.charCodeAt(at);
  return fold && unit >= 0x41 && unit <= 0x5a ? unit | TO_LOWER : unit;
}
