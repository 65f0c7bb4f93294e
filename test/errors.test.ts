import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ERROR_CATALOGUE } from '../src/errors.ts';

const documented = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => /^\| `([A-Z_]+)` \| (.*) \| (.*) \|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, code, when, todo]) => ({ code, when, todo }));

test('docs/errors.md says of each code what the catalogue says', () => {
  const catalogue = Object.entries(ERROR_CATALOGUE).map(([code, { when, todo }]) => ({ code, when, todo }));
  expect(documented).toEqual(catalogue);
});
