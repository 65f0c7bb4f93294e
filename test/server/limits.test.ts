import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EntitiesDocument, SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { answersOf, TRANSPORTS, type Transport } from './transports.ts';

type Variables = Readonly<Record<string, unknown>>;
const document = (text: string) => new TypedDocumentString<unknown, Variables>(text);
const aliases = (count: number, field: (index: number) => string) =>
  document(`{ ${Array.from({ length: count }, (_, index) => `a${index}: ${field(index)}`).join(' ')} }`);

/** A fragment in which each of many spreads the next, and the last the first. */
function circle(length: number): string {
  const fragments = Array.from({ length }, (_, index) => `fragment F${index} on Query { ...F${(index + 1) % length} }`);
  return `{ ...F0 } ${fragments.join(' ')}`;
}

/** Fragments that each spread the next one twice: expanded, two to the power of their number. */
function doubling(length: number): string {
  const fragments = Array.from({ length }, (_, index) => {
    const inner = index + 1 < length ? `...F${index + 1} ...F${index + 1}` : 'x: models { id }';
    return `fragment F${index} on Query { ${inner} }`;
  });
  return `{ ...F0 } ${fragments.join(' ')}`;
}

/** Fragments that each select the same field ten times with the next one. */
function doublingFields(length: number): string {
  const fragments = Array.from({ length }, (_, index) => {
    const inner = index + 1 < length ? `entities { sentence { ...F${index + 1} } } `.repeat(10) : 'index';
    return `fragment F${index} on Sentence { ${inner} }`;
  });
  return `{ document(text: "a") { sentences { ...F0 } } } ${fragments.join(' ')}`;
}

/** Fragments that each spread the next one. */
function spreads(length: number): string {
  const fragments = Array.from({ length }, (_, index) => {
    return `fragment F${index} on Server { version ${index + 1 < length ? `...F${index + 1}` : ''} }`;
  });
  return fragments.join(' ');
}

const nested = (levels: number): string => (levels === 0 ? 'index' : `entities { sentence { ${nested(levels - 1)} } }`);

const refusals: readonly [string, TypedDocumentString<unknown, Variables>, Variables, string, RegExp][] = [
  [
    '1,000 aliases of entities',
    aliases(1000, () => 'entities(text: "Anna") { text }'),
    {},
    'QUERY_TOO_COSTLY',
    /11002 GraphQL tokens, but at most 5000/,
  ],
  [
    'many aliases in a short document',
    aliases(101, (index) => `detokenize(ids: [${index}])`),
    {},
    'QUERY_TOO_COSTLY',
    /101 aliases, but at most 100/,
  ],
  ['a fragment that is spread 2^20 times', document(doubling(21)), {}, 'QUERY_TOO_COSTLY', /1048576 aliases/],
  [
    'fragments that double without an alias',
    document(doubling(40).replace('x: ', '')),
    {},
    'QUERY_TOO_COSTLY',
    /\d{12,} fields after expanding fragments, but at most 5000/,
  ],
  [
    'fields of one key that double with every level',
    document(doublingFields(6)),
    {},
    'QUERY_TOO_COSTLY',
    /fields after expanding fragments/,
  ],
  [
    'fragments that are compared with each other',
    document(`{ server { ...F0 } } ${spreads(101)}`),
    {},
    'QUERY_TOO_COSTLY',
    /101 fragments, but at most 100/,
  ],
  [
    'fields that are compared with each other',
    document(`{ ${'models { id } '.repeat(200)} }`),
    {},
    'QUERY_TOO_COSTLY',
    /pairs of fields of one key/,
  ],
  ['a cycle of fragments', document(circle(500)), {}, 'QUERY_TOO_COSTLY', /cycle of 500/],
  [
    'a cycle of unused fragments',
    document(`{ __typename } ${circle(3).slice(9)}`),
    {},
    'QUERY_TOO_COSTLY',
    /cycle of 3/,
  ],
  [
    'deep nesting',
    document(`{ document(text: "a") { sentences { ${nested(8)} } } }`),
    {},
    'QUERY_TOO_COSTLY',
    /19 levels of nested fields, but at most 15/,
  ],
  [
    'many directives',
    document(`{ __typename ${'@include(if: true) '.repeat(51)} }`),
    {},
    'QUERY_TOO_COSTLY',
    /51 directives, but at most 50/,
  ],
  [
    'a list of 10,000 texts',
    document('query ($texts: [String!]!) { sentiments(texts: $texts) { __typename } }'),
    { texts: Array.from({ length: 10_000 }, () => 'a') },
    'TOO_MANY_TEXTS',
    /10000 texts, but at most 1000/,
  ],
  [
    'a text with more characters than are accepted',
    document('query ($text: String!) { entities(text: $text) { text } }'),
    { text: 'Anna '.repeat(400_001) },
    'TEXT_TOO_LONG',
    /2000005 characters .* at most 2000000/,
  ],
  [
    'one long text under many aliases',
    document(
      `query ($text: String!) { ${Array.from({ length: 100 }, (_, index) => `a${index}: entities(text: $text) { text }`).join(' ')} }`,
    ),
    { text: 'Anna '.repeat(20_000) },
    'QUERY_TOO_COSTLY',
    /at least 2000200 tokens .* at most 1000000/,
  ],
  [
    'one long text read by many models',
    document(
      `query ($text: String!) { document(text: $text) { ${Array.from({ length: 30 }, (_, index) => `a${index}: entities(model: "${index}") { text }`).join(' ')} } }`,
    ),
    { text: 'Anna '.repeat(40_000) },
    'QUERY_TOO_COSTLY',
    /at least 1200060 tokens/,
  ],
  [
    'a default value of a variable',
    document(
      `query ($text: String! = "${'a '.repeat(600_000)}") { a: entities(text: $text) { text } b: entities(text: $text) { type } }`,
    ),
    {},
    'QUERY_TOO_COSTLY',
    /at least 1200004 tokens/,
  ],
  [
    'the text of an input',
    document('mutation ($text: String!) { startAnalysis(input: { text: $text, sentiment: true }) { id } }'),
    { text: 'a '.repeat(600_000) },
    'QUERY_TOO_COSTLY',
    /at least 1200004 tokens/,
  ],
  [
    'many ids',
    document('query ($ids: [Int!]!) { detokenize(ids: $ids) }'),
    { ids: Array.from({ length: 100_001 }, () => 7) },
    'QUERY_TOO_COSTLY',
    /has 100001 items, but at most 100000/,
  ],
];

