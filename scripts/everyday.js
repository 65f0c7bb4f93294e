/**
 * Measures how well entities are found in everyday texts: `npm run everyday`. The texts and what a careful person marks in
 * them are in `test/everyday`, a file a kind; its README says how they are written.
 *
 * To compare with another version: `npm run everyday -- --package PATH`, with the path of its `dist/index.js`.
 * `--faults` prints every text with a fault.
 */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { readEveryday } from '../test/everyday/corpus.js';

const { values: flags } = parseArgs({
  options: { package: { type: 'string' }, faults: { type: 'boolean' } },
});
const place = flags.package === undefined ? new URL('../dist/index.js', import.meta.url) : pathToFileURL(flags.package);
const { createBertql } = await import(place.href);

/** @typedef {import('../test/everyday/corpus.js').Marked} Marked */

const bertql = await createBertql();
/** @type {{ kind: string, texts: number, faultless: number, gold: number, found: number, correct: number }[]} */
const rows = [];
try {
  for (const { kind, texts } of readEveryday()) {
    const row = { kind, texts: texts.length, faultless: 0, gold: 0, found: 0, correct: 0 };
    for (const { text, entities: gold } of texts) {
      /** @type {readonly Marked[]} */
      const found = await bertql.entities(text);
      const [missed, wrong] = [without(gold, found), without(found, gold)];
      row.gold += gold.length;
      row.found += found.length;
      row.correct += gold.length - missed.length;
      if (missed.length === 0 && wrong.length === 0) row.faultless++;
      else if (flags.faults)
        console.log([`${kind}: ${JSON.stringify(text)}`, ...inWords(text, missed, wrong)].join('\n'));
    }
    rows.push(row);
  }
} finally {
  await bertql.close();
}

console.log('kind        precision   recall  texts without a fault');
for (const { kind, texts, faultless, gold, found, correct } of [...rows, totalOf(rows)]) {
  console.log(`${kind.padEnd(11)} ${share(correct, found)} ${share(correct, gold)}  ${faultless} of ${texts}`);
}

/** @param {readonly Marked[]} some @param {readonly Marked[]} others */
function without(some, others) {
  const known = new Set(others.map(keyOf));
  return some.filter((entity) => !known.has(keyOf(entity)));
}

/** @param {Marked} entity */
function keyOf({ type, start, end }) {
  return `${type} ${start} ${end}`;
}

/** @param {string} text @param {readonly Marked[]} missed @param {readonly Marked[]} wrong */
function inWords(text, missed, wrong) {
  /** @param {string} fault @param {Marked} entity */
  const line = (fault, { type, start, end }) => `  ${fault} ${type} ${JSON.stringify(text.slice(start, end))}`;
  return [...missed.map((entity) => line('missed', entity)), ...wrong.map((entity) => line('wrong ', entity))];
}

/** @param {typeof rows} all */
function totalOf(all) {
  /** @param {'texts' | 'faultless' | 'gold' | 'found' | 'correct'} key */
  const sum = (key) => all.reduce((total, row) => total + row[key], 0);
  const [texts, faultless, gold, found, correct] = [
    sum('texts'),
    sum('faultless'),
    sum('gold'),
    sum('found'),
    sum('correct'),
  ];
  return { kind: 'all', texts, faultless, gold, found, correct };
}

/** @param {number} part @param {number} whole */
function share(part, whole) {
  return `${(whole === 0 ? 0 : (100 * part) / whole).toFixed(1)} %`.padStart(9);
}
