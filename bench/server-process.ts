/**
 * The process of the server under measurement: the server as `npm start` runs it, its log included, and answers to what only it can
 * tell. Nothing here runs while nothing is asked, but for the note when the request of a stream has been read.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { Session } from 'node:inspector/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { BertqlServer } from '../src/server/server.ts';
import { answerParent } from './child.ts';
import { cpuSeconds, now } from './clock.ts';
import { program } from './program.ts';
import type { Lag, ServerDialogue, Snapshot } from './server-dialogue.ts';
import { threads } from './threads.ts';

const LAG_RESOLUTION_MS = 1;

let server: BertqlServer | undefined;
let streamReadAt = Number.NaN;
const delay = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
const inspector = new Session();

subscribe('http.server.request.start', (message) => {
  const { request } = message as { request: IncomingMessage };
  if (!request.headers.accept?.includes('text/event-stream')) return;
  request.once('end', () => {
    streamReadAt = now();
  });
});

async function start(): Promise<string> {
  const { loadConfig } = await program('config');
  const { openLog } = await program('server/log');
  const { BertqlServer } = await program('server/server');
  const config = loadConfig();
  server = await BertqlServer.create(config, (error) => console.error(error), openLog(config));
  const url = await server.listen();
  await server.start();
  return url;
}

function snapshot(): Snapshot {
  if (!server) throw new Error('The server is not started.');
  const { batches, sequences, tokens, paddedTokens } = server.inference.counts;
  const residentBytes = process.memoryUsage.rss();
  return { atMs: now(), cpuSeconds: cpuSeconds(), residentBytes, batches, sequences, tokens, paddedTokens };
}

function lag(step: 'begin' | 'end'): Lag {
  if (step === 'begin') {
    delay.reset();
    delay.enable();
  } else {
    delay.disable();
  }
  // The histogram holds the time from one timer to the next: the resolution, and how late it was.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e6 - LAG_RESOLUTION_MS);
  return { p50: late(delay.percentile(50)), p99: late(delay.percentile(99)), max: late(delay.max) };
}

async function profile(step: 'begin' | 'end') {
  if (step === 'begin') {
    inspector.connect();
    await inspector.post('Profiler.enable');
    await inspector.post('Profiler.setSamplingInterval', { interval: 200 });
    await inspector.post('Profiler.start');
    return undefined;
  }
  const { profile } = await inspector.post('Profiler.stop');
  inspector.disconnect();
  return profile;
}

answerParent<ServerDialogue>({ start, snapshot, lag, threads, profile, streamRead: () => streamReadAt }, async () =>
  server?.close(),
);
