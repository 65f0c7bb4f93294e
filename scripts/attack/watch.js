/**
 * Watches a server from a thread of its own, so that a busy attacker does not look like a busy server: how long `/health`
 * did not answer, and how large the process became.
 */
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {{ url: string, pid: number }} */
const { url, pid } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let silenceMs = 0;
let peakBytes = 0;
let stopped = false;

parentPort?.on('message', (message) => {
  if (message === 'stop') stopped = true;
  parentPort?.postMessage({ silenceMs, peakBytes: Math.max(peakBytes, residentBytes()) });
  silenceMs = 0;
  peakBytes = 0;
});

const residentBytes = () => {
  try {
    return 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
};

const ask = () =>
  new Promise((resolve) => {
    const request = get(new URL('/health', url), { agent }, (response) => response.resume().once('close', resolve));
    request.once('error', resolve);
  });

while (!stopped) {
  const begun = performance.now();
  await ask();
  silenceMs = Math.max(silenceMs, performance.now() - begun);
  peakBytes = Math.max(peakBytes, residentBytes());
  await new Promise((resolve) => setTimeout(resolve, 5));
}
process.exit();
