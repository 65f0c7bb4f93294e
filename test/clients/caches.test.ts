import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { buildSchema, introspectionFromSchema } from 'graphql';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { useService } from '../service.ts';

const SCHEMA = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
const TEXT = 'Zoë 😀 met Emmanuel Macron in Paris. They loved it.';

/** Two components that ask different fields of one document, and of its parts. */
const NAMES = `query Names($text: String!, $unit: OffsetEncoding!) {
  document(text: $text, offsetEncoding: $unit) { __typename id entities { __typename id text start end } }
}`;
const MOOD = `query Mood($text: String!, $unit: OffsetEncoding!) {
  document(text: $text, offsetEncoding: $unit) {
    __typename
    id
    sentiment { __typename id label }
    entities { __typename id type confidence }
    sentences { __typename id text }
  }
}`;

interface Data {
  readonly document: {
    readonly id: string;
    readonly entities: readonly Readonly<Record<string, unknown>>[];
    readonly sentiment?: { readonly id: string; readonly label: string };
    readonly sentences?: readonly { readonly id: string; readonly text: string }[];
  };
}

const service = useService();
let url: string;
/** Requests that were sent. */
let requests = 0;
const counted: typeof fetch = (input, init) => {
  requests++;
  return fetch(input, init);
};
beforeAll(async () => {
  url = await service.server.listen();
});

interface CachingClient {
  /** Asks over the cache. */
  ask(query: string, unit: string): Promise<Data>;
  /** What the cache alone has; `undefined` if it lacks a field. */
  cached(query: string, unit: string): Promise<Data | undefined>;
}

const clients: Readonly<Record<string, () => CachingClient>> = {
  'Apollo Client': () => {
    const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch: counted }), cache: new InMemoryCache() });
    return {
      ask: async (query, unit) => {
        const { data } = await client.query<Data>({ query: gql(query), variables: { text: TEXT, unit } });
        if (!data) throw new Error('Apollo gave no data.');
        return data;
      },
      cached: async (query, unit) =>
        client.readQuery<Data>({ query: gql(query), variables: { text: TEXT, unit } }) ?? undefined,
    };
  },
  'urql with Graphcache': () => {
    const schema = introspectionFromSchema(buildSchema(SCHEMA));
    const client = new Client({
      url,
      fetch: counted,
      preferGetMethod: false,
      exchanges: [cacheExchange({ schema: { __schema: schema.__schema } }), fetchExchange],
    });
    const ask = async (query: string, unit: string, requestPolicy: 'cache-first' | 'cache-only') => {
      const { data, error } = await client.query<Data>(query, { text: TEXT, unit }, { requestPolicy }).toPromise();
      if (error) throw error;
      return data ?? undefined;
    };
    return {
      ask: async (query, unit) => {
        const data = await ask(query, unit, 'cache-first');
        if (!data) throw new Error('urql gave no data.');
        return data;
      },
      cached: (query, unit) => ask(query, unit, 'cache-only'),
    };
  },
};

describe.each(Object.entries(clients))('the normalised cache of %s', (_name, open) => {
  test('keeps one text in two units apart', async () => {
    const client = open();
    const first = await client.ask(NAMES, 'UTF16');
    const bytes = await client.ask(NAMES, 'UTF8_BYTE');
    expect(bytes).not.toEqual(first);
    expect(await client.cached(NAMES, 'UTF16')).toEqual(first);
    expect(await client.cached(NAMES, 'UTF8_BYTE')).toEqual(bytes);
  });

  test('loses no field of a document that two components ask about, and asks the server once for each', async () => {
    const client = open();
    const before = requests;
    const names = await client.ask(NAMES, 'UTF16');
    const mood = await client.ask(MOOD, 'UTF16');
    expect(requests - before).toBe(2);
    expect(mood.document.id).toBe(names.document.id);
    expect(mood.document.entities.map((entity) => entity['id'])).toEqual(
      names.document.entities.map((entity) => entity['id']),
    );
    expect(await client.cached(NAMES, 'UTF16')).toEqual(names);
    expect(await client.cached(MOOD, 'UTF16')).toEqual(mood);
    // Asked again, all comes from the cache: neither query has evicted the other.
    await client.ask(NAMES, 'UTF16');
    await client.ask(MOOD, 'UTF16');
    expect(requests - before).toBe(2);
  });
});

test("Relay's compiler takes the schema, and queries with connections and refetchable fragments", () => {
  const folder = mkdtempSync(join(tmpdir(), 'bertql-relay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'src'));
  writeFileSync(join(folder, 'schema.graphql'), SCHEMA);
  writeFileSync(
    join(folder, 'src', 'component.js'),
    `import { graphql } from 'relay-runtime';
export const query = graphql\`query componentQuery($id: ID!) { analysis(id: $id) { ...component_names } }\`;
export const names = graphql\`
  fragment component_names on Analysis
  @argumentDefinitions(first: { type: "Int", defaultValue: 50 }, after: { type: "String" }) {
    id
    state
    entities(first: $first, after: $after) @connection(key: "component_entities") {
      totalCount
      edges { node { id text type } }
    }
  }
\`;
`,
  );
  writeFileSync(
    join(folder, 'relay.config.json'),
    JSON.stringify({ src: './src', schema: './schema.graphql', language: 'javascript' }),
  );
  const compiler = fileURLToPath(new URL('../../node_modules/relay-compiler/cli.js', import.meta.url));
  const output = execFileSync(process.execPath, [compiler, '--repersist', 'relay.config.json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(output).toMatch(/created|updated|Done/i);
});
