import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../jobs/redis.ts';

const PROGRAM = process.env['NGINX'] ?? 'nginx';
const FILE = new URL('../../compose/nginx.conf', import.meta.url);

/** The version of nginx as a list of numbers; undefined if it is not installed. */
function versionOf(program: string): readonly number[] | undefined {
  const { stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' });
  return /nginx\/([\d.]+)/
    .exec(stderr ?? '')?.[1]
    ?.split('.')
    .map(Number);
}

const version = versionOf(PROGRAM);

/** Whether nginx is installed; otherwise tests that need it are skipped, which the report shows. */
export const hasNginx = version !== undefined;

/** Whether it looks up the addresses of an upstream again, as that of compose.yaml does: since 1.27.3. */
export const looksUpAgain =
  version !== undefined && version.map((part) => String(part).padStart(4, '0')).join('.') >= '0001.0027.0003';

export interface Nginx {
  readonly url: string;
  /** What it has logged so far. */
  readonly output: string;
  stop(): Promise<void>;
}

/**
 * Starts nginx with the file that compose.yaml mounts, changed only in the addresses at which it listens, asks for names and
 * finds the replicas.
 * @param replicas the addresses of the replicas
 * @param port the port of all replicas
 * @param nameServerPort where the name of the replicas is looked up, if `looksUpAgain`
 */
export async function startNginx(replicas: readonly string[], port: number, nameServerPort: number): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'bertql-nginx-'));
  // Its workers run as another user.
  chmodSync(folder, 0o755);
  const own = await freePort();
  let text = readFileSync(FILE, 'utf8');
  const change = (from: string, to: string) => {
    if (!text.includes(from)) throw new Error(`compose/nginx.conf should have "${from}".`);
    text = text.replace(from, to);
  };
  change('listen 80;', `listen 127.0.0.1:${own};`);
  change('resolver 127.0.0.11 ', `resolver 127.0.0.1:${nameServerPort} `);
  change(
    'server api:4000 resolve;',
    looksUpAgain ? `server api:${port} resolve;` : replicas.map((address) => `server ${address}:${port};`).join(' '),
  );
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${kind};`);
  change('http {', `http { ${paths.join(' ')}`);
  writeFileSync(join(folder, 'nginx.conf'), text);
  const child = spawn(PROGRAM, ['-p', folder, '-c', 'nginx.conf', '-g', 'daemon off; pid nginx.pid;'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (part) => {
    output += part;
  });
  child.stderr.on('data', (part) => {
    output += part;
  });
  await untilListening(own, child, () => output);
  return {
    url: `http://127.0.0.1:${own}/graphql`,
    get output() {
      return output;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        await once(child, 'close');
      }
      rmSync(folder, { recursive: true });
    },
  };
}

/** Resolves when somebody listens on the port; throws if the process ends before. */
async function untilListening(port: number, child: ChildProcess, output: () => string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`nginx ended before it listened: ${output()}`);
}
