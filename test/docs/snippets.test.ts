import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperationTypeNode, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { useHub } from '../models/hub-setting.ts';
import { useService } from '../service.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Small models of the hub, with the names of the real ones. */
const setting = useHub();
const service = useService(() => ({ WORKERS: '1', ...setting.variables }));
/** A folder with what the commands of the docs read. */
const folder = mkdtempSync(join(tmpdir(), 'bertql-docs-'));
let url: string;

beforeAll(async () => {
  url = (await service.server.listen()).replace('/graphql', '');
  const story = readFileSync(join(root, 'test/texts/scandal-in-bohemia.txt'), 'utf8').slice(0, 2000);
  for (const name of ['book.txt', 'article.txt', 'reviews.txt']) writeFileSync(join(folder, name), story);
  copyFileSync(join(root, 'test/evaluation/data/names.conll'), join(folder, 'test.conll'));
  copyFileSync(join(root, 'test/evaluation/data/reviews.tsv'), join(folder, 'reviews.tsv'));
  // What `npx` finds once the package is installed.
  mkdirSync(join(folder, 'bin'));
  const command = `#!/bin/sh\nexec '${process.execPath}' '${root}dist/cli/main.js' "$@"\n`;
  writeFileSync(join(folder, 'bin', 'bertql'), command, { mode: 0o755 });
  writeFileSync(join(folder, 'bin', 'npx'), '#!/bin/sh\nexec "$@"\n', { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The blocks of code of a document, each in its language. */
function blocksOf(
  file: string,
): readonly { readonly language: string; readonly code: string; readonly line: number }[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(({ 1: language = '', 2: code = '', index }) => ({
    language,
    code,
    line: text.slice(0, index).split('\n').length,
  }));
}

const files = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

describe.each(files.filter((file) => blocksOf(file).length > 0))('%s', (file) => {
  it.each(blocksOf(file).map((block) => [block.line, block.language, block.code] as const))(
    'line %i: the %s works',
    async (_line, language, code) => {
      const check = CHECKS[language];
      if (!check) throw new Error(`Nothing here knows how to check a block of "${language}".`);
      await check(code);
    },
  );
});

const CHECKS: Readonly<Record<string, (code: string) => void | Promise<void>>> = {
  graphql: checkOperations,
  js: runProgram,
  json: (code) => void JSON.parse(code),
  sh: runCommands,
  ts: isInSettings,
};

/** Every operation gives what it asks for, over HTTP or, to its end, over SSE. */
async function checkOperations(code: string): Promise<void> {
  for (const definition of parse(code).definitions) {
    if (definition.kind !== 'OperationDefinition') throw new Error('Only operations are checked.');
    const isStream = definition.operation === OperationTypeNode.SUBSCRIPTION;
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: isStream ? 'text/event-stream' : 'application/json' },
      body: JSON.stringify({ query: code.slice(definition.loc?.start, definition.loc?.end) }),
    });
    const answer = await response.text();
    expect(answer).not.toContain('"errors"');
    expect(answer).not.toContain('"code":"');
    expect(answer).toMatch(isStream ? /"entityCount"|"state":"READY"/ : /"data"/);
  }
}

/** A program ends by itself and with success; it finds the library as those who installed it do. */
async function runProgram(code: string): Promise<void> {
  const place = mkdtempSync(join(root, 'dist', '.docs-'));
  onTestFinished(() => rmSync(place, { recursive: true }));
  writeFileSync(join(place, 'program.mjs'), code.replaceAll('http://localhost:4000', url));
  expect(await endOf(process.execPath, [join(place, 'program.mjs')])).toMatchObject({ code: 0, stderr: '' });
}

/** An excerpt of the settings is what stands there. */
function isInSettings(code: string): void {
  const withoutIndents = (text: string) => text.replace(/^ +/gm, '');
  expect(withoutIndents(readFileSync(join(root, 'src/config.ts'), 'utf8'))).toContain(withoutIndents(code));
}

/** What needs more than this machine has, or would take too long: these are not run. */
const NOT_RUN = /^(docker|ldd|nvidia-smi|ONNXRUNTIME_NODE_INSTALL=|(DEVICE|DTYPE|[A-Z_]+)=\S+ npm start)/;

/** Commands of ours are run; of others it is checked that what they name is there. */
async function runCommands(code: string): Promise<void> {
  const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;
  for (const line of code.split('\n').flatMap((each) => each.replace(/\s+#.*$/, '').split(' && '))) {
    const [, script = 'start'] = /^npm (?:run )?([\w:]+)/.exec(line) ?? [];
    const [, program] = /^node ([\w/.-]+)/.exec(line) ?? [];
    if (line.trim() === '' || NOT_RUN.test(line)) continue;
    if (/^npm (ci|install)\b/.test(line)) continue;
    if (line.startsWith('npm ')) expect(scripts).toHaveProperty([script]);
    else if (program) expect(existsSync(join(root, program)), program).toBe(true);
    else if (/\bbertql\b/.test(line)) await runBertql(line);
    else throw new Error(`Neither run nor known: ${line}`);
  }
}

async function runBertql(line: string): Promise<void> {
  const here = line
    .replaceAll('http://localhost:4000', url)
    .replaceAll('ws://localhost:4000', url.replace('http', 'ws'));
  expect(await endOf('sh', ['-c', here]), line).toMatchObject({ code: 0, stdout: expect.stringMatching(/./) });
}

async function endOf(program: string, args: readonly string[]) {
  const env = {
    ...process.env,
    PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    WORKERS: '1',
    ...setting.variables,
  };
  const child = spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

describe('the documents', () => {
  it.each(files)('%s: what it links to is there', (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)) {
      expect(existsSync(join(root, file, '..', target)), `${file} → ${target}`).toBe(true);
    }
  });
});
