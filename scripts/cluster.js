/** Servers and a Redis in processes of their own on this machine, for `npm run chaos` and `npm run throughput`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const entry = join(dirname(import.meta.dirname), 'dist/main.js');

/** A server that is started again whenever it was killed, until it is stopped. */
export class ServerProcess {
  /**
   * @param {number} port
   * @param {Record<string, string>} environment
   */
  constructor(port, environment) {
    this.url = `http://127.0.0.1:${port}/graphql`;
    this.environment = { ...process.env, PORT: `${port}`, ...environment };
    this.wanted = true;
    this.child = this.spawn();
    /** Resolves when it is ready, or has ended. */
    this.started = untilReady(this.child);
  }

  /** Starts one on a free port; resolves when it is ready. @param {Record<string, string>} environment */
  static async start(environment) {
    const server = new ServerProcess(await freePort(), environment);
    await server.started;
    return server;
  }

  spawn() {
    return spawn(process.execPath, [entry], { env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] });
  }

  async kill() {
    await this.started;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
    if (!this.wanted) return;
    this.child = this.spawn();
    this.started = untilReady(this.child);
  }

  async stop() {
    this.wanted = false;
    await this.kill();
  }
}

/** Starts a Redis that keeps nothing on the disk. Ends this process if none is installed. */
export async function startRedis() {
  const port = await freePort();
  const child = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''], { stdio: 'ignore' });
  child.once('error', () => {
    console.error('There is no redis-server here. Install it, as with apt-get install redis-server.');
    process.exit(1);
  });
  while (!(await accepts(port))) await delay(20);
  return { url: `redis://127.0.0.1:${port}`, pid: child.pid, stop: () => child.kill('SIGKILL') };
}

/** @param {import('node:child_process').ChildProcessByStdio<null, import('node:stream').Readable, null>} child */
async function untilReady(child) {
  await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}

/** @param {number} port @returns {Promise<boolean>} */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
