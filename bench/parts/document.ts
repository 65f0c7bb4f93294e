import type { Bench } from '../bench.ts';
import { Client, type Received } from '../client.ts';
import { now } from '../clock.ts';
import { MeasuredServer, type Work, workBetween } from '../measured-server.ts';
import type { PartResult } from '../part.ts';
import { program } from '../program.ts';
import type { RawWindow } from '../raw-dialogue.ts';
import { tokensOf } from '../raw-engine.ts';
import { mean, median, sum } from '../statistics.ts';

/** A reading of the long document from its first byte to its last event. */
interface Reading extends Work {
  readonly chunks: number;
  /** Tokens of the text itself: without overlap and special tokens. */
  readonly textTokens: number;
  /** Milliseconds from when the request had been read to the first chunk at the client. */
  readonly firstChunkMs: number;
  /** The same from when the request was sent. */
  readonly firstChunkSinceSentMs: number;
  /** Of the first chunk: time to tokenize the whole text, in the queue, in the engine. */
  readonly firstChunkTiming: { readonly tokenizeMs: number; readonly queueMs: number; readonly inferenceMs: number };
  readonly raw: readonly [RawWindow, RawWindow];
}

/** A document of a megabyte through `analyze`, against the raw engine on the same windows. */
export async function document(bench: Bench): Promise<PartResult> {
  const text = bench.corpus.document(bench.effort.documentLength);
  const raw = await bench.raw();
  const first = await read(bench, text);
  // As elsewhere, nothing counts before Node has compiled what runs often.
  for (let reading = 0; reading < bench.effort.warmUpReadings; reading++) await read(bench, text);
  await raw.prepareWindows('windows', 'NER', await windowsOf(text, first.events));
  const readings: Reading[] = [];
  let before = await raw.run('windows', bench.effort.windowSeconds);
  for (let round = 0; round < Math.min(bench.effort.rounds, 3); round++) {
    const { events: _, ...reading } = await read(bench, text);
    const after = await raw.run('windows', bench.effort.windowSeconds);
    readings.push({ ...reading, raw: [before, after] });
    before = after;
  }
  const fresh: number[] = [];
  for (const _ of readings) fresh.push(await firstChunkOfFreshServer(text));
  const of = (value: (reading: Reading) => number) => median(readings.map(value));
  const perCpu = ({ tokens, cpuSeconds }: { tokens: number; cpuSeconds: number }) => tokens / cpuSeconds;
  const rate = ({ tokens, seconds }: { tokens: number; seconds: number }) => tokens / seconds;
  const tokenizeMs = of((reading) => reading.firstChunkTiming.tokenizeMs);
  const rows = [
    {
      measure: 'long document: first chunk after the request is read',
      value: of((reading) => reading.firstChunkMs),
      unit: 'ms',
      goal: { atMost: 100 },
      note: `tokenizing ${tokenizeMs.toFixed(0)} ms; since it was sent ${of((reading) => reading.firstChunkSinceSentMs).toFixed(0)} ms`,
    },
    {
      measure: 'long document: the same, of a server that has read nothing yet',
      value: median(fresh),
      unit: 'ms',
      goal: { atMost: 100 },
    },
    {
      measure: 'long document: of raw, per server CPU second, without overlap',
      value: of((reading) => perCpu(reading) / mean(reading.raw.map(perCpu))),
      unit: '%',
      goal: { atLeast: 0.9 },
      note: `by the clock ${(100 * of((reading) => rate(reading) / mean(reading.raw.map(rate)))).toFixed(0)} %`,
    },
    {
      measure: 'long document: chunks',
      value: of((reading) => reading.chunks / reading.seconds),
      unit: 'chunks/s',
      note: `${readings[0]?.chunks} chunks in ${of((reading) => reading.seconds).toFixed(1)} s`,
    },
    {
      measure: 'long document: tokens of the text',
      value: of((reading) => reading.textTokens / reading.seconds),
      unit: 'tokens/s',
      note: `overlap and special tokens add ${(100 * of((reading) => reading.tokens / reading.textTokens - 1)).toFixed(0)} %`,
    },
  ];
  return { rows, details: { readings, fresh } };
}

async function read(bench: Bench, text: string): Promise<Omit<Reading, 'raw'> & { readonly events: Received[] }> {
  const server = await bench.server();
  const client = await bench.client();
  const before = await server.snapshot();
  const sentAt = now();
  const events: Received[] = [];
  for await (const event of client.analyze(text)) events.push(event);
  const work = workBetween(before, await server.snapshot());
  const [first] = events;
  if (first?.event.__typename !== 'ChunkAnalyzed') throw new Error('The stream brought no chunk.');
  const chunkTokens = tokensOfChunks(events);
  return {
    ...work,
    chunks: chunkTokens.length,
    textTokens: sum(chunkTokens),
    firstChunkMs: first.atMs - (await server.streamRead()),
    firstChunkSinceSentMs: first.atMs - sentAt,
    firstChunkTiming: first.event.timing,
    events,
  };
}

/** Milliseconds as in {@link Reading.firstChunkMs}, before words are cached and code is compiled. */
async function firstChunkOfFreshServer(text: string): Promise<number> {
  const server = await MeasuredServer.start();
  const client = new Client(server.url);
  try {
    for await (const first of client.analyze(text)) return first.atMs - (await server.streamRead());
    throw new Error('The stream brought no chunk.');
  } finally {
    client.close();
    await server.close();
  }
}

function tokensOfChunks(events: readonly Received[]): readonly number[] {
  return events.flatMap(({ event }) => (event.__typename === 'ChunkAnalyzed' ? [event.chunk.tokenCount] : []));
}

/** The windows that the server read: the stream tells the chunks, and each has so much context on both sides. */
async function windowsOf(text: string, events: readonly Received[]): Promise<readonly Int32Array[]> {
  const { overlapTokens } = (await program('config')).loadConfig();
  // White space bounds tokens, so the tokens of all paragraphs are those of the text.
  const ids = Int32Array.from((await tokensOf('NER', text.split('\n\n'))).flatMap((paragraph) => [...paragraph]));
  const tokens = tokensOfChunks(events);
  if (sum(tokens) !== ids.length) {
    throw new Error(`The chunks hold ${sum(tokens)} tokens, but the text has ${ids.length}.`);
  }
  let end = 0;
  return tokens.map((count) => {
    const start = end;
    end += count;
    return ids.subarray(Math.max(0, start - overlapTokens), end + overlapTokens);
  });
}
