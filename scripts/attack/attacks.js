/** The attacks of `npm run attack`: every kind of fault that one client could stop or see through, with variants. */
import { createHash } from 'node:crypto';
import { ask, askSocket, dial, open, raw, send, until } from './wire.js';

/**
 * @typedef {object} Outcome
 * @property {string} came what came of it, in a few words
 * @property {number} bytes bytes of answers
 * @property {boolean} good whether it is what should come of it
 *
 * @typedef {object} Attack
 * @property {string} name
 * @property {string} kind of fault
 * @property {Record<string, string>} [settings] of the server; attacks with the same settings share one
 * @property {boolean} [long] whether the short form leaves it out
 * @property {(url: string, server: import('./server.js').AttackedServer) => Promise<Outcome>} run
 */

const MIB = 1024 * 1024;
export const KEY = 'attack-key';
const KEYS = { API_KEYS: `one:${createHash('sha256').update(KEY).digest('hex')}` };
const NAMES = 'Angela Merkel, Paul Simon, Bob Dylan, ';

const aliases = (/** @type {number} */ count, /** @type {string} */ field) =>
  Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ');
const returns = (/** @type {number} */ times) =>
  `query ($text: String!) { document(text: $text) { ${'entities { sentence { '.repeat(times)}entities { start }${' } }'.repeat(times)} } }`;

/** Fragments that each spread the next one twice. */
function doubling(/** @type {number} */ count) {
  const fragments = Array.from({ length: count }, (_, index) => {
    const next = index + 1 < count ? `...F${index + 1} ...F${index + 1}` : 'version';
    return `fragment F${index} on Server { ${next} }`;
  });
  return `{ server { ...F0 } } ${fragments.join(' ')}`;
}

/** Fragments that each select the same field ten times with the next one. */
function doublingFields(/** @type {number} */ count) {
  const fragments = Array.from({ length: count }, (_, index) => {
    const next = index + 1 < count ? `entities { sentence { ...F${index + 1} } } `.repeat(10) : 'index';
    return `fragment F${index} on Sentence { ${next} }`;
  });
  return `{ document(text: "Anna") { sentences { ...F0 } } } ${fragments.join(' ')}`;
}

/** @param {import('./wire.js').Answer} answer @returns {Outcome} */
function refusedOnce({ status, body, bytes }) {
  const errors = body.match(/"message"/g)?.length ?? 0;
  const good = errors === 1 && body.includes('QUERY_TOO_COSTLY') && bytes < 2000;
  return { came: `${status}, ${errors} error${errors === 1 ? '' : 's'}`, bytes, good };
}

/** Either within the bound, or refused as a whole. @param {import('./wire.js').Answer} answer @returns {Outcome} */
function bounded(answer) {
  const refused = refusedOnce(answer);
  if (refused.good) return refused;
  return {
    came: `${answer.status}, answered`,
    bytes: answer.bytes,
    good: answer.bytes > 0 && answer.bytes <= 18 * MIB,
  };
}

/** Refused by the server itself, and shortly. @param {import('./wire.js').Answer} answer @returns {Outcome} */
function refused({ status, body, bytes }) {
  const code = /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? 'no code';
  return { came: `${status} ${code}`, bytes, good: body.includes('"errors"') && code !== 'INTERNAL' && bytes < 50_000 };
}

/** Refused or answered, but small. @param {import('./wire.js').Answer} answer @returns {Outcome} */
function calm({ status, body, bytes }) {
  const code = /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? 'answered';
  return { came: `${status} ${code}`, bytes, good: code !== 'INTERNAL' && status > 0 && bytes < 40 * MIB };
}

/** @param {string} kind @param {[name: string, run: Attack['run'], more?: Partial<Attack>][]} list @returns {Attack[]} */
const of = (kind, list) => list.map(([name, run, more]) => ({ kind, name, run, ...more }));

