import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CATALOGUE } from '../src/errors.ts';

const documented = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.slice(2, -2).split(' | '))
  .map(([code, when, todo, status, retry]) => ({ code: code?.replaceAll('`', ''), when, todo, status, retry }));

test('docs/errors.md has the description of each code from the catalogue', () => {
  const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { when, todo, status, retry }]) => ({
    code,
    when,
    todo,
    status: String(status),
    retry: retry ? 'yes' : 'no',
  }));
  expect(documented).toEqual(catalogue);
});
