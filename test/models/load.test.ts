import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  AnalysisDocument,
  EntitiesDocument,
  LoadModelDocument,
  ModelProgressDocument,
  ModelsDocument,
  SentimentDocument,
  StartAnalysisDocument,
  TokenizeDocument,
} from '../../src/client/graphql.ts';
import { STREAMING } from '../server/transports.ts';
import { startServer, useService } from '../service.ts';
import { NER, SENTIMENT, useHub, WEIGHTS } from './hub-setting.ts';

const TEXT = 'Tim Cook runs Apple from Cupertino.';

/** A promise that somebody else resolves. */
function signal() {
  let send = () => {};
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  return { send, sent };
}

describe('a model of the hub', () => {
  const setting = useHub();
  const service = useService(() => setting.variables);
  const stateOf = async (id: string) => {
    const { models } = await service.data(ModelsDocument);
    return models.find((model) => model.id === id);
  };

  test('is AVAILABLE before it is used, with what is known about it', async () => {
    expect(await stateOf(NER)).toMatchObject({
      state: 'AVAILABLE',
      bundled: false,
      maxTokens: 512,
      vocabularySize: 28_996,
      sizeBytes: null,
      license: 'MIT',
    });
    expect(setting.hub.requests).toHaveLength(0);
  });

  test('tokenizes without its weights', async () => {
    const { tokenize } = await service.data(TokenizeDocument, { text: TEXT, model: NER });
    expect(tokenize.tokenCount).toBeGreaterThan(3);
    expect(setting.hub.count(WEIGHTS)).toBe(0);
    expect(await stateOf(NER)).toMatchObject({ state: 'AVAILABLE', vocabularySize: 3000 });
  });

  test('is fetched and loaded once for fifty requests at the same time', async () => {
    const asked = Array.from({ length: 50 }, (_, index) =>
      service.data(SentimentDocument, { text: `Text ${index}.`, model: SENTIMENT }),
    );
    const answers = await Promise.all(asked);
    expect(new Set(answers.map(({ sentiment }) => sentiment.model.id))).toEqual(new Set([SENTIMENT]));
    for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json', WEIGHTS]) {
      expect(setting.hub.count(file)).toBe(1);
    }
    expect(await stateOf(SENTIMENT)).toMatchObject({ state: 'READY', dtype: 'q8', sizeBytes: 211_835 });
  });

  test('does everything that the bundled ones do', async () => {
    const { entities } = await service.data(EntitiesDocument, { text: TEXT, model: NER });
    for (const { text, start, end } of entities) expect(TEXT.slice(start, end)).toBe(text);
    expect(await stateOf(NER)).toMatchObject({ state: 'READY' });
  });

  test('must be registered: nothing else is ever fetched', async () => {
    expect(await service.code(SentimentDocument, { text: TEXT, model: 'someone/elses-model' })).toBe('UNKNOWN_MODEL');
    expect(await service.code(LoadModelDocument, { id: '../../etc', wait: true })).toBe('UNKNOWN_MODEL');
    expect(setting.hub.requests).toHaveLength(0);
  });
});

