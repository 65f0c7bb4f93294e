import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { HubSource } from '../../src/models/catalogue.ts';
import type { FileProgress } from '../../src/models/hub/download.ts';
import { type FetchedFiles, Hub } from '../../src/models/hub/hub.ts';
import { HubError } from '../../src/models/hub/hub-error.ts';
import { COMMIT, type HubRequest, sendRange } from './hub-server.ts';
import { SENTIMENT, useHub, WEIGHTS } from './hub-setting.ts';

const setting = useHub({ freshHome: true });
const SOURCE: HubSource = { kind: 'hub', repository: SENTIMENT, revision: 'main' };
const never = new AbortController().signal;

function open(variables: Readonly<Record<string, string>> = {}): Hub {
  const { hub } = loadConfig({ ...setting.variables, ...variables });
  return new Hub({ ...hub, stallMs: 250, retryMs: 1 });
}

function fetchWeights(hub = open(), source = SOURCE, signal = never): Promise<FetchedFiles> {
  return hub.fetch(source, [{ names: [WEIGHTS] }], () => undefined, signal);
}

const original = (file = WEIGHTS) => readFile(new URL(`../fixtures/hub/${SENTIMENT}/${file}`, import.meta.url));

async function expectWhole({ path }: FetchedFiles): Promise<void> {
  // Compared here, since the test runner takes long for two buffers.
  expect((await readFile(join(path, WEIGHTS))).equals(await original())).toBe(true);
}

async function refusalOf(fetched: Promise<FetchedFiles>): Promise<HubError> {
  const error = await fetched.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
}

const isStorage = ({ path }: HubRequest) => path.startsWith('/storage/');

/** The first requests for the weights' content are answered wrongly, the others as they should be. */
function failAtFirst(times: number, answer: (response: ServerResponse, content: Buffer, request: HubRequest) => void) {
  let left = times;
  setting.hub.intercept = (request, response, content) => {
    if (!isStorage(request) || left-- <= 0) return false;
    answer(response, content, request);
    return true;
  };
}

/** Says that all will come, gives the half and breaks off. */
function breakOff(response: ServerResponse, content: Buffer): void {
  response.writeHead(200, { 'content-length': content.length });
  response.write(content.subarray(0, content.length >> 1), () => response.destroy());
}

describe('a download resumes', () => {
  const cases: readonly {
    what: string;
    times?: number;
    answer: (response: ServerResponse, content: Buffer) => void;
  }[] = [
    { what: 'a body that breaks off', answer: breakOff },
    { what: 'a body that breaks off again and again', times: 2, answer: breakOff },
    {
      what: 'a body that ends too early without a word',
      answer: (response, content) => response.end(content.subarray(0, 1000)),
    },
    {
      what: 'a body that stalls',
      answer: (response, content) => {
        response.writeHead(200, { 'content-length': content.length });
        response.write(content.subarray(0, 5000));
      },
    },
    { what: 'an answer that never comes', answer: () => undefined },
    { what: 'a connection that is cut', answer: (response) => void response.destroy() },
    { what: 'a 500', times: 3, answer: (response) => void response.writeHead(500).end() },
    { what: 'a 503', answer: (response) => void response.writeHead(503).end() },
    { what: 'a 429 that says when', answer: (response) => void response.writeHead(429, { 'retry-after': '0' }).end() },
    { what: 'a 429 that does not', answer: (response) => void response.writeHead(429).end() },
    {
      what: 'a damaged body of the right size',
      answer: (response, content) => {
        const damaged = Buffer.from(content);
        damaged[4711] = (damaged[4711] ?? 0) ^ 1;
        sendRange(response, damaged, undefined);
      },
    },
  ];
  test.each(cases)('after $what', async ({ times = 1, answer }) => {
    failAtFirst(times, answer);
    await expectWhole(await fetchWeights());
    expect(await readdir(join(setting.home, 'hub', `models--${SENTIMENT}`, 'blobs'))).toHaveLength(1);
  });

  test('after the last byte of an earlier process instead of starting over', async () => {
    failAtFirst(1, breakOff);
    await expectWhole(await fetchWeights());
    const ranges = setting.hub.requests.filter(isStorage).flatMap(({ range }) => range ?? []);
    const half = (await original()).length >> 1;
    expect(ranges).toEqual([`bytes=${half}-${(await original()).length - 1}`]);
  });

  test('from the start if the storage does not support ranges', async () => {
    let first = true;
    setting.hub.intercept = (request, response, content) => {
      if (!isStorage(request)) return false;
      if (first) breakOff(response, content);
      else sendRange(response, content, undefined);
      first = false;
      return true;
    };
    await expectWhole(await fetchWeights());
  });

  test('from the start if more is cached than the file has', async () => {
    const blobs = join(setting.home, 'hub', `models--${SENTIMENT}`, 'blobs');
    const content = await original();
    const name = createHash('sha256').update(content).digest('hex');
    await mkdir(blobs, { recursive: true });
    await writeFile(join(blobs, `${name}.incomplete`), Buffer.concat([content, content]));
    await expectWhole(await fetchWeights());
  });
});