describe('a request beyond the limits is refused before any inference:', () => {
  const service = useService();
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  describe.each(TRANSPORTS)('over %s', (_name, connect) => {
    let transport: Transport;
    beforeAll(() => {
      transport = connect(url);
    });
    afterAll(() => transport.dispose());

    test.each(refusals)('%s', async (_title, operation, variables, code, message) => {
      const before = service.server.inference.counts;
      const [answer] = await answersOf(transport.run(operation, variables));
      expect(answer?.errors?.[0]?.message).toMatch(message);
      expect(answer?.errors?.[0]?.extensions?.['code']).toBe(code);
      expect(answer?.errors?.[0]?.extensions).not.toHaveProperty('http.status', 200);
      expect(service.server.inference.counts).toEqual(before);
    });

    test('a subscription with too many tokens', async () => {
      const operation = document(
        `subscription ($text: String!) { analyze(text: $text) { ... on ChunkAnalyzed { ${Array.from({ length: 12 }, (_, index) => `s${index}: sentiment { label }`).join(' ')} sentiment { label } chunk { index } } ... on AnalysisCompleted { sentiment { label } } } }`,
      );
      const before = service.server.inference.counts;
      const [answer] = await answersOf(transport.run(operation, { text: 'a '.repeat(500_000) }));
      if (transport.name === 'HTTP') expect(answer?.errors).toBeTruthy();
      else expect(answer?.errors?.[0]?.message).toMatch(/at least 1500006 tokens/);
      expect(service.server.inference.counts).toEqual(before);
    });

    test('a request within the limits is answered', async () => {
      const text = 'Anna lives in Berlin. ';
      const [answer] = await answersOf(transport.run(EntitiesDocument, { text: text.repeat(10) }));
      expect(answer?.data?.entities).toHaveLength(20);
    });
  });

  test('a body of 10 MB is not read', async () => {
    const before = service.server.inference.counts;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: EntitiesDocument.toString(), variables: { text: 'x'.repeat(10_000_000) } }),
    });
    const { errors } = (await response.json()) as { errors: { message: string; extensions: object }[] };
    expect(response.status).toBe(413);
    expect(errors[0]?.extensions).toMatchObject({ code: 'REQUEST_TOO_LARGE', limit: 8 * 1024 * 1024 });
    expect(errors[0]?.message).toMatch(/has 1\d{7} bytes, but at most 8388608/);
    expect(service.server.inference.counts).toEqual(before);
  });

  test('a body that does not say its length is cut off', async () => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob(['"', 'x'.repeat(9_000_000), '"']).stream(),
      duplex: 'half',
    } as RequestInit);
    const { errors } = (await response.json()) as { errors: { extensions: object }[] };
    expect(response.status).toBe(413);
    expect(errors[0]?.extensions).toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });

  test('batched operations are not accepted', async () => {
    const response = await post(url, [{ query: '{ __typename }' }]);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('Batching is not supported');
  });

  test('uploads are not accepted', async () => {
    const body = new FormData();
    body.set('operations', JSON.stringify({ query: '{ __typename }' }));
    const response = await fetch(url, { method: 'POST', body, headers: { 'graphql-require-preflight': '1' } });
    expect(response.status).toBe(415);
  });

  test('a megabyte of text is accepted', async () => {
    const text = 'Anna Karenina lives quietly in Saint Petersburg. '.repeat(20_500);
    const counts = service.server.inference.counts.sequences;
    const controller = new AbortController();
    const answer = fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: EntitiesDocument.toString(), variables: { text } }),
      signal: controller.signal,
    }).catch(() => undefined);
    while (service.server.inference.counts.sequences === counts) await new Promise((resolve) => setImmediate(resolve));
    controller.abort();
    await answer;
  });
});

