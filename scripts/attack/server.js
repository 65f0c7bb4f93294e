/** A server under attack, in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

const entry = join(dirname(dirname(import.meta.dirname)), 'dist/main.js');
const turns = new URL('turns.js', import.meta.url).href;

/**
 * @typedef {object} Seen
 * @property {number} silenceMs the longest time in which `/health` did not answer
 * @property {number} turnMs the longest turn of the event loop, in time that its thread ran
 * @property {number} peakBytes the largest resident size
 */

export class AttackedServer {
  #ended = new AbortController();

  /** @param {import('node:child_process').ChildProcess} child @param {string} url */
  constructor(child, url) {
    this.child = child;
    this.url = url;
    child.once('exit', () => this.#ended.abort());
    this.watcher = new Worker(new URL('watch.js', import.meta.url), { workerData: { url, pid: child.pid } });
  }

  /** @param {Record<string, string>} settings */
  static async start(settings) {
    const environment = { ...process.env, PORT: '0', LOG_LEVEL: 'info', LOG_FORMAT: 'json', WORKERS: '1', ...settings };
    const child = spawn(process.execPath, ['--import', turns, entry], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    let output = '';
    const url = await new Promise((resolve, reject) => {
      child.stdout?.on('data', (part) => {
        // The rest is read and dropped, so that the log does not wait for its reader.
        if (output.length > 100_000) return;
        output += part;
        const found = /is ready: ([^\s"]+)/.exec(output)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', () => reject(new Error(`The server ended before it was ready: ${output}`)));
    });
    return new AttackedServer(child, url);
  }

  /** Whether the process lives. */
  get lives() {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** What was seen since this was asked last. @returns {Promise<Seen>} */
  async seen() {
    const answer = once(this.watcher, 'message');
    this.watcher.postMessage('seen');
    const [seen] = await answer;
    return { ...seen, turnMs: await this.#longestTurn() };
  }

  /** @returns {Promise<number>} */
  async #longestTurn() {
    if (!this.lives || !this.child.connected) return 0;
    const answer = once(this.child, 'message', { signal: this.#ended.signal });
    this.child.send('seen', () => undefined);
    return answer.then(([turnMs]) => turnMs).catch(() => 0);
  }

  /** Milliseconds for which the main thread had to wait for a core since it began; 0 if that is not known. */
  get #waitedMs() {
    try {
      return Number(readFileSync(`/proc/${this.child.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
    } catch {
      return 0;
    }
  }

  /**
   * Stops the process and says whether it ended well in time. The time for which others kept it from running does not
   * count.
   * @param {number} limitMs
   * @param {() => void} after
   */
  async stopWithin(limitMs, after) {
    const begun = performance.now();
    const waitedBefore = this.#waitedMs;
    let waited = waitedBefore;
    const look = setInterval(() => {
      waited = Math.max(waited, this.#waitedMs);
    }, 10);
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const [code] = await Promise.race([ended, new Promise((resolve) => setTimeout(() => resolve(['none']), 15_000))]);
    clearInterval(look);
    const ms = Math.round(performance.now() - begun - (waited - waitedBefore));
    after();
    return { came: `code ${code} after ${ms} ms`, bytes: 0, good: code === 0 && ms <= limitMs };
  }

  async stop() {
    await this.watcher.terminate();
    if (!this.lives) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
