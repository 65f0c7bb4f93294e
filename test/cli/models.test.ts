import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NER, SENTIMENT, useHub, WEIGHTS } from '../models/hub-setting.ts';
import { runCommand, startCommand } from './command.ts';

describe('bertql models', () => {
  const setting = useHub({ freshHome: true });
  const bertql = (args: string, more: Readonly<Record<string, string>> = {}) =>
    runCommand(args.split(' '), '', { ...setting.variables, ...more });

  it('lists, downloads, checks, mends and removes models', async () => {
    const before = await bertql('models list');
    expect(before.stdout).toMatch(/\* bertql\/sst2-minilm .*SENTIMENT .*bundled .*q8 .*23\.8 MB .*Apache-2\.0/);
    expect(before.stdout).toMatch(/ {2}dslim\/bert-base-NER .*NER .*on the hub/);

    const pulled = await bertql(`models pull ${NER}`);
    expect(pulled).toMatchObject({ code: 0 });
    expect(pulled.stdout).toMatch(/^dslim\/bert-base-NER is fetched: 268\.4 kB in .*snapshots.*\n$/);
    expect((await bertql(`models pull ${NER}`)).stdout).toMatch(/is already fetched, and intact/);
    expect((await bertql('models list')).stdout).toMatch(/dslim\/bert-base-NER .*fetched/);
    expect(await bertql('models verify')).toMatchObject({ code: 0, stdout: `${NER}: intact\n` });

    const blobs = join(setting.home, 'hub', 'models--dslim--bert-base-NER', 'blobs');
    const [blob = ''] = (await readdir(blobs)).filter((name) => name.length === 64);
    await writeFile(join(blobs, blob), 'damaged');
    const damaged = await bertql(`models verify ${NER}`);
    expect(damaged.code).toBe(1);
    expect(damaged.stdout).toBe(`${NER}: damaged: ${WEIGHTS}\n`);
    expect((await bertql(`models pull ${NER}`)).stdout).toMatch(/damaged, so fetched again.*\n.*is fetched/);
    expect((await bertql('models verify')).code).toBe(0);

    expect((await bertql(`models remove ${NER}`)).stdout).toMatch(/is removed, which frees 268\.4 kB/);
    expect((await bertql(`models remove ${NER}`)).stdout).toBe(`${NER} is not fetched.\n`);
    expect(await bertql(`models verify ${NER}`)).toMatchObject({ code: 1, stderr: /is not fetched\. Fetch it/ });
    // Eleven commands, of which each starts a process.
  }, 120_000);

  it('prints the list as JSON for programs', async () => {
    const models = JSON.parse((await bertql('models list --json')).stdout) as readonly { id: string; place: string }[];
    expect(models.find(({ id }) => id === SENTIMENT)).toMatchObject({ place: 'on the hub', task: 'SENTIMENT' });
  });

  it('resumes a download that was killed, and the model is intact then', async () => {
    setting.hub.intercept = ({ path }, response, content) => {
      if (!path.startsWith('/storage/')) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, content.length >> 1));
      return true;
    };
    const { child, ended } = startCommand(['models', 'pull', NER], setting.variables);
    const blobs = join(setting.home, 'hub', 'models--dslim--bert-base-NER', 'blobs');
    // The small files have a shorter hash.
    const parts = async () =>
      (await readdir(blobs).catch(() => [])).filter((name) => /^\w{64}\.incomplete$/.test(name));
    await expect.poll(parts, { timeout: 20_000 }).toHaveLength(1);
    child.kill('SIGKILL');
    expect((await ended).signal).toBe('SIGKILL');
    expect((await bertql('models verify')).stdout).toBe('');

    setting.hub.reset();
    const again = await bertql(`models pull ${NER}`);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(setting.hub.count('config.json')).toBe(0);
    expect(setting.hub.requests.some(({ range }) => range?.startsWith('bytes='))).toBe(true);
    expect(await bertql('models verify')).toMatchObject({ code: 0, stdout: `${NER}: intact\n` });
    expect(await parts()).toEqual([]);
    const read = await runCommand(['entities', '--model', NER, 'Tim Cook runs Apple.'], '', {
      ...setting.variables,
      HF_HUB_OFFLINE: '1',
    });
    expect(read).toMatchObject({ code: 0, stderr: '' });
  });

  it('ends with 130 if SIGINT interrupts a download, and keeps the part', async () => {
    setting.hub.intercept = ({ path }, response, content) => {
      if (!path.startsWith('/storage/')) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, content.length >> 1), () => child.kill('SIGINT'));
      return true;
    };
    const { child, ended } = startCommand(['models', 'pull', NER], setting.variables);
    expect(await ended).toMatchObject({ code: 130, stderr: '' });
  });

  it.each<{ args: string; variables?: Record<string, string>; code: number; stderr: RegExp }>([
    { args: 'models pull none', code: 1, stderr: /^bertql: There is no model "none"\. Models: .*\n$/ },
    { args: 'models pull bertql/sst2-minilm', code: 1, stderr: /is not on the hub: it comes with bertql\.\n$/ },
    { args: 'models pull', code: 2, stderr: /missing required argument/ },
    { args: `models pull ${NER}`, variables: { HF_HUB_OFFLINE: '1' }, code: 1, stderr: /HF_HUB_OFFLINE forbids/ },
    {
      args: 'models list',
      variables: { MODELS_CONFIG: '[{"id":"x"}]' },
      code: 1,
      stderr: /^bertql: MODELS_CONFIG: \[0\] must have a task/,
    },
    {
      args: `models pull ${NER}`,
      variables: { MODELS_CONFIG: `[{"id":"${NER}","dtype":"fp16"}]` },
      code: 1,
      stderr: /no onnx\/model_fp16\.onnx/,
    },
  ])('explains in one line why `$args` cannot be done', async ({ args, variables = {}, code, stderr }) => {
    const ending = await bertql(args, variables);
    expect(ending.stderr).toMatch(stderr);
    expect(ending.code).toBe(code);
  });
});

