/**
 * Makes the package that is published, `bertql-<version>.tgz`, in the given folder, or else the current one.
 *
 * - It compiles into a separate folder, so that nothing is included that the sources no longer have. `npm pack` in
 *   the project would pack everything in `dist`, since `.npmrc` turns `prepack` off; so the project is private.
 * - It bundles the inference engine without its install script, which fetches GPU libraries from outside of the registry,
 *   fails if only a registry is reachable, and cannot be configured by a package that depends on it.
 * - It bundles BullMQ without the optional native addon of its serializer, which has an install script.
 * - It bundles @huggingface/transformers, which opens the models, without the web engine and the image codecs that it
 *   depends on: together they are larger than everything else, and neither is used here.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** The packages that are brought along, with what is needed of them. */
const BUNDLED = {
  'onnxruntime-common': isNeeded,
  'onnxruntime-node': isNeeded,
  '@huggingface/transformers': (/** @type {string} */ path) => /^(dist\/transformers\.node\.mjs|LICENSE)$/.test(path),
  '@huggingface/jinja': (/** @type {string} */ path) => /^(dist\/index\.js|LICENSE)$/.test(path),
  '@huggingface/tokenizers': (/** @type {string} */ path) => /^(dist\/tokenizers\.mjs|LICENSE)$/.test(path),
};

/** Packages that are brought along with all that they depend on, and that without any optional part. */
const BUNDLED_WHOLE = ['bullmq', 'msgpackr'];

/**
 * The newest versions that run on Node 20 of packages that ours depend on, whose newest ones want Node 22. `overrides`
 * do not reach those who install the package; what it depends on itself npm puts at the top, where the others find it.
 */
const HELD_BACK = {
  '@graphql-tools/executor': '2.0.1',
  '@graphql-tools/merge': '9.2.4',
  '@graphql-tools/schema': '10.1.1',
  '@graphql-tools/utils': '12.0.1',
  '@whatwg-node/disposablestack': '0.0.6',
  '@whatwg-node/fetch': '0.10.13',
  '@whatwg-node/node-fetch': '0.8.6',
  '@whatwg-node/promise-helpers': '1.3.2',
};

const root = join(import.meta.dirname, '..');
const target = resolve(process.argv[2] ?? '.');
const stage = mkdtempSync(join(tmpdir(), 'bertql-pack-'));

try {
  compile();
  const description = readJson(join(root, 'package.json'));
  const own = [
    'README.md',
    'CHANGELOG.md',
    'LICENSE',
    'SECURITY.md',
    ...description.files.filter((/** @type {string} */ file) => file !== 'dist'),
  ];
  for (const name of own) cpSync(join(root, name), join(stage, name), { recursive: true });
  for (const [name, needed] of Object.entries(BUNDLED)) bundle(name, needed);
  for (const name of BUNDLED_WHOLE) bundleWhole(name);
  replaceCodecs();
  const bundled = [...Object.keys(BUNDLED), ...BUNDLED_WHOLE];
  // What only the project itself needs.
  const { private: _, scripts: __, devDependencies: ___, overrides: ____, ...published } = description;
  writeJson(join(stage, 'package.json'), {
    ...published,
    dependencies: {
      ...published.dependencies,
      ...HELD_BACK,
      // The types of the library name those of Node.
      '@types/node': '>=20',
      ...Object.fromEntries(bundled.map((name) => [name, readJson(packageFile(name)).version])),
    },
    bundleDependencies: bundled,
  });
  process.stdout.write(execFileSync('npm', ['pack', '--json', '--pack-destination', target], { cwd: stage }));
  writeBillOfMaterials(join(target, `${description.name}-${description.version}.cdx.json`));
} finally {
  rmSync(stage, { recursive: true });
}

/** Writes what the package is made of, by the lock file, in the CycloneDX format. @param {string} file */
function writeBillOfMaterials(file) {
  const command = [
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--sbom-type',
    'application',
    '--omit',
    'dev',
    '--package-lock-only',
  ];
  writeFileSync(file, execFileSync('npm', command, { cwd: root, maxBuffer: 64 * 1024 * 1024 }));
}

/** Compiles a copy of the sources, whose `dist` is new. */
function compile() {
  const copy = join(stage, 'source');
  for (const name of ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts', 'src']) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  execFileSync(process.execPath, [join(copy, 'scripts', 'build.js')], { stdio: 'inherit' });
  const isUsed = (/** @type {string} */ path) => !/\.map$|tsbuildinfo/.test(path);
  cpSync(join(copy, 'dist'), join(stage, 'dist'), { recursive: true, filter: isUsed });
  rmSync(copy, { recursive: true });
}

/**
 * Puts a package into the stage, with what it runs by and nothing that it is installed by.
 * @param {string} name
 * @param {(path: string) => boolean} needed
 */
function bundle(name, needed) {
  const { scripts: _, devDependencies: __, ...description } = readJson(packageFile(name));
  for (const dependency of Object.keys(description.dependencies ?? {})) {
    // The others serve its install script, or are never used.
    if (!(dependency in BUNDLED)) delete description.dependencies[dependency];
  }
  copyPackage(name, needed, description);
}

/**
 * @param {string} name
 * @param {(path: string) => boolean} needed
 * @param {object} description what its package.json becomes
 */
function copyPackage(name, needed, description) {
  const from = dirname(packageFile(name));
  const to = join(stage, 'node_modules', name);
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(from.length + 1);
    if (!entry.isFile() || path === 'package.json' || !needed(path)) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    linkOrCopy(join(from, path), join(to, path));
  }
  writeJson(join(to, 'package.json'), description);
}

/**
 * Puts a package into the stage, which depends on what it always does, but on nothing optional.
 * @param {string} name
 */
function bundleWhole(name) {
  const { scripts: _, devDependencies: __, optionalDependencies: ___, ...description } = readJson(packageFile(name));
  const isUsed = (/** @type {string} */ path) => !/\.(map|cts)$|^node_modules\//.test(path);
  copyPackage(name, isUsed, description);
}

/** Puts an empty package in the place of the image codecs: @huggingface/transformers imports them when it is loaded. */
function replaceCodecs() {
  const owner = join(stage, 'node_modules', '@huggingface', 'transformers');
  const description = readJson(join(owner, 'package.json'));
  const version = '0.0.0';
  writeJson(join(owner, 'package.json'), {
    ...description,
    dependencies: { ...description.dependencies, sharp: version },
  });
  const codecs = join(owner, 'node_modules', 'sharp');
  mkdirSync(codecs, { recursive: true });
  writeJson(join(codecs, 'package.json'), { name: 'sharp', version, description: 'Nothing: bertql reads no images.' });
  writeFileSync(join(codecs, 'index.js'), 'module.exports = {};\n');
}

/**
 * Neither sources, nor maps, nor the install script, nor the library that macOS has twice: its binding asks for the
 * one with the short name.
 * @param {string} path
 */
function isNeeded(path) {
  return !/^(lib|script)\/|\.map$|libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(path);
}

/**
 * @param {string} from
 * @param {string} to
 */
function linkOrCopy(from, to) {
  try {
    linkSync(from, to);
  } catch {
    cpSync(from, to);
  }
}

/** @param {string} name */
function packageFile(name) {
  return join(root, 'node_modules', name, 'package.json');
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * @param {string} file
 * @param {object} value
 */
function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