const giantAnswers = of('giant answer', [
  ['4 returns, 1.7 kB', async (url) => refusedOnce(await ask(url, returns(3), { text: NAMES.repeat(40) }))],
  ['2 returns, 2.4 kB', async (url) => bounded(await ask(url, returns(2), { text: NAMES.repeat(60) }))],
  [
    '1 return in one sentence of 30 kB',
    async (url) => bounded(await ask(url, returns(1), { text: NAMES.repeat(800) })),
  ],
  [
    '4 returns over WebSocket',
    async (url) => refusedOnce(await askSocket(url, returns(3), { text: NAMES.repeat(40) })),
  ],
  [
    'returns in a subscription',
    async (url) => {
      const query = `subscription ($text: String!) { analyze(text: $text) { ... on ChunkAnalyzed { ${'entities { sentence { '.repeat(3)}entities { start }${' } }'.repeat(3)} } } }`;
      return bounded(await askSocket(url, query, { text: NAMES.repeat(200) }));
    },
  ],
  [
    '99 aliases of ids',
    async (url) =>
      bounded(
        await ask(url, `query ($t: String!) { ${aliases(99, 'tokenize(text: $t) { ids }')} }`, {
          t: 'word '.repeat(9000),
        }),
      ),
  ],
  [
    '95 aliases of tokens',
    async (url) =>
      refusedOnce(
        await ask(url, `query ($t: String!) { ${aliases(95, 'tokenize(text: $t) { tokens { start } }')} }`, {
          t: 'word '.repeat(9000),
        }),
      ),
  ],
  [
    '99 aliases of a text of 2 MB',
    async (url) =>
      refusedOnce(
        await ask(url, `query ($t: String!) { ${aliases(99, 'document(text: $t) { text }')} }`, {
          t: 'x'.repeat(1_900_000),
        }),
      ),
  ],
  [
    'an alias of 20,000 letters',
    async (url) =>
      refusedOnce(
        await ask(url, `{ tokenize(text: "${'a '.repeat(2000)}") { tokens { ${'a'.repeat(20_000)}: start } } }`),
      ),
  ],
  [
    'an alias of 200 letters for 400,000 tokens',
    async (url) =>
      refusedOnce(
        await ask(url, `query ($t: String!) { tokenize(text: $t) { tokens { ${'a'.repeat(200)}: start } } }`, {
          t: 'a '.repeat(400_000),
        }),
      ),
  ],
  [
    'all tokens of 1 MB',
    async (url) =>
      bounded(
        await ask(url, 'query ($t: String!) { tokenize(text: $t) { tokens { start } } }', { t: 'a '.repeat(450_000) }),
      ),
  ],
  [
    'all lists of 600 kB of letters without spaces',
    async (url) =>
      bounded(
        await ask(
          url,
          'query ($t: String!) { tokenize(text: $t) { ids pieces starts ends attentionMask typeIds tokens { id text start end } } }',
          {
            t: 'é,'.repeat(300_000),
          },
        ),
      ),
  ],
  [
    'all sentences of 1 MB',
    async (url) =>
      bounded(
        await ask(url, 'query ($t: String!) { document(text: $t) { sentences { start end text } } }', {
          t: 'A b. '.repeat(200_000),
        }),
      ),
    { long: true },
  ],
  [
    'as many sentences as a result may have',
    async (url) =>
      bounded(
        await ask(url, 'query ($t: String!) { document(text: $t) { sentences { start end text } } }', {
          t: 'A b. '.repeat(98_000),
        }),
      ),
    { long: true },
  ],
  [
    'a sentiment for each of 1,000 texts, with everything, 10 times',
    async (url) =>
      bounded(
        await ask(
          url,
          `query ($t: [String!]!) { ${aliases(10, 'sentiments(texts: $t) { ... on SentimentResult { text label confidence probabilities { label probability } model { id labels description } timing { queueMs } } }')} }`,
          { t: Array.from({ length: 1000 }, () => 'Good.') },
        ),
      ),
    { long: true },
  ],
]);

const halfBody = (/** @type {number} */ bytes, /** @type {number} */ length, host = 'localhost') =>
  Buffer.concat([
    Buffer.from(
      `POST /graphql HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n{"query":"`,
    ),
    Buffer.alloc(bytes - 10, 'x'),
  ]);

/** Opens connections, waits, and says how many are left. @param {number} count @param {Buffer | string} bytes @param {number} waitMs */
const flood = (count, bytes, waitMs) => async (/** @type {string} */ url) => {
  const sockets = await open(url, count, bytes);
  await until(() => sockets.kept() === 0, waitMs);
  const kept = sockets.kept();
  const others = await ask(url, '{ __typename }', undefined, { authorization: `Bearer ${KEY}` });
  sockets.close();
  const served = others.body.includes('"Query"');
  return { came: `${kept} of ${count} kept, others ${served ? 'served' : 'refused'}`, bytes: 0, good: served };
};

