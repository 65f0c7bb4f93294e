import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Bench } from '../bench.ts';
import { now, sleep } from '../clock.ts';
import { MeasuredServer, workBetween } from '../measured-server.ts';
import type { PartResult, Row } from '../part.ts';
import { percentile } from '../statistics.ts';

/** UTF-16 code units of the text before the appends that are measured. */
const LENGTHS = [0, 100_000, 1_000_000] as const;
/** A few words. */
const PART = 24;
/** Texts at once: the engine reads a window for each append unless appends share one. */
const TEXTS_AT_ONCE = [5, 20] as const;
const APPENDS_A_SECOND = 10;

const START = 'mutation ($input: StartAnalysisInput!) { startAnalysis(input: $input) { id } }';
const APPEND =
  'mutation ($id: ID!, $at: Int!, $text: String!) { appendText(id: $id, at: $at, text: $text) { length } }';
const FINISH = 'mutation ($id: ID!) { finishText(id: $id) { length } }';
const EVENTS =
  'subscription ($id: ID!) { analysisEvents(id: $id) { __typename ... on TailAnalyzed { length entities { text type start end } } ... on ChunkAnalyzed { entities { text type start end } } } }';

/** A text that grows: an append of a few words until its tail is there, at any length, and on many texts at once. */
export async function growing(bench: Bench): Promise<PartResult> {
  const server = await MeasuredServer.start();
  const rows: Row[] = [];
  const details: Record<string, readonly number[]> = {};
  try {
    const appends = Math.max(40, Math.ceil(bench.effort.idleRequests / 4));
    for (const length of LENGTHS) {
      const text = bench.corpus.document(length + (appends + 1) * PART);
      const writer = await Writer.open(server.url);
      if (length > 0) await writer.append(text.slice(0, length));
      const before = await server.snapshot();
      const latencies: number[] = [];
      for (let append = 0; append < appends; append++) {
        latencies.push(await writer.append(text.slice(writer.length, writer.length + PART)));
      }
      const { sequences } = workBetween(before, await server.snapshot());
      await writer.close();
      details[`at ${length}`] = latencies;
      const at = `append to a text of ${length.toLocaleString('en')} characters`;
      rows.push(
        { measure: `${at}: tail p50`, value: percentile(latencies, 0.5), unit: 'ms', goal: { atMost: 15 } },
        { measure: `${at}: tail p95`, value: percentile(latencies, 0.95), unit: 'ms', goal: { atMost: 30 } },
        { measure: `${at}: windows an append`, value: sequences / appends, unit: '' },
      );
    }
    for (const texts of TEXTS_AT_ONCE) {
      const before = await server.snapshot();
      const latencies = await manyAtOnce(bench, server, texts, appends / 2);
      const { sequences, tokens, cpuSeconds, seconds } = workBetween(before, await server.snapshot());
      details[`${texts} at once`] = latencies;
      const at = `${APPENDS_A_SECOND} appends a second on ${texts} texts`;
      rows.push(
        {
          measure: `${at}: tail p95`,
          value: percentile(latencies, 0.95),
          unit: 'ms',
          goal: { atMost: 100 },
          note: `${Math.round((tokens / sequences) * texts * APPENDS_A_SECOND)} tokens a second, if no append shared a reading`,
        },
        { measure: `${at}: windows an append`, value: sequences / latencies.length, unit: '' },
        // If it is all that there are, appends share tails, and the time to one is that of a round of all texts.
        { measure: `${at}: cores in use by the server`, value: cpuSeconds / seconds, unit: '' },
      );
    }
  } finally {
    await server.close();
  }
  return { rows, details };
}

async function manyAtOnce(
  bench: Bench,
  server: MeasuredServer,
  texts: number,
  appends: number,
): Promise<readonly number[]> {
  const text = bench.corpus.document(appends * PART);
  const writers = await Promise.all(Array.from({ length: texts }, () => Writer.open(server.url)));
  const latencies: Promise<number>[] = [];
  const write = async (writer: Writer, index: number) => {
    await sleep((1000 / APPENDS_A_SECOND / texts) * index);
    for (let append = 0; append < appends; append++) {
      latencies.push(writer.append(text.slice(append * PART, (append + 1) * PART)));
      await sleep(1000 / APPENDS_A_SECOND);
    }
  };
  await Promise.all(writers.map(write));
  const all = await Promise.all(latencies);
  for (const writer of writers) await writer.close();
  return all;
}

/** A client that appends to a text and follows it, both over one WebSocket. */
class Writer {
  length = 0;
  readonly #id: string;
  readonly #client: ReturnType<typeof createClient>;
  /** Who waits for a tail that has read so far. */
  readonly #waiting: { readonly length: number; readonly resolve: () => void }[] = [];
  readonly #watched: Promise<void>;
  /** Settles when all parts so far have been appended. */
  #sent: Promise<unknown> = Promise.resolve();

  private constructor(client: ReturnType<typeof createClient>, id: string) {
    this.#client = client;
    this.#id = id;
    this.#watched = this.#watch();
  }

  static async open(url: string): Promise<Writer> {
    const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const { startAnalysis } = await ask<{ startAnalysis: { id: string } }>(client, START, { input: { open: true } });
    return new Writer(client, startAnalysis.id);
  }

  /** Appends, and gives the milliseconds until the tail is there that has read it. */
  async append(text: string): Promise<number> {
    const at = this.length;
    this.length += text.length;
    const { length } = this;
    const startedAt = now();
    const read = new Promise<void>((resolve) => this.#waiting.push({ length, resolve }));
    // One after the other: sent at once, the second could arrive first.
    this.#sent = this.#sent.then(() => ask(this.#client, APPEND, { id: this.#id, at, text }));
    await this.#sent;
    await read;
    return now() - startedAt;
  }

  async close(): Promise<void> {
    await ask(this.#client, FINISH, { id: this.#id });
    await this.#watched;
    await this.#client.dispose();
  }

  async #watch(): Promise<void> {
    const events = this.#client.iterate<{ analysisEvents: { __typename: string; length?: number } }>({
      query: EVENTS,
      variables: { id: this.#id },
    });
    for await (const { data } of events) {
      const read = data?.analysisEvents.length ?? -1;
      while (this.#waiting[0] && this.#waiting[0].length <= read) this.#waiting.shift()?.resolve();
    }
  }
}

async function ask<T>(client: ReturnType<typeof createClient>, query: string, variables: Record<string, unknown>) {
  for await (const { data, errors } of client.iterate<T>({ query, variables })) {
    if (data && !errors) return data;
    throw new Error(JSON.stringify(errors));
  }
  throw new Error('The server gave no answer.');
}
