import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { useService } from '../service.ts';

describe('the demo page', () => {
  const service = useService();
  const get = async (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
    service.server.graph.fetch(`http://localhost${path}`, { method, headers });
  const assets = async () => {
    const html = await (await get('/')).text();
    return [...html.matchAll(/(?:href|src)="\.(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
  };

  test('is at /, only runs its own modules, and is revalidated each time', async () => {
    const response = await get('/', { host: 'bertql.example:4000' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).toContain('wss://bertql.example:4000');
    expect(policy).not.toContain('unsafe');
  });

  test('does not let an invalid host into its policy', async () => {
    const response = await get('/', { host: "x; script-src 'unsafe-inline'" });
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('has all files that it loads, which are cached forever', async () => {
    const paths = await assets();
    expect(paths.length).toBeGreaterThan(4);
    for (const path of paths) {
      const response = await get(path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('content-type')).not.toBe('application/octet-stream');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  test('is compressed as the browser accepts, with the same content in every encoding', async () => {
    const plain = Buffer.from(await (await get('/')).arrayBuffer());
    const br = await get('/', { 'accept-encoding': 'gzip, deflate, br' });
    const gzip = await get('/', { 'accept-encoding': 'br;q=0, gzip' });
    expect([br, gzip].map(({ headers }) => headers.get('content-encoding'))).toEqual(['br', 'gzip']);
    expect(brotliDecompressSync(Buffer.from(await br.arrayBuffer()))).toEqual(plain);
    expect(gunzipSync(Buffer.from(await gzip.arrayBuffer()))).toEqual(plain);
    expect(br.headers.get('vary')).toBe('accept-encoding');
  });

  test('is not sent again if the browser has cached it', async () => {
    for (const path of ['/', ...(await assets()).slice(0, 2)]) {
      const etag = (await get(path)).headers.get('etag') ?? '';
      const again = await get(path, { 'if-none-match': `"other", W/${etag}` });
      expect([again.status, await again.text()], path).toEqual([304, '']);
      expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  test('answers HEAD without a body', async () => {
    const response = await get('/', {}, 'HEAD');
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(1000);
  });

  test.each([
    '/assets/nothing-AAAAAAAA.js',
    '/assets/../../server/server.js',
    '/server/server.js',
    '/assets/%2e%2e/%2e%2e/server/server.js',
    '/assets/',
    '/assets/index.js',
    '/page/index.html',
  ])('has nothing at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  test('has its files under the names of another version, which are not cached', async () => {
    const script = (await assets()).find((path) => path.endsWith('.js')) ?? '';
    const response = await get(script.replace(/-[\w-]{8}\.js$/, '-AAAAAAAA.js'));
    expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  test('shows a browser a page with links at an unknown address', async () => {
    const response = await get('/nowhere', { accept: 'text/html,*/*;q=0.8' });
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(await response.text()).toContain('<a href="/">');
    expect(await (await get('/nowhere', { accept: 'application/json' })).text()).toBe('');
  });
});

describe('without GraphiQL', () => {
  const service = useService({ GRAPHIQL: 'false' });
  test('the page does not link to it', async () => {
    const response = await service.server.graph.fetch('http://localhost/');
    expect(await response.text()).toContain('data-graphiql="false"');
  });
});

describe('without the page', () => {
  const service = useService({ PAGE: 'false' });
  test('/ redirects to GraphiQL', async () => {
    const response = await service.server.graph.fetch('http://localhost/', { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([302, '/graphql']);
  });
});