const beforeKnown = of('before anybody is known', [
  ['250 half-sent bodies of 8 MiB', flood(250, halfBody(8 * MIB - 10, 8 * MIB), 3000), { settings: KEYS, long: true }],
  [
    '250 half-sent bodies and 1,000 idle connections together',
    async (url) => {
      const idle = await open(url, 1000, '');
      const outcome = await flood(250, halfBody(8 * MIB - 10, 8 * MIB), 3000)(url);
      const keptIdle = idle.kept();
      idle.close();
      return { ...outcome, came: `${outcome.came}, ${keptIdle} idle` };
    },
    { settings: KEYS, long: true },
  ],
  ['50 half-sent bodies of 1 MiB', flood(50, halfBody(MIB - 10, MIB), 2000), { settings: KEYS }],
  ['1,000 idle connections', flood(1000, '', 1000), { settings: KEYS }],
  [
    '200 connections with half of a header',
    flood(200, 'POST /graphql HTTP/1.1\r\nhost: local', 1000),
    { settings: KEYS },
  ],
  [
    '20 whole bodies of 8 MB',
    async (url) => {
      const body = JSON.stringify({ query: '{ __typename }', variables: { x: 'y'.repeat(8_000_000) } });
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(url, body)));
      const others = await ask(url, '{ __typename }', undefined, { authorization: `Bearer ${KEY}` });
      const good = answers.every(({ status }) => status === 401) && others.status === 200;
      return { came: `${answers.filter(({ status }) => status === 401).length} × 401`, bytes: 0, good };
    },
    { settings: KEYS },
  ],
]);

/** Of clients that may come in, as much is kept as `MAX_HELD_BYTES` says. */
const half = of('half-sent bodies of clients', [
  ['60 of 4 MiB', flood(60, halfBody(4 * MIB - 10, 4 * MIB), 2000)],
  ['300 of 1 MiB', flood(300, halfBody(MIB - 10, MIB), 2000), { long: true }],
  ['300 of 60 kB', flood(300, halfBody(60_000, MIB), 2000), { long: true }],
]);

const sockets = of('WebSocket', [
  [
    '10 × connection_init of 8 MB',
    async (url) => {
      const payload = `{"type":"connection_init","payload":{"a":[${'[],'.repeat(2_600_000)}[]]}}`;
      const codes = await Promise.all(
        Array.from({ length: 10 }, async () => {
          const { socket, seen } = await dial(url);
          socket.send(payload);
          await until(() => seen.code !== undefined);
          socket.terminate();
          return seen.code;
        }),
      );
      return {
        came: `closed with ${[...new Set(codes)].join(', ')}`,
        bytes: 0,
        good: codes.every((code) => code === 1009 || code === 1006),
      };
    },
  ],
  [
    'connection_init of 1 MB in parts',
    async (url) => {
      const { socket, seen } = await dial(url);
      socket.send('{"type":"connection_init","payload":{"a":"', { fin: false });
      for (let part = 0; part < 100 && seen.code === undefined; part++) {
        socket.send('x'.repeat(10_000), { fin: false });
        await until(() => seen.code !== undefined, 20);
      }
      socket.terminate();
      return { came: `closed with ${seen.code}`, bytes: 0, good: seen.code === 1009 };
    },
  ],
  [
    '20 subscriptions with an undeclared variable of 4 MB',
    async (url) => {
      const { socket, seen } = await dial(url);
      socket.send('{"type":"connection_init"}');
      await until(() => seen.text.includes('connection_ack'));
      const variables = { text: 'Anna lives in Berlin. '.repeat(500), other: 'y'.repeat(4_000_000) };
      const query = 'subscription ($text: String!) { analyze(text: $text) { __typename } }';
      for (let id = 0; id < 20; id++) {
        socket.send(JSON.stringify({ id: `${id}`, type: 'subscribe', payload: { query, variables } }));
        await until(() => socket.bufferedAmount === 0);
      }
      await until(() => (seen.text.match(/"complete"/g)?.length ?? 0) === 20 || seen.code !== undefined, 20_000);
      const completed = seen.text.match(/"complete"/g)?.length ?? 0;
      socket.terminate();
      return { came: `${completed} answered`, bytes: seen.bytes, good: completed === 20 || seen.code === 1013 };
    },
  ],
  [
    '300 sockets that say nothing',
    async (url) => {
      const all = await Promise.all(Array.from({ length: 300 }, () => dial(url)));
      const refusedSockets = all.filter(({ seen }) => seen.status === 429).length;
      for (const { socket } of all) socket.terminate();
      return { came: `${refusedSockets} refused`, bytes: 0, good: refusedSockets === 200 };
    },
  ],
]);