describe('while a model is fetched', () => {
  const setting = useHub({ freshHome: true });

  /** Stops sending the weights after half of them until it is told to continue. */
  function holdBack() {
    const half = signal();
    const goOn = signal();
    setting.hub.intercept = async ({ path }, response, content) => {
      if (!path.startsWith('/storage/')) return false;
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, content.length >> 1), half.send);
      await goOn.sent;
      response.end(content.subarray(content.length >> 1));
      return true;
    };
    return { half: half.sent, goOn: goOn.send };
  }

  /** Bytes of the weights that are on the disk, while they are fetched. */
  async function receivedBytes(): Promise<number> {
    const blobs = join(setting.home, 'hub', 'models--dslim--bert-base-NER', 'blobs');
    const parts = (await readdir(blobs)).filter((name) => /^\w{64}\.incomplete$/.test(name));
    return (await Promise.all(parts.map((part) => stat(join(blobs, part))))).reduce((sum, { size }) => sum + size, 0);
  }

  test.each(STREAMING)('others are answered, and modelProgress reports its progress, over %s', async (_, connect) => {
    const server = await startServer(setting.variables);
    const transport = connect(await server.listen());
    const { half, goOn } = holdBack();
    const ask = async (query: string) => {
      const response = await server.graph.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as { data: Record<string, { state?: string; label?: string }> };
    };
    try {
      const started = await ask(`mutation { loadModel(id: "${NER}", wait: false) { state } }`);
      expect(started.data['loadModel']?.state).toBe('LOADING');
      await half;
      const fractions: number[] = [];
      const states: string[] = [];
      for await (const { data } of transport.run(ModelProgressDocument, { id: NER })) {
        const progress = data?.modelProgress;
        if (!progress) throw new Error('Each event has data.');
        states.push(progress.model.state);
        fractions.push(progress.fraction ?? 0);
        if (progress.file !== WEIGHTS) continue;
        const { data: others } = await ask('{ sentiment(text: "Fine.") { label } }');
        expect(others['sentiment']?.label).toBe('POSITIVE');
        goOn();
      }
      expect(states[0]).toBe('LOADING');
      expect(states.at(-1)).toBe('READY');
      expect(fractions).toEqual([...fractions].sort((one, other) => one - other));
      expect(fractions[0]).toBeLessThan(1);
      expect(fractions.at(-1)).toBe(1);
      expect(setting.hub.count(WEIGHTS)).toBe(1);
    } finally {
      goOn();
      await transport.dispose();
      await server.close();
    }
  });

  test('an aborted request leaves the download to the others, and a stopping server keeps its part', async () => {
    const server = await startServer({ ...setting.variables, REQUEST_TIMEOUT_MS: '2000' });
    const { half, goOn } = holdBack();
    const response = await server.graph.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ entities(text: "x", model: "${NER}") { text } }` }),
    });
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'TIMEOUT' } }] });
    await half;
    expect(server.inference.registry.get(NER).state).toBe('LOADING');
    // The half was sent; it may still be on its way to the disk.
    await expect.poll(receivedBytes).toBeGreaterThan(0);
    await server.close();
    goOn();
    setting.hub.reset();

    const second = await startServer(setting.variables);
    await second.inference.loader.load(second.inference.registry.get(NER), undefined);
    const resumed = expect.stringMatching(/^bytes=[1-9]\d*-\d+$/);
    expect(setting.hub.requests.flatMap(({ range }) => range ?? [])).toEqual([resumed]);
    await second.close();
  });

  test('LOAD=FAIL refuses at once and says what to do, and the load continues', async () => {
    const server = await startServer({ ...setting.variables, LOAD: 'FAIL' });
    const { goOn } = holdBack();
    const ask = async <T>(query: string) => {
      const response = await server.graph.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return (await response.json()) as T;
    };
    const query = `{ entities(text: "${TEXT}", model: "${NER}") { text } }`;
    expect(await ask(query)).toMatchObject({
      errors: [
        { message: expect.stringMatching(/being loaded.*modelProgress/), extensions: { code: 'MODEL_UNAVAILABLE' } },
      ],
    });
    goOn();
    const model = server.inference.registry.get(NER);
    for await (const { model: now } of server.inference.loader.events.follow(model, new AbortController().signal)) {
      expect(now.state).not.toBe('FAILED');
    }
    expect(await ask(query)).not.toHaveProperty('errors');
    await server.close();
  });
});

describe('a load that fails', () => {
  const setting = useHub();
  const service = useService(() => setting.variables);

  test('says why, is reported again for a while, and is retried by loadModel', async () => {
    setting.hub.files.set(`${NER}/config.json`, Buffer.from(JSON.stringify({ architectures: ['GPT2LMHeadModel'] })));
    const first = await service.ask(EntitiesDocument, { text: TEXT, model: NER });
    expect(first.errors?.[0]).toMatchObject({
      message: expect.stringMatching(
        /^Model "dslim\/bert-base-NER" cannot be loaded\. config\.json: .*GPT2LMHeadModel/,
      ),
      extensions: { code: 'MODEL_UNAVAILABLE' },
    });
    expect(setting.hub.count(WEIGHTS)).toBe(0);
    const asked = setting.hub.requests.length;
    const second = await service.ask(EntitiesDocument, { text: TEXT, model: NER });
    expect(second.errors?.[0]?.extensions).toMatchObject({ retryAfterMs: expect.any(Number) });
    expect(setting.hub.requests).toHaveLength(asked);
    const { models } = await service.data(ModelsDocument);
    expect(models.find(({ id }) => id === NER)).toMatchObject({ state: 'FAILED', failure: first.errors?.[0]?.message });

    await rm(setting.home, { recursive: true });
    setting.hub.files.clear();
    const { loadModel } = await service.data(LoadModelDocument, { id: NER, wait: true });
    expect(loadModel).toMatchObject({ state: 'READY', failure: null });
    expect(service.failures).toEqual([]);
  });

  test('says why if the engine cannot read the weights', async () => {
    setting.hub.files.set(`${SENTIMENT}/${WEIGHTS}`, Buffer.from('not a model at all'));
    const { errors } = await service.ask(SentimentDocument, { text: TEXT, model: SENTIMENT });
    expect(errors?.[0]).toMatchObject({ extensions: { code: 'MODEL_UNAVAILABLE' } });
    expect(errors?.[0]?.message).not.toContain(setting.home);
    // The threads live on.
    const { sentiment } = await service.data(SentimentDocument, { text: TEXT });
    expect(sentiment.model.id).toBe('bertql/sst2-minilm');
  });

  test('ends an analysis with the model', async () => {
    const answer = await service.ask(StartAnalysisDocument, {
      input: { text: TEXT, models: [SENTIMENT], sentiment: true },
    });
    const id = answer.data?.startAnalysis?.id;
    // It is refused at once if that is known by then.
    if (id === undefined) expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    else {
      const state = async () => (await service.data(AnalysisDocument, { id })).analysis?.code;
      await expect.poll(state).toBe('MODEL_UNAVAILABLE');
    }
  });
});
