/**
 * Checks the package that is published: what is in it, that its exports and types are right, that its bill of materials
 * is valid and complete, and that it works outside of the project, with the versions that are tested here: installed into
 * an empty folder, on the command line and as a library.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Fetched when they are run: they would add a tenth to `npm ci`. */
const PUBLINT = 'publint@0.3.25';
const TYPES = '@arethetypeswrong/cli@0.18.5';
const CYCLONE_DX = [
  '@cyclonedx/cyclonedx-library@10.3.0',
  'ajv@8',
  'ajv-formats@3',
  'ajv-formats-draft2019@1',
  'packageurl-js@2',
  'spdx-expression-parse@4',
];

/** Versions of Node besides the one that runs this: the oldest that is promised, and those that others use. */
const NODES = ['20.19', '22', '24'];

/** What may be in the package. */
const ALLOWED = [
  /^(package\.json|README\.md|CHANGELOG\.md|LICENSE)$/,
  /^dist\/[\w/.-]+\.(js|d\.ts|lua)$/,
  /^dist\/page\/([\w/.-]+\.(html|css|svg|txt|mjs|woff2))$/,
  /^models\/(README\.md|[\w-]+\/(README\.md|(1_Pooling\/)?[\w.]+\.json|onnx\/model_quantized\.onnx))$/,
  /^schema\/((schema|released)\.graphql|operations\/\w+\.graphql)$/,
  /^node_modules\/onnxruntime-(node|common)\/(package\.json|README\.md|LICENSE|dist\/[\w/.-]+|bin\/[\w/.-]+)$/,
  /^node_modules\/(bullmq|bullmq\/node_modules\/semver|msgpackr)\/([\w.-]+|(bin|classes|dist|functions|internal|ranges)\/[\w/.-]+)$/,
  /^node_modules\/(@graphql-yoga\/render-graphiql|graphql-yoga(\/node_modules\/@graphql-tools\/utils)?)\/(\w+\.\w+|LICENSE|(esm|typings)\/[\w/.-]+)$/,
  /^node_modules\/graphql-yoga\/node_modules\/lru-cache\/(\w+\.\w+|LICENSE|dist\/[\w/.-]+)$/,
  /^node_modules\/@graphql-tools\/(executor|merge|schema|utils)\/(\w+\.\w+|(esm|typings)\/[\w/.-]+)$/,
  /^node_modules\/@huggingface\/(transformers|jinja|tokenizers)\/(package\.json|LICENSE|dist\/[\w.]+)$/,
  /^node_modules\/@huggingface\/transformers\/node_modules\/sharp\/(package\.json|index\.js)$/,
];

/** A program that uses the library. */
const USE = `import { createBertql, type BertqlOptions, type EntitiesQuery } from 'bertql';

const options: BertqlOptions = { workers: 1 };
const bertql = await createBertql(options);
const { label } = await bertql.sentiment('I love it');
const entities: EntitiesQuery['entities'] = await bertql.entities('Paris');
const events: string[] = [];
for await (const event of bertql.analyze('Angela Merkel went to Paris.')) events.push(event.__typename);
console.log(label, ...events);
if (entities.length > 1) throw new Error('One name became several.');
await bertql.close();
`;

/** A program that loads all that is bundled, with all that that needs. */
const LOAD_BUNDLED = `import { readFileSync } from 'node:fs';

const { bundleDependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
for (const name of bundleDependencies) await import(name);
`;

/** A program that checks a bill of materials against the schema of its format. */
const VALIDATE = `import { readFileSync } from 'node:fs';
import { Validation } from '@cyclonedx/cyclonedx-library';

const text = readFileSync(process.argv[2], 'utf8');
const fault = await new Validation.JsonStrictValidator(JSON.parse(text).specVersion).validate(text);
if (fault !== null) throw new Error(JSON.stringify(fault));
`;

const folder = mkdtempSync(join(tmpdir(), 'bertql-package-'));
const root = join(import.meta.dirname, '..');

