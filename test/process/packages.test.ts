import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const rootPath = fileURLToPath(root);

test('there is one copy of the inference engine', () => {
  const copies = findPackages('onnxruntime-node');
  expect(copies).toEqual(['node_modules/onnxruntime-node']);
});

test('neither the web engine nor image codecs of @huggingface/transformers are installed', () => {
  const names = [...findPackages('sharp'), ...findPackages('onnxruntime-web')].map(
    (path) => (JSON.parse(readFileSync(new URL(`${path}/package.json`, root), 'utf8')) as { name: string }).name,
  );
  expect(names.sort()).toEqual(['dataloader', 'onnxruntime-common']);
  expect(findPackages('sharp-libvips-linux-x64')).toEqual([]);
});

test('the version of the engine is the one that @huggingface/transformers requires', () => {
  const ours = readJson('package.json').dependencies?.['onnxruntime-node'];
  const theirs = readJson('node_modules/@huggingface/transformers/package.json').dependencies?.['onnxruntime-node'];
  expect(ours).toBe(theirs);
});

test('installing only needs the registry', () => {
  const lock = readFileSync(new URL('package-lock.json', root), 'utf8');
  expect(lock).not.toContain('"resolved"');
  expect(readFileSync(new URL('.npmrc', root), 'utf8')).toContain('ignore-scripts=true');
});

test('no entry loads GraphQL before `serve` has handled signals and chosen its production mode', () => {
  expect(packagesOf('src/main.ts')).toEqual(new Set());
  expect(packagesOf('src/cli/main.ts')).toEqual(new Set(['commander', 'string-width']));
});

/** The packages that a file imports statically, itself or by files that it imports. */
function packagesOf(file: string): ReadonlySet<string> {
  const packages = new Set<string>();
  const seen = new Set<string>();
  const visit = (url: URL) => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    for (const [, name = ''] of readFileSync(url, 'utf8').matchAll(
      /^(?:import|export)(?! type)\s(?:[^;'"]*\sfrom\s)?'([^']+)';/gm,
    )) {
      if (name.startsWith('.')) visit(new URL(name, url));
      else if (!name.startsWith('node:')) packages.add(name);
    }
  };
  visit(new URL(file, root));
  return packages;
}

/** Every installed copy of a package, however deep, by its path. */
function findPackages(name: string, modules = join(rootPath, 'node_modules')): readonly string[] {
  return readdirSync(modules, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const path = join(modules, entry.name);
    if (entry.name.startsWith('@')) return findPackages(name, path);
    const nested = readdirSync(path).includes('node_modules') ? findPackages(name, join(path, 'node_modules')) : [];
    return entry.name === name ? [relative(rootPath, path), ...nested] : nested;
  });
}

function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8')) as { dependencies?: Readonly<Record<string, string>> };
}