const DOCUMENT = 'query ($t: String!) { document(text: $t) { sentences { start } entities { start } } }';
const COUNT = 'query ($t: String!) { document(text: $t) { coverage { chunkCount } sentences { start } } }';
/** @type {readonly [string, string][]} */
const UNUSUAL = [
  ['full stops with marks', '.\u0301'],
  ['opening brackets', '['],
  ['letters with commas', 'é,'],
  ['bullets', '• '],
  ['numbered lines', '1.\n'],
  ['line separators', 'a\u2028'],
  ['quotes', '"'],
  ['capitals with full stops', 'A.'],
];

const refusing = of('refusing is cheap', [
  ...UNUSUAL.map(
    ([name, unit]) =>
      /** @type {[string, Attack['run'], Partial<Attack>]} */ ([
        `1 MB of ${name}`,
        async (url) => calm(await ask(url, DOCUMENT, { t: unit.repeat(Math.floor(1_000_000 / unit.length)) })),
        { long: name === 'line separators' || name === 'bullets' || name === 'numbered lines' },
      ]),
  ),
  ...UNUSUAL.slice(3, 6).map(
    ([name, unit]) =>
      /** @type {[string, Attack['run'], Partial<Attack>]} */ ([
        `sentences of 2 MB of ${name}`,
        async (url) => calm(await ask(url, COUNT, { t: unit.repeat(Math.floor(1_900_000 / unit.length)) })),
        { long: true },
      ]),
  ),
  ['a text over the limit', async (url) => refused(await ask(url, DOCUMENT, { t: 'Anna '.repeat(400_001) }))],
  [
    '6 MB of deep JSON',
    async (url) =>
      refused(
        await send(
          url,
          `{"query":"{ __typename }","variables":{"a":${'['.repeat(3_000_000)}${']'.repeat(3_000_000)}}}`,
        ),
      ),
  ],
  ['6 MB of broken JSON', async (url) => refused(await send(url, `{"query":"${'x'.repeat(6_000_000)}`))],
  [
    '200 unknown fields of 20,000 letters',
    async (url) =>
      refused(
        await send(
          url,
          JSON.stringify({
            query: `{ ${Array.from({ length: 200 }, (_, index) => `f${index}${'x'.repeat(20_000)}`).join(' ')} }`,
          }),
        ),
      ),
  ],
  [
    '1,500 unknown fields of 190 letters',
    async (url) =>
      refused(
        await send(
          url,
          JSON.stringify({
            query: `{ ${Array.from({ length: 1500 }, (_, index) => `sentimen${index}${'t'.repeat(180)}`).join(' ')} }`,
          }),
        ),
      ),
  ],
  ['40 fragments that double', async (url) => refused(await ask(url, doubling(40)))],
  ['fields that double on 7 levels', async (url) => refused(await ask(url, doublingFields(7)))],
  ['a key 2,400 times', async (url) => refused(await ask(url, `{ models { ${'id '.repeat(2400)} } }`))],
  ['a key 160 times, with fields', async (url) => calm(await ask(url, `{ ${'models { id } '.repeat(160)} }`))],
  [
    '100 fragments with all fields of a model',
    async (url) => {
      const names = Array.from({ length: 100 }, (_, index) => `F${index}`);
      const fragments = names.map((name) => `fragment ${name} on Model { id task state bundled labels maxTokens }`);
      return calm(await ask(url, `{ models { ...${names.join(' ...')} } } ${fragments.join(' ')}`));
    },
  ],
  [
    '100 unknown arguments',
    async (url) =>
      refused(
        await send(
          url,
          JSON.stringify({ query: `{ ${aliases(99, `sentiment(text: "a", ${'modell'.repeat(30)}: 1) { label }`)} }` }),
        ),
      ),
  ],
  [
    'a model of 100,000 letters',
    async (url) => {
      const answer = await ask(
        url,
        '{ sentiment(text: "a", model: "MODEL") { label } }'.replace('MODEL', 'm'.repeat(100_000)),
      );
      return { ...refused(answer), good: answer.bytes < 2000 };
    },
  ],
  [
    '500,000 types',
    async (url) =>
      refused(
        await ask(url, 'query ($t: [String!]) { entities(text: "Anna", types: $t) { start } }', {
          t: Array.from({ length: 500_000 }, () => 'PER'),
        }),
      ),
  ],
  [
    '500,000 numbers for a text',
    async (url) =>
      refused(
        await ask(url, 'query ($t: String!) { sentiment(text: $t) { label } }', {
          t: Array.from({ length: 500_000 }, (_, index) => index),
        }),
      ),
  ],
  [
    'a text of 5 MB for a number',
    async (url) =>
      refused(
        await ask(url, 'query ($n: Int) { tokenize(text: "a", maxLength: $n) { ids } }', { n: 'x'.repeat(5_000_000) }),
      ),
  ],
]);