describe('a download is given up', () => {
  test.each<{ what: string; answer: (response: ServerResponse, content: Buffer) => void; message: RegExp }>([
    { what: 'fails', answer: (response) => void response.writeHead(502).end(), message: /failure \(502\).*5 tries/ },
    {
      what: 'refuses for long',
      answer: (response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
      message: /too often \(429\).*3600 s/,
    },
    {
      what: 'is damaged',
      answer: (response, content) => sendRange(response, Buffer.alloc(content.length), undefined),
      message: /damaged.*5 tries/,
    },
    {
      what: 'breaks off at the same place',
      answer: (response) => void response.writeHead(200, { 'content-length': 9 }).destroy(),
      message: /5 tries/,
    },
  ])('when the storage $what every time', async ({ answer, message }) => {
    failAtFirst(100, answer);
    expect((await refusalOf(fetchWeights())).message).toMatch(message);
    expect(await open().find(SOURCE, [{ names: [WEIGHTS] }])).toBeUndefined();
  });

  test.each<{ status: number; headers?: Record<string, string>; token?: string; message: RegExp }>([
    { status: 401, message: /no repository .*or it is private.*Set HF_TOKEN/ },
    { status: 401, token: 'hf_wrong', message: /HF_TOKEN does not open it/ },
    { status: 403, message: /accept the conditions/ },
    { status: 404, headers: { 'x-error-code': 'RepoNotFound' }, message: /no repository/ },
    { status: 404, headers: { 'x-error-code': 'RevisionNotFound' }, message: /no revision "main"/ },
    { status: 404, message: /no onnx\/model_quantized\.onnx at revision "main"/ },
  ])('at once after $status $headers', async ({ status, headers = {}, token, message }) => {
    setting.hub.intercept = (_, response) => {
      response.writeHead(status, headers).end();
      return true;
    };
    const hub = open(token === undefined ? {} : { HF_TOKEN: token });
    expect((await refusalOf(fetchWeights(hub))).message).toMatch(message);
    expect(setting.hub.requests).toHaveLength(1);
  });

  test('if nothing listens at the address', async () => {
    const hub = open({ HF_ENDPOINT: 'http://127.0.0.1:9' });
    expect((await refusalOf(fetchWeights(hub))).message).toMatch(/cannot be reached|bad port/);
  });

  test('if downloads are forbidden, and the message names the variable', async () => {
    const { message } = await refusalOf(fetchWeights(open({ TRANSFORMERS_OFFLINE: '1' })));
    expect(message).toContain('TRANSFORMERS_OFFLINE');
    expect(setting.hub.requests).toHaveLength(0);
  });

  test('when it is cancelled, and resumes later where it stopped', async () => {
    const stop = new AbortController();
    const report = ({ receivedBytes }: FileProgress) => {
      if (receivedBytes > 0) stop.abort(new Error('enough'));
    };
    failAtFirst(1, (response, content) => {
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 5000));
    });
    await expect(open().fetch(SOURCE, [{ names: [WEIGHTS] }], report, stop.signal)).rejects.toThrow('enough');
    await expectWhole(await fetchWeights());
    expect(setting.hub.requests.filter(isStorage).at(-1)?.range).toBe(`bytes=5000-${(await original()).length - 1}`);
  });
});

