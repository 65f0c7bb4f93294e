import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { shown, shownJson, snippet } from '../../src/cli/terminal.ts';

describe('a snippet', () => {
  it.each([
    { text: 'short', columns: 10, expected: 'short' },
    { text: 'exactly 10', columns: 10, expected: 'exactly 10' },
    { text: 'more than 10', columns: 10, expected: 'more than…' },
    { text: ' several\n\tlines\r\n', columns: 20, expected: 'several lines' },
    { text: '日本語のテキスト', columns: 9, expected: '日本語の…' },
    { text: '👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', columns: 5, expected: '👨‍👩‍👧👨‍👩‍👧…' },
    { text: '\u001b[31mred\u0007\u009b', columns: 20, expected: '␛[31mred␇\ufffd' },
    { text: `${' '.repeat(100)}behind`, columns: 10, expected: '…' },
    { text: '', columns: 10, expected: '' },
  ])('of $text fits $columns columns', ({ text, columns, expected }) => {
    const line = snippet(text, columns);
    expect(line).toBe(expected);
    expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('of text with control characters shows them, and keeps line ends and tabs', () => {
    expect(shown('a\tb\r\nc\u001b[2J\u007f')).toBe('a\tb\nc␛[2J␡');
    expect(shown('a\u202eb\u2066c\u200f')).toBe('a\ufffdb\ufffdc\ufffd');
    expect(JSON.parse(shownJson({ a: '\u202e\u009b\u007f' }))).toEqual({ a: '\u202e\u009b\u007f' });
  });
});