const rates = of('rate limits', [
  [
    'invalid documents are counted',
    async (url) => {
      const answers = [];
      for (let time = 0; time < 20; time++) answers.push(await ask(url, '{ nothing }'));
      const limited = answers.filter(({ body }) => body.includes('RATE_LIMITED')).length;
      return { came: `${limited} of 20 limited`, bytes: 0, good: limited >= 9 };
    },
    { settings: { REQUESTS_PER_MINUTE: '10' } },
  ],
  [
    'broken documents are counted',
    async (url) => {
      const answers = [];
      for (let time = 0; time < 20; time++) answers.push(await ask(url, `{ ${'{'.repeat(time)}`));
      const limited = answers.filter(({ body }) => body.includes('RATE_LIMITED')).length;
      return { came: `${limited} of 20 limited`, bytes: 0, good: limited >= 9 };
    },
    { settings: { REQUESTS_PER_MINUTE: '10', MAX_DEPTH: '11' } },
  ],
  [
    'over WebSocket, too',
    async (url) => {
      const answers = [];
      for (let time = 0; time < 20; time++) answers.push(await askSocket(url, '{ nothing }'));
      const limited = answers.filter(({ body }) => body.includes('RATE_LIMITED')).length;
      return { came: `${limited} of 20 limited`, bytes: 0, good: limited >= 9 };
    },
    { settings: { REQUESTS_PER_MINUTE: '9' } },
  ],
]);

