/**
 * Checks the Dockerfile without building an image: every stage is laid out in a clean folder, its RUN
 * commands are run there, and the server of the last stage is started as CMD says, asked as HEALTHCHECK
 * does, and stopped as `docker stop` does. What it cannot check are the base image and its user.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const base = mkdtempSync(join(tmpdir(), 'bertql-docker-'));

/** The build context: what `.dockerignore` lets through. */
const context = join(base, 'context');
const allowed = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
const exceptions = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => new RegExp(`^${line.slice(1).replaceAll('.', '\\.').replaceAll('*', '[^/]*')}(/|$)`));
for (const file of allowed.filter((path) => exceptions.some((exception) => exception.test(path)))) {
  cpSync(join(root, file), join(context, file));
}

/** Instructions, with continued lines joined. */
const instructions = readFileSync(join(root, 'Dockerfile'), 'utf8')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);

/** @type {Map<string, string>} */
const stages = new Map();
let stage = '';
let environment = { ...process.env };
/** @type {string[]} */
let command = [];
/** @type {string[]} */
let healthCheck = [];
let user = 'root';

for (const [keyword = '', rest = ''] of instructions) {
  if (keyword === 'FROM') {
    stage = join(base, `stage-${stages.size}`);
    stages.set(/ AS (\w+)$/.exec(rest)?.[1] ?? String(stages.size), stage);
    mkdirSync(join(stage, 'app'), { recursive: true });
    user = 'root';
  } else if (keyword === 'ENV') {
    environment = { ...environment, ...Object.fromEntries(rest.split(' ').map((pair) => pair.split('='))) };
  } else if (keyword === 'COPY') {
    copy(rest);
  } else if (keyword === 'RUN') {
    console.log(`RUN ${rest}`);
    execFileSync('sh', ['-c', rest], { cwd: join(stage, 'app'), stdio: 'inherit' });
  } else if (keyword === 'HEALTHCHECK') {
    healthCheck = JSON.parse(rest.slice(rest.indexOf('CMD ') + 4));
  } else if (keyword === 'CMD') {
    command = JSON.parse(rest);
  } else if (keyword === 'USER') {
    user = rest;
  } else if (!['WORKDIR', 'EXPOSE'].includes(keyword)) {
    throw new Error(`This script does not know ${keyword}; teach it, or leave it out.`);
  }
}
if (user === 'root') throw new Error('The image must not run as root.');

const [program = '', ...args] = command;
const app = join(stage, 'app');
environment = { ...environment, PORT: '4871' };
const server = spawn(program, args, { cwd: app, env: environment, stdio: ['ignore', 'pipe', 'inherit'] });
process.once('exit', () => server.kill('SIGKILL'));
for await (const line of createInterface(server.stdout)) if (line.includes('is ready')) break;
const [checker = '', ...checkerArgs] = healthCheck;
execFileSync(checker, checkerArgs, { env: environment });
server.kill('SIGTERM');
const [code] = await once(server, 'exit');
const size = execFileSync('du', ['-sm', app], { encoding: 'utf8' }).split('\t')[0];
rmSync(base, { recursive: true });
if (code !== 0) throw new Error(`The server ended with code ${code} when it was stopped.`);
console.log(
  `Dockerfile: its commands run, its server is healthy and stops with code 0; ${size} MB on top of the base image.`,
);

/** @param {string} operands */
function copy(operands) {
  const words = operands.split(' ');
  const from = words[0]?.startsWith('--from=') ? words.shift()?.slice('--from='.length) : undefined;
  const target = words.pop() ?? '';
  const origin = from ? stages.get(from) : context;
  if (!origin) throw new Error(`COPY ${operands}: there is no stage ${from}.`);
  for (const source of words) {
    const path = join(origin, source);
    if (!existsSync(path)) throw new Error(`COPY ${operands}: ${source} is missing.`);
    const into = target.endsWith('/') ? join(target, basename(source)) : target;
    cpSync(path, join(stage, 'app', into), { recursive: true, verbatimSymlinks: true });
  }
}