const post = (url: string, body: unknown) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe('a result that grows with the product of its lists', () => {
  const service = useService({ MAX_RESULT_SIZE: '100000' });

  const operation = new TypedDocumentString<
    { readonly entities: readonly { readonly sentence: { readonly entities: readonly unknown[] } }[] },
    Variables
  >('query ($text: String!) { entities(text: $text) { sentence { entities { sentence { text } } } } }');

  test('is refused before it is made', async () => {
    const { errors } = await service.ask(operation, { text: `${'Anna and Ben and '.repeat(50)} I` });
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'QUERY_TOO_COSTLY', limit: 100_000 } });
    expect(errors?.[0]?.message).toMatch(/at least \d{6,} bytes/);
  });

  test('is given if it fits', async () => {
    const { entities } = await service.data(operation, { text: 'Anna and Ben and Zoe met. Paul was there.' });
    expect(entities.map(({ sentence }) => sentence.entities.length)).toEqual([3, 3, 3, 1]);
  });
});

describe('a wrong argument that fails in each item of a list', () => {
  const service = useService();
  const operation = document(
    'query ($text: String!) { document(text: $text) { sentences { sentiment(model: "none") { label } } } }',
  );

  test('gives an error for each of a few items', async () => {
    const { data, errors } = await service.ask(operation, { text: 'It is so. '.repeat(500) });
    expect(data).toBeTruthy();
    expect(errors).toHaveLength(500);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UNKNOWN_MODEL' });
  });

  test('ends an operation with many of them by one error', async () => {
    const { data, errors } = await service.ask(operation, { text: 'It is so. '.repeat(501) });
    expect(data ?? null).toBeNull();
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/^More than 500 fields of the result failed/) as string,
      extensions: { code: 'QUERY_TOO_COSTLY', limit: 500 },
    });
  });
});

describe('the work of one client at a time is limited:', () => {
  const service = useService({ MAX_CLIENT_TOKENS: '3000', WORKERS: '1' });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test.each(TRANSPORTS)('tokens over %s', async (_name, connect) => {
    const transport = connect(url);
    const text = 'Anna lives in Berlin. '.repeat(100);
    const all = await Promise.all(
      Array.from({ length: 4 }, (_, index) => answersOf(transport.run(EntitiesDocument, { text: `${index} ${text}` }))),
    );
    const refused = all.map(([answer]) => answer?.errors?.[0]?.extensions).filter(Boolean);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(4);
    for (const each of refused) {
      expect(each).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: expect.any(Number), limit: 3000 });
    }
    const [after] = await answersOf(transport.run(SentimentDocument, { text: 'Is there room again?' }));
    expect(after?.data?.sentiment.label).toBeTruthy();
    await transport.dispose();
  });
});

describe('the budget of one client per minute', () => {
  const service = useService({ REQUESTS_PER_MINUTE: '3', TOKENS_PER_MINUTE: '200' });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test('is counted over all transports together', async () => {
    const codes: unknown[] = [];
    for (const [, connect] of [...TRANSPORTS, ...TRANSPORTS]) {
      const transport = connect(url);
      const [answer] = await answersOf(transport.run(SentimentDocument, { text: 'Good.' }));
      codes.push(answer?.errors?.[0]?.extensions?.['code'] ?? 'answered');
      await transport.dispose();
    }
    expect(codes).toEqual(['answered', 'answered', 'answered', 'RATE_LIMITED', 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  test('is reported over HTTP by the status and when to retry', async () => {
    const response = await post(url, { query: SentimentDocument.toString(), variables: { text: 'Good.' } });
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