const stops = of('SIGTERM', [
  [
    'with half-sent bodies',
    async (url, server) => {
      const sockets = await open(url, 5, halfBody(1000, 1_000_000));
      return server.stopWithin(3000, sockets.close);
    },
    { settings: { SHUTDOWN_TIMEOUT_MS: '10000', MAX_DEPTH: '14' } },
  ],
  [
    'with streams that nobody reads',
    async (url, server) => {
      const body = JSON.stringify({
        query: `subscription ($t: String!) { analyze(text: $t) { ... on ChunkAnalyzed { ${aliases(90, 'entities { id tokens { text piece } sentence { text } }')} } } }`,
        variables: { t: `${NAMES}met in Berlin. `.repeat(3000) },
      });
      const { socket } = await dial(url);
      socket.send('{"type":"connection_init"}');
      const request = `POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      const { connect } = await import('node:net');
      const { hostname, port } = new URL(url);
      const reader = connect(Number(port), hostname);
      reader.on('error', () => undefined).pause();
      reader.write(request);
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: JSON.parse(body) }));
      socket.pause();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return server.stopWithin(3000, () => {
        reader.destroy();
        socket.terminate();
      });
    },
    { settings: { SHUTDOWN_TIMEOUT_MS: '10000', MAX_DEPTH: '13' } },
  ],
  [
    'with idle connections of every kind',
    async (url, server) => {
      const idle = await open(url, 50, '');
      const { socket } = await dial(url);
      const half = await open(url, 5, 'POST /gr');
      return server.stopWithin(3000, () => {
        idle.close();
        half.close();
        socket.terminate();
      });
    },
    { settings: { SHUTDOWN_TIMEOUT_MS: '10000', MAX_DEPTH: '12' } },
  ],
]);

/** @param {string} text @param {RegExp} wanted @param {RegExp} [unwanted] @returns {Outcome} */
function says(text, wanted, unwanted = /node_modules|at \w+ \(/) {
  const line = text.split('\r\n')[0]?.slice(0, 60) ?? '';
  return { came: line, bytes: text.length, good: wanted.test(text) && !unwanted.test(text) };
}
const get = (/** @type {string} */ host, target = '/health') =>
  `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
const upgrade = (/** @type {string} */ host, target = '/graphql') =>
  `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\norigin: http://${host}\r\n\r\n`;

const seeing = of('who may see what', [
  [
    'another name for a loopback address',
    async (url) => says(await raw(url, get('evil.example:4000', '/graphql?query={__typename}')), /^HTTP\/1\.1 403/),
  ],
  ['the same over WebSocket', async (url) => says(await raw(url, upgrade('evil.example')), /^HTTP\/1\.1 403/)],
  [
    'the same in absolute form',
    async (url) =>
      says(await raw(url, get('localhost', 'http://evil.example/graphql?query={__typename}')), /^HTTP\/1\.1 403/),
  ],
  [
    'a name that begins like a loopback one',
    async (url) => says(await raw(url, get('localhost.evil.example')), /^HTTP\/1\.1 403/),
  ],
  ['a Host that is none', async (url) => says(await raw(url, get('a b')), /^HTTP\/1\.1 400/)],
  ['a Host that is no address', async (url) => says(await raw(url, get('[::1')), /^HTTP\/1\.1 400/)],
  ['a Host with a port that is none', async (url) => says(await raw(url, get('x:99999')), /^HTTP\/1\.1 400/)],
  [
    'h2c',
    async (url) =>
      says(
        await raw(
          url,
          'GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n',
          1000,
        ),
        /^HTTP\/1\.1 200/,
      ),
  ],
  [
    'broken JSON with a secret',
    async (url) => {
      const { body, bytes, status } = await send(url, '{"query": "Herr Geheim');
      return { came: `${status}`, bytes, good: status === 400 && !body.includes('Geheim') };
    },
  ],
  [
    'variables with a secret by GET',
    async (url) => {
      const { body, bytes, status } = await send(`${url}?query={__typename}&variables=Herr%20Geheim`, '', {}, 'GET');
      return {
        came: `${status}`,
        bytes,
        good: status === 400 && body.includes('BAD_ARGUMENT') && !body.includes('Geheim'),
      };
    },
  ],
  [
    'suggestions without introspection',
    async (url) => {
      const queries = [
        '{ sentimen(text: "a") { label } }',
        '{ sentiment(txt: "a") { label } }',
        '{ sentiment(text: "a") { labl } }',
        '{ entities(text: "a", aggregation: FRIST) { start } }',
        '{ ... on Quer { __typename } }',
      ];
      const answers = await Promise.all(queries.map((query) => ask(url, query)));
      const inVariable = await ask(url, 'query ($a: Aggregation!) { entities(text: "a", aggregation: $a) { start } }', {
        a: 'FRIST',
      });
      const told = [...answers, inVariable].filter(({ body }) => /did you mean/i.test(body)).length;
      return { came: `${told} suggestions`, bytes: 0, good: told === 0 };
    },
    { settings: { INTROSPECTION: 'false' } },
  ],
  [
    'a model loaded without the right',
    async (url) => {
      const answer = await ask(url, 'mutation { loadModel(id: "bertql/sst2-minilm") { id } }', undefined, {
        authorization: `Bearer ${KEY}`,
      });
      return { ...refused(answer), good: answer.body.includes('FORBIDDEN') };
    },
    { settings: KEYS },
  ],
]);

/** All attacks. */
export const attacks = [
  ...giantAnswers,
  ...beforeKnown,
  ...half,
  ...sockets,
  ...refusing,
  ...rates,
  ...seeing,
  ...stops,
];
