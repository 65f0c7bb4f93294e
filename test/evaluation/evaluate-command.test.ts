import { on } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Ending, runCommand, startCommand } from '../cli/command.ts';

const NAMES = fileURLToPath(new URL('data/names.conll', import.meta.url));
const REVIEWS = fileURLToPath(new URL('data/reviews.tsv', import.meta.url));

/** Runs `bertql evaluate` to its end. */
function evaluate(
  args: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Ending> {
  return runCommand(['evaluate', ...args], input, environment);
}

async function evaluateJson(args: readonly string[], input?: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await evaluate([...args, '--json'], input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

describe('bertql evaluate --task ner', () => {
  it('prints a table', async () => {
    const { code, stdout } = await evaluate(['--task', 'ner', NAMES]);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe(`${NAMES}: 12 sentences of 114 words in 3 documents`);
    expect(lines[1]).toMatch(/^bertql\/conll-ner-minilm, context sentence, \d+\.\d s$/);
    expect(lines[3]).toMatch(/^ +precision +recall +F1 +gold +found +correct$/);
    const share = String.raw` +\d{1,3}\.\d\d%`;
    for (const [type, gold] of [
      ['LOC', 9],
      ['MISC', 3],
      ['ORG', 7],
      ['PER', 5],
      ['overall', 24],
    ]) {
      expect(stdout).toMatch(new RegExp(`^${type}${share}${share}${share} +${gold} +\\d+ +\\d+$`, 'm'));
    }
    expect(stdout).toMatch(/^Words with the right tag: 9\d\.\d\d%$/m);
  });

  it.each(['sentence', 'document'])('prints JSON, in the context of a %s', async (context) => {
    const result = await evaluateJson(['--task', 'ner', '--context', context, '--batch', '2', NAMES]);
    expect(result).toMatchObject({ task: 'ner', file: NAMES, model: 'bertql/conll-ner-minilm', context, documents: 3 });
    expect(result).toMatchObject({ sentences: 12, words: 114, unknownTypes: [], overall: { gold: 24 } });
    // The names are plain ones: a model that finds fewer than most of them was not asked rightly.
    expect(result).toMatchObject({ overall: { f1: expect.toSatisfy((f1: number) => f1 > 0.8 && f1 <= 1) } });
  });

  it('reads standard input', async () => {
    const iob1 = readFileSync(NAMES, 'utf8').replaceAll(' B-', ' I-');
    const result = await evaluateJson(['--task', 'ner', '--model', 'bertql/conll-ner-minilm', '-'], iob1);
    const same = await evaluateJson(['--task', 'ner', NAMES]);
    expect(result).toEqual({ ...same, file: 'standard input', seconds: expect.any(Number) });
  });
});

describe('bertql evaluate --task sentiment', () => {
  it('prints tables', async () => {
    const { code, stdout } = await evaluate(['--task', 'sentiment', REVIEWS]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/reviews\.tsv: 12 texts\nbertql\/sst2-minilm, context sentence, /);
    expect(stdout).toMatch(/^accuracy +\d\d\.\d\d%\nlog loss +0\.\d{4}\ncalibration error \(15 bins\) +0\.\d{4}$/m);
    expect(stdout).toMatch(/^gold \\ predicted +NEGATIVE +POSITIVE\nNEGATIVE +\d +\d\nPOSITIVE +\d +\d$/m);
  });

  it.each(['sentence', 'document'])('prints JSON, in the context of a %s', async (context) => {
    const result = await evaluateJson(['--task', 'sentiment', '--context', context, REVIEWS]);
    expect(result).toMatchObject({ task: 'sentiment', file: REVIEWS, model: 'bertql/sst2-minilm', context });
    expect(result).toMatchObject({ texts: 12, truncated: 0, calibrationBins: 15, labels: ['NEGATIVE', 'POSITIVE'] });
    const [negative = [], positive = []] = result['confusion'] as number[][];
    expect([negative, positive].map(([first = 0, second = 0]) => first + second)).toEqual([6, 6]);
    expect(result['accuracy']).toBeCloseTo(((negative[0] ?? 0) + (positive[1] ?? 0)) / 12, 12);
    expect(result['accuracy']).toBeGreaterThan(0.6);
  });

  it('reads the layout of SST-2 from standard input', async () => {
    const result = await evaluateJson(['--task', 'sentiment', '-'], 'sentence\tlabel\na joy \t1\na mess \t0\n');
    expect(result).toMatchObject({
      file: 'standard input',
      texts: 2,
      accuracy: 1,
      confusion: [
        [1, 0],
        [0, 1],
      ],
    });
  });
});

describe('bertql evaluate with invalid arguments or data:', () => {
  const bad = 'Oslo B-LOC\nis O\n\nOslo LOC\n';

  it.each<{ what: string; args: string[]; input?: string; code: number; message: string | RegExp }>([
    {
      what: 'a bad line',
      args: ['--task', 'ner', '-'],
      input: bad,
      code: 1,
      message: /^bertql: standard input, line 4: .*it is "LOC"\.\n$/,
    },
    {
      what: 'a bad label',
      args: ['--task', 'sentiment', '-'],
      input: 'text\tlabel\na\t1\nb\t5\n',
      code: 1,
      message: /^bertql: standard input, line 3: the label must be .*\n$/,
    },
    {
      what: 'a text without anything to read',
      args: ['--task', 'sentiment', '-'],
      input: 'text\tlabel\n\u0001\t1\n',
      code: 1,
      message: /^bertql: standard input, line 2: The text has nothing to read.*\n$/,
    },
    {
      what: 'a missing file',
      args: ['--task', 'ner', 'nowhere.conll'],
      code: 1,
      message: /^bertql: nowhere\.conll: it cannot be read: ENOENT.*\n$/,
    },
    {
      what: 'an unknown model',
      args: ['--task', 'ner', '--model', 'nobody/nothing', NAMES],
      code: 1,
      message: /^bertql: There is no model "nobody\/nothing"\..*conll-ner-minilm.*\n$/,
    },
    {
      what: 'a model of another task',
      args: ['--task', 'ner', '--model', 'bertql/sst2-minilm', NAMES],
      code: 1,
      message: /^bertql: model: "bertql\/sst2-minilm" is for SENTIMENT.*\n$/,
    },
    {
      what: 'an unknown option',
      args: ['--task', 'ner', '--jso', NAMES],
      code: 2,
      message: "bertql: unknown option '--jso' (Did you mean --json?)\n",
    },
    { what: 'no task', args: [NAMES], code: 2, message: "bertql: required option '--task <task>' not specified\n" },
    {
      what: 'an unknown task',
      args: ['--task', 'pos', NAMES],
      code: 2,
      message: /^bertql: .*'pos' is invalid\. Allowed choices are ner, sentiment, similarity\.\n$/,
    },
    { what: 'no file', args: ['--task', 'ner'], code: 2, message: "bertql: missing required argument 'file'\n" },
    {
      what: 'a wrong number',
      args: ['--task', 'ner', '--batch', '0', NAMES],
      code: 2,
      message: /^bertql: .*'0' is invalid\. It must be a whole number from 1 to 1000\.\n$/,
    },
  ])('reports $what in one line', async ({ args, input, code, message }) => {
    const ending = await evaluate(args, input);
    expect(ending).toMatchObject({ code, stdout: '' });
    expect(ending.stderr).toMatch(message);
    expect(ending.stderr.trimEnd()).not.toContain('\n');
  });

  it.each<{ what: string; environment: Record<string, string>; message: RegExp }>([
    { what: 'setting', environment: { WORKERS: 'many' }, message: /^bertql: WORKERS must be a whole number.*\n$/ },
    {
      what: 'models folder',
      environment: { MODELS_DIR: '/nowhere' },
      message: /^bertql: \/nowhere\/\S+ (cannot be read: |is missing).*\n$/,
    },
    {
      what: 'queue',
      environment: { QUEUE_TOKENS: '20' },
      message: /^bertql: more text is under way .*--batch below 32.*\n$/,
    },
  ])('reports an invalid $what in one line', async ({ environment, message }) => {
    const { code, stderr } = await evaluate(['--task', 'ner', NAMES], '', environment);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('the bertql command', () => {
  it('has help with examples, and a version', async () => {
    const help = await evaluate(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toMatch(/Examples:\n {2}bertql evaluate --task ner /);
    const { child, ended } = startCommand(['--version']);
    child.stdin.end();
    expect(await ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('shows its help and fails without a subcommand', async () => {
    const { child, ended } = startCommand([]);
    child.stdin.end();
    expect(await ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: bertql /) });
  });

  it('ends by itself on SIGINT while it waits for its input', async () => {
    const { child, ended } = startCommand(['evaluate', '--task', 'ner', '-']);
    // More than a pipe holds: once all of it is written, the command is reading.
    await new Promise((resolve) => child.stdin.write('Oslo B-LOC\n'.repeat(100_000), resolve));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, signal: null, stdout: '', stderr: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends by itself on %s while inference runs', async (signal) => {
    const { child, ended } = startCommand(['evaluate', '--task', 'ner', '-']);
    // No two sentences are the same, since scores are remembered.
    const sentences = Array.from({ length: 60_000 }, (_, number) => `Train O\n${number} O\nleaves O\nOslo B-LOC\n`);
    child.stdin.end(sentences.join('\n'));
    for await (const [data] of on(child.stderr, 'data')) if (String(data).includes('tokens read')) break;
    child.kill(signal);
    const ending = await ended;
    expect(ending).toMatchObject({ code: signal === 'SIGINT' ? 130 : 143, signal: null, stdout: '' });
    expect(ending.stderr).toMatch(/[\d,]+ of 60,000 texts, [\d,]+ tokens read in \d s\n$/);
  });

  it('ends quietly if nobody reads the result', async () => {
    const { child, ended } = startCommand(['evaluate', '--task', 'sentiment', REVIEWS]);
    child.stdout.destroy();
    // A slow machine says how far it is.
    const progress = /^([\d,]+ of [\d,]+ texts, [\d,]+ tokens read in \d+ s\n)*$/;
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: expect.stringMatching(progress) });
  });
});