try {
  const [{ filename, size, unpackedSize, files }] = JSON.parse(
    run(process.execPath, join(root, 'scripts', 'pack.js'), folder),
  );
  /** @type {string[]} */
  const paths = files.map((/** @type {{ path: string }} */ { path }) => path);
  const odd = paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
  if (odd.length > 0) throw new Error(`Should not be in the package: ${odd.join(', ')}`);
  const tarball = join(folder, filename);
  run('npx', '--yes', PUBLINT, tarball, '--strict');
  run('npx', '--yes', TYPES, tarball, '--profile', 'esm-only', '--exclude-entrypoints', 'schema.graphql');

  run('npm', 'init', '--yes');
  // Strict: what wants a newer Node than ours is an error, and not a page of warnings.
  run('npm', 'install', tarball, 'graphql@16', '--engine-strict', '--no-audit', '--no-fund');
  const { packages } = JSON.parse(readFileSync(join(folder, 'node_modules', '.package-lock.json'), 'utf8'));
  const scripted = Object.keys(packages).filter((path) => packages[path].hasInstallScript);
  if (scripted.length > 0) throw new Error(`Nothing may need an install script: ${scripted.join(', ')}`);
  checkVersions(packages);
  writeFileSync(join(folder, 'node_modules', 'bertql', 'load-bundled.mjs'), LOAD_BUNDLED);
  run(process.execPath, join(folder, 'node_modules', 'bertql', 'load-bundled.mjs'));
  checkBillOfMaterials(packages);
  const engines = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /onnxruntime-node$/.test(path),
  );
  if (engines.length !== 1) throw new Error(`There must be one copy of the engine: ${engines.join(', ')}`);
  const unused = readdirSync(join(folder, 'node_modules'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /onnxruntime-web$|libvips/.test(path),
  );
  if (unused.length > 0) throw new Error(`Neither web engine nor image codecs are used here: ${unused.join(', ')}`);
  expect(run('npx', 'bertql', 'sentiment', 'I love it'), /^POSITIVE +9\d\.\d\d%/);
  expect(
    run('npx', 'bertql', 'entities', '--json', 'Angela Merkel went to Paris.'),
    /"text":"Angela Merkel","type":"PER"/,
  );
  writeFileSync(join(folder, 'use.mts'), USE);
  const options = [
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--skipLibCheck',
    'false',
  ];
  run(process.execPath, join(root, 'node_modules', 'typescript', 'bin', 'tsc'), ...options, 'use.mts');
  expect(run(process.execPath, 'use.mjs'), /^POSITIVE ChunkAnalyzed AnalysisCompleted\n$/);

  await checkServer();
  const versions = NODES.filter((version) => worksOn(version, tarball));

  const installed = Number(
    execFileSync('du', ['-sm', join(folder, 'node_modules')], { encoding: 'utf8' }).split('\t')[0],
  );
  console.log(
    `Node ${[process.versions.node, ...versions].join(', ')}. The package: ${paths.length} files, ${mega(size)} MB packed, ${mega(unpackedSize)} MB unpacked; ${installed} MB installed with what it needs. It works in an empty folder.`,
  );
} finally {
  rmSync(folder, { recursive: true });
}

/**
 * Checks that what the project names itself, and what it overrides, has the versions that it is tested with here.
 * @typedef {{ version: string, name?: string, optional?: boolean, hasInstallScript?: boolean }} Installed
 * @param {Record<string, Installed>} packages what npm installed, by path
 */
function checkVersions(packages) {
  const { dependencies, overrides } = readJson(join(root, 'package.json'));
  const tested = readJson(join(root, 'package-lock.json')).packages;
  const named = new Set([...Object.keys(dependencies), ...Object.keys(overrides)]);
  for (const [path, { version }] of Object.entries(packages)) {
    const place = path.replace(/^node_modules\/bertql\/(?=node_modules\/)/, '');
    const name = nameAt(path);
    // The empty package in the place of the image codecs.
    if (!named.has(name) || name === 'sharp') continue;
    const expected = (tested[place] ?? tested[`node_modules/${name}`]).version;
    if (version !== expected) throw new Error(`${path} has version ${version}, and ${expected} is tested here.`);
  }
}