describe('bertql card', () => {
  const setting = useHub();
  const card = (...args: string[]) => runCommand(['card', ...args], '', setting.variables);

  it('says what a model is and measures it', async () => {
    const { code, stdout } = await card('bertql/conll-ner-minilm', '--seconds', '0.2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/labels +O, B-MISC/);
    expect(stdout).toMatch(/CoNLL-2003 test, entity F1 +89\.3/);
    expect(stdout).toMatch(/a sentence, \d\d tokens +[\d.]+ ms +[\d,]+ +[\d,]+\n/);
    expect(stdout).toMatch(/memory of the process: [\d.]+ MB without the model/);
  });

  it('prints JSON for programs, and downloads a model of the hub first', async () => {
    const { stdout } = await card(SENTIMENT, '--json', '--seconds', '0.1');
    const printed = JSON.parse(stdout) as Record<string, unknown>;
    expect(printed).toMatchObject({ id: SENTIMENT, license: 'Apache-2.0', dtype: 'q8', sizeBytes: 211_835 });
    expect(printed['speeds']).toHaveLength(2);
    expect(setting.hub.count(WEIGHTS)).toBe(1);
  });

  it('says how long the vectors of an EMBEDDING model are, and measures it', async () => {
    const { stdout } = await card('bertql/all-minilm-l6-v2', '--json', '--seconds', '0.1');
    const printed = JSON.parse(stdout) as Record<string, unknown>;
    expect(printed).toMatchObject({ task: 'EMBEDDING', dimensions: 384, labels: [] });
    expect(printed['scores']).toContainEqual(expect.objectContaining({ set: expect.stringContaining('STS-B') }));
    const speeds = printed['speeds'] as readonly Record<string, number>[];
    expect(speeds).toHaveLength(2);
    for (const { aloneMs, textsPerSecond, tokensPerText } of speeds) {
      expect(aloneMs).toBeGreaterThan(0);
      expect(textsPerSecond).toBeGreaterThan(0);
      expect(tokensPerText).toBeGreaterThan(20);
    }
  });

  it('measures nothing of a tokenizer without a model', async () => {
    expect((await card('bert-base-uncased')).stdout).not.toContain('measured');
  });
});
