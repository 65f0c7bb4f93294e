import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config.ts';

it('createBertql accepts every setting as an option', () => {
  const defaults = loadConfig({});
  expect(loadConfig({}, defaults)).toEqual(defaults);
  // Every setting that is not a choice is given another value than its own.
  const other = Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [name, OTHERS[name] ?? otherThan(value)]),
  );
  expect(loadConfig({}, other)).toEqual(other);
});

const OTHERS: Readonly<Record<string, unknown>> = {
  endpoint: '/elsewhere',
  host: '0.0.0.0',
  role: 'worker',
  device: 'cpu',
  dtype: 'fp32',
  logLevel: 'silent',
  logFormat: 'json',
  allowedOrigins: ['https://app.example.org', 'http://localhost:3000'],
  load: 'FAIL',
  modelsConfig: { name: 'MODELS_CONFIG', text: '[]' },
  hub: {
    endpoint: 'http://mirror.example.org',
    isHub: false,
    token: 'token',
    cacheDirectory: '/cache',
    offline: 'TRANSFORMERS_OFFLINE',
    stallMs: 3000,
    httpProxy: 'http://proxy.example.org:3128',
    httpsProxy: 'http://proxy.example.org:3128',
    noProxy: 'localhost',
    retryMs: 7,
  },
  jwt: { keySet: 'keys.json', issuer: 'https://issuer.example.org', audience: 'bertql' },
};

function otherThan(value: unknown): unknown {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (Array.isArray(value)) return ['one', 'two'];
  return 'other';
}

it('options override environment variables', () => {
  const config = loadConfig({ WORKERS: '2', MAX_TEXTS: '7' }, { workers: 3 });
  expect(config).toMatchObject({ workers: 3, maxTexts: 7 });
});
