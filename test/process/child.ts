import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const ENTRY = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Resolves with the endpoint's URL when the server says that it is ready. */
  readonly ready: Promise<string>;
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly output: string }>;
}

/** Starts the server; it is killed when the test ends, should it still run then. */
export function startProcess(environment: Readonly<Record<string, string>> = {}): ServerProcess {
  const server = spawnServer(environment);
  onTestFinished(() => void server.child.kill('SIGKILL'));
  return server;
}

/** Starts the server; whoever calls this ends it. */
export function spawnServer(environment: Readonly<Record<string, string>> = {}): ServerProcess {
  const child = spawn(process.execPath, [ENTRY], {
    env: { ...process.env, PORT: '0', CACHE_BYTES: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ready = new Promise<string>((resolve, reject) => {
    const read = (data: Buffer) => {
      output += data.toString();
      const url = /is ready: ([^\s"]+)/.exec(output)?.[1];
      if (url) resolve(url);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', () => reject(new Error(`The server ended before it was ready: ${output}`)));
  });
  ready.catch(() => undefined);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, output }));
  return { child, ready, ended };
}
