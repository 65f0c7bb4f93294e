import fs from 'node:fs';
import { mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { type AddressInfo, connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { ModelFiles } from '../../src/models/model-files.ts';
import { openRegistry } from '../../src/models/open-registry.ts';
import type { Model } from '../../src/models/registry.ts';
import { COMMIT } from './hub-server.ts';
import { SENTIMENT, useHub, WEIGHTS } from './hub-setting.ts';

const setting = useHub({ freshHome: true });
const PAGE = Buffer.from('\ufeff \n<!DOCTYPE html><html><body>Please log in to this network.</body></html>');
const POINTER = Buffer.from(
  'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n',
);

async function start(variables: Readonly<Record<string, string>> = {}): Promise<{ files: ModelFiles; model: Model }> {
  const config = loadConfig({ ...setting.variables, ...variables });
  const { models } = await openRegistry(config);
  const model = models.find(({ id }) => id === SENTIMENT);
  if (!model) throw new Error('It is known by name.');
  const hub = { ...config.hub, stallMs: 250, retryMs: 1 };
  return { files: new ModelFiles(config.modelsDirectory, { hub }), model };
}

async function fetchModel(variables: Readonly<Record<string, string>> = {}) {
  const { files, model } = await start(variables);
  const opened = await files.open(model.entry);
  return { files, model, opened, weights: await files.weights(model.entry, opened) };
}

const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'It was no failure.',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** The hub's files and the cache's, as they are. */
const blobs = () => readdir(join(setting.home, 'hub', `models--${SENTIMENT}`, 'blobs')).catch(() => []);
const original = (file: string) => readFile(new URL(`../fixtures/hub/${SENTIMENT}/${file}`, import.meta.url));

/** Puts a file into the cache, as earlier versions and other programs left it. */
async function leave(file: string, content: Buffer): Promise<void> {
  const repository = join(setting.home, 'hub', `models--${SENTIMENT}`);
  const commit = '714eb0fa89d2f80546fda750413ed43d93601a13';
  const link = join(repository, 'snapshots', commit, file);
  await mkdir(dirname(link), { recursive: true });
  await mkdir(join(repository, 'blobs'), { recursive: true });
  const name = file.replaceAll('/', '-');
  await writeFile(join(repository, 'blobs', name), content);
  await symlink(join(repository, 'blobs', name), link);
}

describe('a network that answers every request with its own page', () => {
  test.each(['text/html; charset=utf-8', 'application/octet-stream'])(
    'leaves nothing in the cache (%s)',
    async (type) => {
      setting.hub.intercept = (_, response) => {
        response.writeHead(200, { 'content-type': type, 'content-length': PAGE.length, etag: '"1"' }).end(PAGE);
        return true;
      };
      expect(await messageOf(fetchModel())).toMatch(
        /^A web page came in the place of config\.json\. Does this network want a login first, or is 127\.0\.0\.1:\d+ \(HF_ENDPOINT\) no hub\?$/,
      );
      expect(await blobs()).toEqual([]);
      setting.hub.reset();
      await fetchModel();
    },
  );

  test('is recognized when it redirects to its login', async () => {
    setting.hub.intercept = ({ path }, response) => {
      if (path === '/login') response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
      else response.writeHead(302, { location: '/login' }).end();
      return true;
    };
    expect(await messageOf(fetchModel())).toMatch(/^A web page came in the place of config\.json/);
  });
});

describe('a file of the hub with the wrong content', () => {
  test.each([
    ['config.json', Buffer.alloc(0), 'is empty'],
    ['config.json', POINTER, 'it is a pointer of Git LFS'],
    ['tokenizer.json', Buffer.from('not found'), 'it is not JSON'],
    [WEIGHTS, POINTER, 'it is a pointer of Git LFS'],
    [WEIGHTS, Buffer.from('{"error":"not today"}'), 'it is not in the ONNX format'],
    [WEIGHTS, PAGE, 'A web page came in the place of onnx/model_quantized.onnx'],
  ])('is refused: %s', async (file, content, message) => {
    setting.hub.files.set(`${SENTIMENT}/${file}`, content);
    expect(await messageOf(fetchModel())).toContain(message);
    setting.hub.reset();
    await fetchModel();
  });
});

describe('a cached file with the wrong content', () => {
  test.each([
    ['config.json', PAGE],
    ['config.json', Buffer.alloc(0)],
    ['config.json', Buffer.from('{"architectures": [')],
    ['tokenizer.json', PAGE],
    ['tokenizer.json', Buffer.from('{"version": "1.0", "truncation": nu')],
    [WEIGHTS, POINTER],
    [WEIGHTS, PAGE],
  ])('is fetched again: %s', async (file, content) => {
    await leave(file, content);
    setting.hub.commit = '714eb0fa89d2f80546fda750413ed43d93601a13';
    const { opened } = await fetchModel();
    expect((await readFile(join(opened.path, file))).equals(await original(file))).toBe(true);
    expect(await blobs()).not.toContain(file.replaceAll('/', '-'));
  });

  test('is found by verify and deleted by remove, even if nothing else is cached', async () => {
    await leave('config.json', PAGE);
    const { files, model } = await start();
    const { source } = model.entry;
    const cached = await files.cached(model.entry);
    if (!cached || source.kind !== 'hub') throw new Error('It is in the cache.');
    expect(cached).toMatchObject({ files: ['config.json'], complete: false });
    const never = new AbortController().signal;
    expect(await files.verify(source, cached, never)).toEqual([{ file: 'config.json', verdict: 'different' }]);
    expect(await files.remove(source, cached)).toBe(PAGE.length);
    expect(await files.cached(model.entry)).toBeUndefined();
  });
});

describe('a repository that cannot be fetched', () => {
  test.each<{ status: number; code?: string; said?: string; token?: string; message: RegExp }>([
    {
      status: 401,
      code: 'GatedRepo',
      said: 'Access to this model is restricted.',
      message:
        /given only to those who have accepted its conditions \(401\)\. Accept them on http.*and set HF_TOKEN.*The hub says: Access to this model is restricted\.$/,
    },
    {
      status: 403,
      code: 'GatedRepo',
      token: 'hf_x',
      message: /The account of HF_TOKEN has not: accept the conditions on/,
    },
    { status: 403, code: 'DisabledRepo', message: /has disabled ".*" \(403\): nobody can fetch it there\.$/ },
    {
      status: 401,
      said: 'Invalid username\r\n or password.',
      message: /private \(401\).*The hub says: Invalid username or password\.$/,
    },
    { status: 451, said: 'x'.repeat(300), message: /legal reasons \(451\)\. The hub says: x{200}…$/ },
  ])('is reported: $status $code', async ({ status, code, said, token, message }) => {
    setting.hub.intercept = (_, response) => {
      if (code !== undefined) response.setHeader('x-error-code', code);
      if (said !== undefined) response.setHeader('x-error-message', said.replace('\r\n', '\t'));
      response.writeHead(status).end();
      return true;
    };
    expect(await messageOf(fetchModel(token === undefined ? {} : { HF_TOKEN: token }))).toMatch(message);
  });
});

test.each(['answer', 'body'] as const)(
  'a connection is given up if no %s comes, even if `fetch` takes no notice of its signal',
  async (missing) => {
    const realFetch = fetch;
    let hung = 0;
    vi.stubGlobal('fetch', (input: string | URL, init: RequestInit) => {
      if (!String(input).endsWith(WEIGHTS) || hung++ > 0) return realFetch(input, init);
      return missing === 'answer' ? new Promise(() => undefined) : new Response(new ReadableStream());
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    await fetchModel();
    expect(hung).toBeGreaterThan(1);
  },
);

describe('a proxy', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function startProxy(): Promise<{ url: string; tunnels: string[] }> {
    const tunnels: string[] = [];
    const server = createServer().on('connect', ({ url = '' }, client) => {
      tunnels.push(url);
      const { hostname, port } = new URL(`http://${url}`);
      const target = connect(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        target.pipe(client).pipe(target);
      });
      // A tunnel ends at both ends.
      client.on('error', () => undefined).once('close', () => target.destroy());
      target.on('error', () => undefined).once('close', () => client.destroy());
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels };
  }

  test('is used for models if one is set', async () => {
    const proxy = await startProxy();
    await fetchModel({ HTTP_PROXY: proxy.url });
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(setting.hub.url).host]));
  });

  test('is not used for the hosts of NO_PROXY', async () => {
    const proxy = await startProxy();
    await fetchModel({ ALL_PROXY: proxy.url, NO_PROXY: '127.0.0.1' });
    expect(proxy.tunnels).toEqual([]);
  });

  test('is named if it cannot be reached', async () => {
    expect(await messageOf(fetchModel({ http_proxy: 'http://127.0.0.1:1' }))).toMatch(
      /, asked through the proxy 127\.0\.0\.1:1, cannot be reached/,
    );
  });

  test('is named if it requires a login', async () => {
    const server = createServer().on('connect', (_, client) => {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n');
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await messageOf(fetchModel({ HTTP_PROXY: `http://127.0.0.1:${port}` }))).toBe(
      `The proxy 127.0.0.1:${port} wants a login (407): put name and password into its URL.`,
    );
  });

  test('may be written without its protocol', async () => {
    const proxy = await startProxy();
    await fetchModel({ HTTP_PROXY: new URL(proxy.url).host });
    expect(proxy.tunnels.length).toBeGreaterThan(0);
  });

  test.each([
    [
      'socks5://127.0.0.1:1080',
      'The proxy socks5://127.0.0.1:1080 cannot be used: it must be one for http:// or https://.',
    ],
    ['http://[', 'HTTP_PROXY and HTTPS_PROXY must be URLs such as http://proxy:3128'],
  ])('that cannot be used is reported when a model is fetched, and not before: %s', async (url, message) => {
    expect(await messageOf(fetchModel({ ALL_PROXY: url }))).toContain(message);
    await fetchModel({ ALL_PROXY: url, NO_PROXY: '*' });
  });
});

test.each(['EPERM', 'ENOTSUP', 'ENOSYS', 'EINVAL'])(
  'files are copied on a file system on which links fail with %s',
  async (code) => {
    const failing = vi.spyOn(fs.promises, 'symlink').mockRejectedValue(Object.assign(new Error(code), { code }));
    syncBuiltinESMExports();
    onTestFinished(() => {
      failing.mockRestore();
      syncBuiltinESMExports();
    });
    const { files, model, opened } = await fetchModel();
    expect(failing).toHaveBeenCalled();
    await expect(readlink(join(opened.path, 'config.json'))).rejects.toThrow('EINVAL');
    expect(opened.path).toContain(COMMIT);
    const cached = await files.cached(model.entry);
    if (!cached || model.entry.source.kind !== 'hub') throw new Error('It is in the cache.');
    const never = new AbortController().signal;
    const verified = await files.verify(model.entry.source, cached, never);
    expect(verified.map(({ verdict }) => verdict)).toEqual(verified.map(() => 'same'));
  },
);
