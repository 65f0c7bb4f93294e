import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../service.ts';
import { COMMAND, type Ending, runCommand, startCommand } from './command.ts';

const STORY = fileURLToPath(new URL('../texts/scandal-in-bohemia.txt', import.meta.url));
const story = readFileSync(STORY, 'utf8');
const opening = story.slice(0, 3000);
const KEY = 'a-key-for-this-test-alone';

const service = { url: '' };
let close: () => Promise<void>;
beforeAll(async () => {
  const hash = createHash('sha256').update(KEY).digest('hex');
  const server = await startServer({ WORKERS: '1', API_KEYS: `test:${hash}` });
  service.url = (await server.listen()).replace('/graphql', '');
  close = () => server.close();
});
afterAll(() => close());

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly input?: string | Uint8Array;
  readonly code?: number;
  readonly stdout?: string | RegExp;
  readonly stderr?: string | RegExp;
}

const CASES: readonly Case[] = [
  {
    what: 'tokenize prints padded tokens as JSON',
    args: ['tokenize', '--max-length', '8', '--pad', '--json', 'I love machine learning!'],
    stdout: /"ids":\[101,1045,2293,3698,4083,999,102,0\],"attentionMask":\[1,1,1,1,1,1,1,0\]/,
  },
  {
    what: 'tokenize prints the ids of each line',
    args: ['tokenize', '--ids', '--lines', '--no-special'],
    input: 'I love\r\n\n   \nlearning',
    stdout: '1045 2293\n4083\n',
  },
  {
    what: 'tokenize counts the places of several texts in code points',
    args: ['tokenize', '--offsets', 'code-point', '😀 a', '-'],
    input: '\ufeffwith a \u001b[31mmark',
    stdout: /2–3 {2}a\n(.*\n)*standard input\n/,
  },
  {
    what: 'sentiment scores two texts and standard input',
    args: ['sentiment', '--all', 'I absolutely love this product! Would buy again.', 'Not\n\u001b]0;bad\u0007', '-'],
    input: 'Meh.',
    stdout:
      /^POSITIVE {3}97\.37% {2}I absolutely love this product! Would buy again\.\n {2}NEGATIVE {4}2\.63% {2}▇\n(.*\n)*.*Not ␛\]0;bad␇\n/,
  },
  {
    what: 'sentiment scores lines, and reports those that cannot be used',
    args: ['sentiment', '--lines', '--json'],
    input: Buffer.concat([Buffer.from('fine\n\u0001\n'), Buffer.from([0xff]), Buffer.from('\nbad')]),
    code: 1,
    stdout:
      /^\{"source":"standard input:1","label":"POSITIVE","readable":true,"confidence".*\n\{"source":"standard input:2","code":"EMPTY_TEXT".*\n\{"source":"standard input:3","code":"UNREADABLE".*\n\{"source":"standard input:4","label":"NEGATIVE".*\n$/,
    stderr: /^bertql: standard input:2: The text has nothing to read.*\nbertql: standard input:3: it is not UTF-8.*\n$/,
  },
  {
    what: 'sentiment calls a text mixed if its sentences lean to both sides',
    args: ['sentiment', '--all', 'I loved the food. The service was awful.'],
    stdout:
      /^mixed {14}I loved the food\. The service was awful\.\n {2}NEGATIVE +\d\d\.\d\d% {2}▇+\n {2}POSITIVE .*\n$/,
  },
  {
    what: 'sentiment calls a text neutral if its labels are about equally likely',
    args: ['sentiment', 'The acting was wooden, yet the story kept me hooked to the very end.'],
    stdout: 'neutral            The acting was wooden, yet the story kept me hooked to the very end.\n',
  },
  {
    what: 'sentiment calls emoji alone not readable',
    args: ['sentiment', '--all', '😀😀', '🎉'],
    stdout: 'nothing readable   😀😀\nnothing readable   🎉\n',
  },
  {
    what: 'sentiment says in JSON that emoji alone are not readable',
    args: ['sentiment', '--json', '😀😀'],
    stdout: /^\{"index":0,"label":"[A-Z]+","readable":false,"confidence":0\.\d+,"probabilities":.*\n$/,
  },
  {
    what: 'sentiment cuts a long text where the model ends, and says so',
    args: ['sentiment', '--long-text', 'truncate', '--file', STORY],
    stdout: /\(512 of [\d]+ tokens\)\n$/,
  },
  {
    what: 'entities finds the chosen types, and counts places in bytes',
    args: ['entities', '--types', 'LOC,PER', '--offsets', 'utf8', '😀 Angela Merkel went to Kraków by train.'],
    stdout: 'PER  98.91%   5–18  Angela Merkel\nLOC  98.60%  27–34  Kraków\n',
  },
  {
    what: 'entities prints an empty list if there are none',
    args: ['entities', '--json', 'nothing here'],
    stdout: '{"index":0,"entities":[]}\n',
  },
  {
    what: 'analyze prints a text with its names in brackets, and its totals',
    args: ['analyze'],
    input: opening,
    stdout:
      /felt\nany emotion akin to love for \[Irene Adler PER\]\. All(.*\n)*12 names in 16 places; sentiment of the whole text: POSITIVE \(\d\d\.\d\d%\)\n$/,
  },
  {
    what: 'analyze prints its events as JSON',
    args: ['analyze', '--json', '--min-confidence', '0.9'],
    input: opening,
    stdout:
      /^\{"source":"standard input","event":"ChunkAnalyzed","sequence":0,.*\n(.*\n)*.*"event":"AnalysisCompleted".*\n$/,
  },
  { what: 'demo prints the names of the tutorial', args: ['demo'], stdout: /- Tim Cook \(PER, 0\.98\d\d\)\n/ },
  {
    what: 'entities refuses an unknown model',
    args: ['entities', '--model', 'nobody/nothing', 'text'],
    code: 1,
    stdout: '',
    stderr: /^bertql: There is no model "nobody\/nothing"\..*\n$/,
  },
  {
    what: 'analyze refuses a model of another task',
    args: ['analyze', '--model', 'bertql/sst2-minilm', 'text'],
    code: 1,
    stderr: /^bertql: model: "bertql\/sst2-minilm" is for SENTIMENT.*\n$/,
  },
  {
    what: 'analyze refuses a type that the model does not have',
    args: ['analyze', '--types', 'NOBODY', 'text'],
    code: 1,
    stderr: /^bertql: types: .*NOBODY.*\n$/,
  },
];

describe.each(CASES)('$what', ({ args, input, code = 0, stdout, stderr = '' }) => {
  const check = (ending: Ending) => {
    expect(ending).toMatchObject({ code, signal: null });
    if (stdout !== undefined) expect(ending.stdout).toMatch(stdout instanceof RegExp ? stdout : exactly(stdout));
    expect(ending.stderr).toMatch(stderr instanceof RegExp ? stderr : exactly(stderr));
  };

  it('in this process, over HTTP and SSE, and over WebSocket alike', async () => {
    const [local, http, socket] = await Promise.all([
      runCommand(args, input),
      runCommand([...args, '--server', service.url], input, { BERTQL_API_KEY: KEY }),
      runCommand(args, input, { BERTQL_SERVER: service.url.replace('http', 'ws'), BERTQL_API_KEY: KEY }),
    ]);
    check(local);
    expect(http).toEqual(local);
    expect(socket).toEqual(local);
  });
});

/** Starts a server that answers every request with the same body. */
async function startAnswering(type: string, body: string) {
  const counted = { url: '', requests: 0 };
  const server = createServer((_, response) => {
    counted.requests++;
    response.setHeader('content-type', type).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address === 'object') counted.url = `http://127.0.0.1:${address?.port}`;
  return counted;
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

describe('a command', () => {
  it.each([
    {
      args: ['sentiment', '--server', 'http://127.0.0.1:9', 'a'],
      message: /127\.0\.0\.1:9.* cannot be reached.*bertql serve/,
    },
    { args: ['analyze', '--server', 'ws://127.0.0.1:9', 'a'], message: /127\.0\.0\.1:9.* cannot be reached/ },
    {
      args: ['sentiment', '--server', 'localhost:4000', 'a'],
      message: /must be a URL such as http:\/\/localhost:4000/,
    },
    { args: ['sentiment', '--file', 'nowhere.txt'], message: /^bertql: nowhere\.txt: it cannot be read: ENOENT/ },
  ])('says in one line why it fails: $args', async ({ args, message }) => {
    const ending = await runCommand(args);
    expect(ending).toMatchObject({ code: 1, stdout: '' });
    expect(ending.stderr).toMatch(message);
    expect(ending.stderr.trimEnd()).not.toContain('\n');
  });

  it.each([
    ['query', 'sentiment', 'http'],
    ['stream', 'analyze', 'http'],
    ['stream', 'analyze', 'ws'],
  ])('is refused with a wrong key by a %s: %s over %s', async (_kind, command, scheme) => {
    const server = service.url.replace('http', scheme);
    const ending = await runCommand([command, '--server', server, 'a'], '', { BERTQL_API_KEY: 'wrong' });
    expect(ending).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^bertql: .*key or token.*\n$/),
    });
  });

  it.each([
    { args: ['tokenize', '--max-length', '0', 'a'], message: /It must be a whole number of at least 1/ },
    { args: ['entities', '--min-confidence', '2', 'a'], message: /It must be a number from 0 to 1/ },
    { args: ['entities', '--offsets', 'bytes', 'a'], message: /Allowed choices are utf16, code-point, utf8/ },
    { args: ['serve', '--port', '70000'], message: /It must be a whole number from 0 to 65535/ },
    { args: ['sentimnt', 'a'], message: /unknown command 'sentimnt' \(Did you mean sentiment\?\)/ },
  ])('ends with 2 if it is called wrongly: $args', async ({ args, message }) => {
    const ending = await runCommand(args);
    expect(ending).toMatchObject({ code: 2, stdout: '' });
    expect(ending.stderr).toMatch(message);
  });

  it('prints names in colour if FORCE_COLOR is set, and in brackets otherwise', async () => {
    const args = ['analyze', 'Angela Merkel went to Paris.'];
    const [coloured, both, none] = await Promise.all([
      runCommand(args, '', { FORCE_COLOR: '1' }),
      runCommand(args, '', { FORCE_COLOR: '1', NO_COLOR: '1' }),
      runCommand(args, '', { NO_COLOR: '1' }),
    ]);
    expect(coloured.stdout).toContain(
      '\u001b[30m\u001b[46mAngela Merkel \u001b[1mPER\u001b[22m\u001b[49m\u001b[39m went to ',
    );
    expect(both.stdout).toBe(coloured.stdout);
    expect(none.stdout).toMatch(/^\[Angela Merkel PER\] went to \[Paris LOC\]\.\n/);
  });

  it('answers each line as soon as it comes, and ends with 130 on SIGINT', async () => {
    const { child, ended } = startCommand(['sentiment', '--lines']);
    child.stdin.write('lovely\n');
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      code: 130,
      signal: null,
      stdout: expect.stringMatching(/^POSITIVE/),
      stderr: '',
    });
  });

  it.each(['http', 'ws'])('resumes after its last event if the server is replaced, over %s', async (scheme) => {
    const first = await startServer({ WORKERS: '1' });
    const url = new URL(await first.listen());
    const args = ['analyze', '--json'];
    const text = story.slice(0, 20_000);
    const { child, ended } = startCommand([...args, '--server', `${scheme}://${url.host}`]);
    child.stdin.end(text);
    await once(child.stdout, 'data');
    await first.close();
    const second = await startServer({ WORKERS: '1', PORT: url.port });
    await second.listen();
    const [there, here] = await Promise.all([ended, runCommand(args, text)]);
    await second.close();
    expect(there).toEqual(here);
  });

  it('does not retry a stream that fails before its first event', async () => {
    const failed = {
      __typename: 'AnalysisFailed',
      sequence: 0,
      cursor: 'c',
      code: 'OVERLOADED',
      message: 'It is busy.',
    };
    const server = await startAnswering(
      'text/event-stream',
      `event: next\ndata: ${JSON.stringify({ data: { analyze: failed } })}\n\nevent: complete\ndata:\n\n`,
    );
    const ending = await runCommand(['analyze', '--server', server.url, 'a']);
    expect({ ...ending, requests: server.requests }).toMatchObject({
      code: 1,
      stderr: 'bertql: It is busy.\n',
      requests: 1,
    });
  });

  it('asks a busy server four times more, and then fails', async () => {
    const error = { message: 'It is busy.', extensions: { code: 'OVERLOADED', retryAfterMs: 1 } };
    const server = await startAnswering('application/json', JSON.stringify({ errors: [error] }));
    const ending = await runCommand(['sentiment', '--server', server.url, 'a']);
    expect({ ...ending, requests: server.requests }).toMatchObject({
      code: 1,
      stderr: 'bertql: It is busy.\n',
      requests: 5,
    });
  });

  it('says that a server of something else answers no GraphQL', async () => {
    const server = await startAnswering('text/html', '<!doctype html>');
    const { stderr } = await runCommand(['sentiment', '--server', server.url, 'a']);
    expect(stderr).toMatch(
      /^bertql: http:.*: The server answers 200 and no GraphQL\. Is a server running there\?.*\n$/,
    );
  });

  it('ends quietly if nobody reads the result', async () => {
    const { child, ended } = startCommand(['analyze', '--json', '--file', STORY]);
    child.stdin.end();
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('fails and says so if the result cannot be written', async () => {
    const line = `'${process.execPath}' '${COMMAND}' sentiment good >/dev/full`;
    const failure = await promisify(execFile)('sh', ['-c', line]).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^bertql: the result cannot be written: ENOSPC/),
    });
  });

  it('prints no warning while many texts are in progress', async () => {
    const { code, stdout, stderr } = await runCommand(['sentiment', '--lines'], 'good\n'.repeat(24));
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({ code: 0, stderr: '', lines: 25 });
  });

  it('lets no text change the direction of a terminal or move its cursor', async () => {
    for (const flags of [[], ['--json']]) {
      const { stdout } = await runCommand(['entities', ...flags, 'Paul \u202eSimon\u009b2J sang in Oslo.']);
      expect(stdout).toContain('Oslo');
      expect(stdout).not.toMatch(/[\u202e\u009b]/);
    }
  });

  it('serves, and ends with 0 on SIGTERM', async () => {
    const { child, ended } = startCommand(['serve', '--port', '0', '--workers', '1'], { LOG_FORMAT: 'json' });
    for await (const data of child.stdout) {
      const url = /is ready: ([^\s"]+)/.exec(String(data))?.[1];
      if (url) expect((await fetch(url.replace('/graphql', '/ready'))).status).toBe(200);
      if (url) child.kill('SIGTERM');
    }
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });
});
