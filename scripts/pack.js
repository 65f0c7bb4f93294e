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
 * - It bundles Yoga and the executor of GraphQL, in the versions that are tested here: newer ones of what they are made of
 *   want Node 22, and older ones order the fields of a result by when they were resolved.
 *
 * Next to it comes the list of what somebody who installs it gets, `bertql-<version>.cdx.json`, in the CycloneDX format.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
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

/**
 * Packages that are brought along whole, without any optional part. npm installs nothing that a bundled package depends on, so
 * the package depends on that itself, unless it is bundled, too.
 */
const BUNDLED_WHOLE = [
  'bullmq',
  'msgpackr',
  'graphql-yoga',
  '@graphql-yoga/render-graphiql',
  '@graphql-tools/executor',
  '@graphql-tools/merge',
  '@graphql-tools/schema',
  '@graphql-tools/utils',
];

/**
 * Which of the `overrides` hold back a package that wants a newer Node. They do not reach those who install the package; but
 * what it depends on itself npm puts at the top, where the others find it.
 */
const HELD_BACK = /^@whatwg-node\//;

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
  const needed = Object.assign({}, ...BUNDLED_WHOLE.map(bundleWhole));
  replaceCodecs();
  const heldBack = Object.fromEntries(Object.entries(description.overrides).filter(([name]) => HELD_BACK.test(name)));
  const bundled = [...Object.keys(BUNDLED), ...BUNDLED_WHOLE];
  // What only the project itself needs.
  const { private: _, scripts: __, devDependencies: ___, overrides: ____, ...published } = description;
  writeJson(join(stage, 'package.json'), {
    ...published,
    dependencies: {
      ...published.dependencies,
      ...needed,
      ...heldBack,
      // The types of the library name those of Node.
      '@types/node': '>=20',
      ...Object.fromEntries(bundled.map((name) => [name, readJson(packageFile(name)).version])),
    },
    bundleDependencies: bundled,
  });
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', target], {
    cwd: stage,
    encoding: 'utf8',
  });
  process.stdout.write(packed);
  const bill = billOfMaterials(description.name, join(target, JSON.parse(packed)[0].filename));
  writeJson(join(target, `${description.name}-${description.version}.cdx.json`), bill);
} finally {
  rmSync(stage, { recursive: true });
}

/**
 * What somebody who installs the package here gets, in the CycloneDX format. The lock file of the project would not do: it does not
 * know what is bundled, and `npm sbom --omit dev` leaves out what a tool of the project needs, too.
 * @param {string} name
 * @param {string} tarball
 */
function billOfMaterials(name, tarball) {
  const folder = join(stage, 'installed');
  mkdirSync(folder);
  const graphql = readJson(packageFile('graphql')).version;
  writeJson(join(folder, 'package.json'), {
    name: 'installed',
    version: '0.0.0',
    dependencies: { [name]: `file:${tarball}`, graphql },
  });
  execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
  const command = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const bill = JSON.parse(execFileSync('npm', command, { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
  const root = bill.metadata.component['bom-ref'];
  const isPackage = (/** @type {{ name: string }} */ component) => component.name === name;
  const { scope: _, externalReferences: __, ...component } = bill.components.find(isPackage);
  return {
    ...bill,
    // Of the package, and not of the folder that it was installed into.
    metadata: { ...bill.metadata, component: { ...component, type: 'application' } },
    components: bill.components.filter((/** @type {{ name: string }} */ part) => !isPackage(part)),
    dependencies: bill.dependencies.filter((/** @type {{ ref: string }} */ { ref }) => ref !== root),
  };
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
 * Puts a package into the stage, with the packages in its own `node_modules`. Returns what it depends on besides: the versions
 * that are tested, by name.
 * @param {string} place the path of the package in `node_modules`
 * @returns {Record<string, string>}
 */
function bundleWhole(place) {
  const { scripts: _, devDependencies: __, optionalDependencies: ___, ...description } = readJson(packageFile(place));
  /** @type {Record<string, string>} */
  const needed = {};
  for (const name of Object.keys(description.dependencies ?? {})) {
    const own = join(place, 'node_modules', name);
    const isOwn = existsSync(packageFile(own));
    const { version } = readJson(packageFile(isOwn ? own : name));
    description.dependencies[name] = version;
    Object.assign(needed, isOwn ? bundleWhole(own) : { [name]: version });
  }
  copyPackage(place, (path) => !/\.(map|cts)$|^(cjs|node_modules)\//.test(path), description);
  return needed;
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