describe('the hub', () => {
  test('gets the token, but not the servers that it redirects to', async () => {
    await fetchWeights(open({ HF_TOKEN: 'hf_secret' }));
    const { hub } = setting;
    expect(hub.requests.map(({ authorization }) => authorization)).toEqual(['Bearer hf_secret', 'Bearer hf_secret']);
    hub.reset();
    const elsewhere = hub.url.replace('127.0.0.1', 'localhost');
    hub.intercept = (request, response, content) => {
      if (isStorage(request)) return false;
      if (request.path.startsWith('/elsewhere')) sendRange(response, content, undefined);
      else response.writeHead(302, { location: `${elsewhere}/elsewhere/file` }).end();
      return true;
    };
    await open({ HF_TOKEN: 'hf_secret' })
      .fetch({ ...SOURCE, revision: 'other' }, [{ names: ['config.json'] }], () => undefined, never)
      .catch(() => undefined);
    expect(hub.requests.map(({ path, authorization }) => [path.split('/')[1], authorization])).toEqual([
      [SENTIMENT, 'Bearer hf_secret'],
      ['elsewhere', undefined],
    ]);
  });

  test('is asked for all files of one commit, even if the branch moves meanwhile', async () => {
    const { hub } = setting;
    await open().fetch(SOURCE, [{ names: ['config.json'] }], () => undefined, never);
    hub.commit = 'beefbeefbeefbeefbeefbeefbeefbeefbeefbeef';
    hub.intercept = ({ path }) => {
      if (path.includes(`/resolve/${COMMIT}/`)) hub.commit = COMMIT;
      return false;
    };
    const { commit, path } = await fetchWeights();
    expect(commit).toBe(COMMIT);
    expect((await readdir(path)).sort()).toEqual(['config.json', 'onnx']);
  });

  test('is not asked for files that the Python package has fetched', async () => {
    const repository = join(setting.home, 'hub', `models--${SENTIMENT}`);
    const snapshot = join(repository, 'snapshots', COMMIT, WEIGHTS);
    for (const folder of [join(repository, 'refs'), join(repository, 'blobs'), dirname(snapshot)]) {
      await mkdir(folder, { recursive: true });
    }
    await writeFile(join(repository, 'refs', 'main'), COMMIT);
    await writeFile(join(repository, 'blobs', 'abc'), await original());
    await symlink('../../../blobs/abc', snapshot);
    await expectWhole(await fetchWeights());
    expect(setting.hub.requests).toHaveLength(0);
  });

  test('redirects to the place where a repository has moved', async () => {
    setting.hub.moved.set('old-name', SENTIMENT);
    await expectWhole(await fetchWeights(open(), { ...SOURCE, repository: 'old-name' }));
  });

  test('is asked once for a file with several names, of which the first that exists is used', async () => {
    const wanted = [{ names: ['onnx/none.onnx', WEIGHTS] }, { names: ['none.json'], optional: true }];
    const fetched = await open().fetch(SOURCE, wanted, () => undefined, never);
    expect(fetched.files).toEqual([WEIGHTS, undefined]);
    const asked = setting.hub.requests.length;
    expect(await open().fetch(SOURCE, wanted, () => undefined, never)).toEqual(fetched);
    expect(setting.hub.requests).toHaveLength(asked);
  });
});

describe('a mirror', () => {
  const PINNED: HubSource = { ...SOURCE, revision: '0123456789012345678901234567890123456789' };

  test('that only knows main is asked for that, if the model says so', async () => {
    setting.hub.revisions = ['main'];
    expect((await refusalOf(fetchWeights(open(), PINNED))).message).toMatch(/no revision "0123/);
    const source = { ...PINNED, mirrorRevision: 'main' };
    await expectWhole(await fetchWeights(open(), source));
    const asked = setting.hub.requests.length;
    await expectWhole(await fetchWeights(open(), source));
    expect(setting.hub.requests).toHaveLength(asked);
  });

  test('may send no commit, no size and an ETag of its own', async () => {
    setting.hub.intercept = (_, response, content) => {
      response.writeHead(200, { etag: 'W/"odd/1"' });
      response.write(content.subarray(0, 10));
      response.end(content.subarray(10));
      return true;
    };
    const fetched = await fetchWeights();
    await expectWhole(fetched);
    expect(await open().verify(SOURCE, fetched, never)).toEqual([{ file: WEIGHTS, verdict: 'same' }]);
  });
});

test('of two processes that share a cache, only one downloads', async () => {
  const fetched = await Promise.all([fetchWeights(open()), fetchWeights(open()), fetchWeights(open())]);
  for (const each of fetched) await expectWhole(each);
  expect(setting.hub.count(WEIGHTS)).toBe(1);
});

test('verify finds changed files in the cache, and remove deletes files that no other model shares', async () => {
  const hub = open();
  const fetched = await hub.fetch(SOURCE, [{ names: [WEIGHTS] }, { names: ['config.json'] }], () => undefined, never);
  expect((await hub.verify(SOURCE, fetched, never)).map(({ verdict }) => verdict)).toEqual(['same', 'same']);
  await writeFile(join(fetched.path, 'config.json'), '{}');
  expect((await hub.verify(SOURCE, fetched, never)).map(({ verdict }) => verdict)).toEqual(['same', 'different']);

  setting.hub.commit = 'beefbeefbeefbeefbeefbeefbeefbeefbeefbeef';
  const other = await fetchWeights(hub, { ...SOURCE, revision: 'next' });
  expect(other.path).not.toBe(fetched.path);
  await hub.remove(SOURCE, fetched);
  expect(await hub.find(SOURCE, [{ names: ['config.json'] }])).toBeUndefined();
  await expectWhole(other);
  await hub.remove({ ...SOURCE, revision: 'next' }, other);
  expect(await readdir(join(setting.home, 'hub'))).toEqual(['.locks']);
});
