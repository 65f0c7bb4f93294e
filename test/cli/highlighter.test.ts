import { describe, expect, it } from 'vitest';
import { Highlighter, type Mark } from '../../src/cli/run/highlighter.ts';
import { Pen } from '../../src/cli/terminal.ts';

const text = 'Irene Adler left\nLondon for Trieste.\nHolmes stayed in Baker\nStreet.';
const all: readonly Mark[] = ['Irene Adler', 'London', 'Trieste', 'Holmes', 'Baker\nStreet'].map((name) => ({
  type: 'X',
  start: text.indexOf(name),
  end: text.indexOf(name) + name.length,
}));

describe('the highlighter', () => {
  it('writes whole lines of a chunk once the next chunk comes', () => {
    const marked = new Highlighter(text, new Pen(false));
    expect(marked.push(all.slice(0, 2), 0)).toBe('');
    expect(marked.push(all.slice(2, 4), text.indexOf('Holmes'))).toBe(
      '[Irene Adler X] left\n[London X] for [Trieste X].\n',
    );
    expect(marked.push(all.slice(4), text.indexOf('Street'))).toBe('[Holmes X] stayed in [Baker\n');
    expect(marked.finish()).toBe('Street X].\n');
  });

  it('marks the rest of an entity that came too late', () => {
    const marked = new Highlighter('a\nbc\nde f', new Pen(false));
    expect(marked.push([], 5)).toBe('a\nbc\n');
    expect(marked.push([{ type: 'X', start: 2, end: 7 }], 5)).toBe('');
    expect(marked.finish()).toBe('[de X] f\n');
  });

  it('does not hold back a very long line, and returns what it has if the reading breaks off', () => {
    const line = 'word '.repeat(1000);
    const marked = new Highlighter(line, new Pen(false));
    expect(marked.push([], 1000)).toBe('');
    expect(marked.push([], 2500)).toBe(line.slice(0, 2500));
    marked.push([], 2600);
    expect(marked.flush()).toBe(`${line.slice(2500, 2600)}\n`);
  });

  it('ends the colour of an entity at each line end, and shows control characters', () => {
    const marked = new Highlighter('\u001b[31mBaker\nStreet', new Pen(true));
    marked.push([{ type: 'LOC', start: 5, end: 17 }], 0);
    expect(marked.finish()).toBe(
      '␛[31m\u001b[30m\u001b[42mBaker\u001b[49m\u001b[39m\n\u001b[30m\u001b[42mStreet \u001b[1mLOC\u001b[22m\u001b[49m\u001b[39m\n',
    );
  });
});
