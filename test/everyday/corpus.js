import { readdirSync, readFileSync } from 'node:fs';

const folder = new URL('./', import.meta.url);

/** @typedef {{ type: string, start: number, end: number }} Marked an entity, in UTF-16 code units */
/** @typedef {{ text: string, entities: Marked[] }} MarkedText */

/**
 * The everyday texts of each kind, with the entities that a careful person marks.
 *
 * @returns {{ kind: string, texts: MarkedText[] }[]}
 */
export function readEveryday() {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.conll'))
    .map((name) => ({ kind: name.replace('.conll', ''), texts: parse(readFileSync(new URL(name, folder), 'utf8')) }));
}

/**
 * Reads the words of each text and finds them in it, in order. Throws if they are not those of the text.
 *
 * @param {string} file
 * @returns {MarkedText[]}
 */
function parse(file) {
  return file
    .trimEnd()
    .split('\n\n')
    .map((block) => {
      const [head = '', ...lines] = block.split('\n');
      const text = JSON.parse(head.replace('# text = ', ''));
      /** @type {Marked[]} */
      const entities = [];
      let at = 0;
      for (const line of lines) {
        const [word = '', tag = ''] = line.split(' ');
        const start = text.indexOf(word, at);
        if (start < 0 || text.slice(at, start).trim() !== '') throw new Error(`"${word}" is not next in ${head}`);
        at = start + word.length;
        if (!/^(O|[BI]-(PER|ORG|LOC|MISC))$/.test(tag)) throw new Error(`"${line}" has no tag that is known.`);
        const open = entities.at(-1);
        if (tag.startsWith('B-')) entities.push({ type: tag.slice(2), start, end: at });
        else if (open && tag === `I-${open.type}`) open.end = at;
        else if (tag !== 'O') throw new Error(`"${line}" continues no entity in ${head}`);
      }
      if (text.slice(at).trim() !== '') throw new Error(`The words end before the text does: ${head}`);
      return { text, entities };
    });
}
