import { expect, test } from 'vitest';
import { EntitiesDocument } from '../../src/client/graphql.ts';
import { startProcess } from './child.ts';

const SECRET = 'Xanthippe of Zanzibar adores marzipan';

test('the log is JSON with one line per operation, and contains no text', async () => {
  const { child, ready, ended } = startProcess({ HOST: '0.0.0.0' });
  const url = await ready;
  const post = (body: unknown) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'mine' },
      body: JSON.stringify(body),
    });
  await post({ query: EntitiesDocument.toString(), variables: { text: SECRET } });
  await post({ query: `{ entities(text: "${SECRET}", model: "Xanthippe") { text } }` });
  await post({ query: `{ Xanthippe(text: "${SECRET}") }` });
  await post({ query: `{ entities(text: "${SECRET} }` });
  child.kill('SIGTERM');
  const { code, output } = await ended;
  const lines = output
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(code).toBe(0);
  expect(output).not.toContain('Xanthippe');
  expect(lines.filter(({ msg }) => msg === 'operation')).toMatchObject([
    { requestId: 'mine', transport: 'HTTP', type: 'query', fields: ['entities'], code: 'OK', results: 1 },
    { requestId: 'mine', fields: ['entities'], code: 'UNKNOWN_MODEL' },
    { requestId: 'mine', type: 'none', code: 'GRAPHQL_VALIDATION_FAILED' },
    { requestId: 'mine', type: 'none', code: 'GRAPHQL_PARSE_FAILED' },
  ]);
  expect(lines).toContainEqual(expect.objectContaining({ level: 40, msg: expect.stringContaining('may ask') }));
});