/**
 * Checks that the bill of materials is valid, and lists all that was installed and nothing else.
 * @param {Record<string, Installed>} packages what npm installed, by path
 */
function checkBillOfMaterials(packages) {
  const { name, version } = readJson(join(root, 'package.json'));
  const file = join(folder, `${name}-${version}.cdx.json`);
  const validator = join(folder, 'validator');
  run('npm', 'install', '--prefix', validator, '--no-save', '--no-audit', '--no-fund', ...CYCLONE_DX);
  writeFileSync(join(validator, 'validate.mjs'), VALIDATE);
  run(process.execPath, join(validator, 'validate.mjs'), file);
  const bill = readJson(file);
  const { component } = bill.metadata;
  if (`${component.name}@${component.version}` !== `${name}@${version}`)
    throw new Error(`${file} is of ${component.name}.`);
  const listed = new Set(
    [...bill.components, component].map(
      (/** @type {{ name: string, version: string }} */ part) => `${part.name}@${part.version}`,
    ),
  );
  const installed = new Set(
    Object.entries(packages).map(([path, part]) => `${part.name ?? nameAt(path)}@${part.version}`),
  );
  const missing = [...installed].filter((part) => !listed.has(part));
  if (missing.length > 0) throw new Error(`The bill of materials lacks ${missing.join(', ')}`);
  const more = [...listed].filter((part) => !installed.has(part));
  if (more.length > 0) throw new Error(`The bill of materials has what is not installed: ${more.join(', ')}`);
}

/** `bertql serve` answers, and ends with 0 on SIGTERM. */
async function checkServer() {
  const command = join(folder, 'node_modules', 'bertql', 'dist', 'cli', 'main.js');
  const server = spawn(process.execPath, [command, 'serve', '--port', '0'], {
    cwd: folder,
    env: { ...process.env, LOG_FORMAT: 'json' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const { url } = JSON.parse(line);
      if (url === undefined) continue;
      const query = encodeURIComponent('{ sentiment(text: "I love it") { label } }');
      const answer = await fetch(`${url}?query=${query}`, { headers: { accept: 'application/json' } });
      expect(await answer.text(), /"POSITIVE"/);
      break;
    }
  } finally {
    server.kill();
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`\`bertql serve\` ended with ${code}.`);
}

/**
 * Checks that the package can be installed and used with another version of Node, which comes from npm too. Returns
 * false, and says so, if there is none for this machine.
 * @param {string} version
 * @param {string} tarball
 */
function worksOn(version, tarball) {
  const nodes = join(folder, `node-${version}`);
  try {
    run('npm', 'install', '--prefix', nodes, '--no-save', `node-${process.platform}-${process.arch}@${version}`);
  } catch {
    console.log(`Node ${version} cannot be had here, so the package was not tried with it.`);
    return false;
  }
  const node = join(nodes, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  const npm = process.env['npm_execpath'];
  if (npm === undefined) throw new Error('Run this with npm: npm run check:package.');
  const empty = mkdtempSync(join(folder, 'empty-'));
  run(node, npm, 'install', tarball, 'graphql@16', '--prefix', empty, '--engine-strict', '--dry-run', '--no-audit');
  expect(run(node, 'use.mjs'), /^POSITIVE ChunkAnalyzed AnalysisCompleted\n$/);
  return true;
}

/**
 * Runs a program in the folder and gives its output. What it says of a failure is shown.
 * @param {string} program
 * @param {string[]} args
 */
function run(program, ...args) {
  return execFileSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
}

/**
 * @param {string} output
 * @param {RegExp} pattern
 */
function expect(output, pattern) {
  if (!pattern.test(output)) throw new Error(`Expected ${pattern}, got: ${output}`);
}

/** The name under which a package is installed. @param {string} path its path */
function nameAt(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param {number} bytes */
function mega(bytes) {
  return Math.round(bytes / 1e6);
}
