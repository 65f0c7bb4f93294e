import type { Bench } from './bench.ts';
import type { Received } from './client.ts';
import { sleep } from './clock.ts';

/** Analyses of long documents that run at the same time as something else. */
export class Streams {
  /** The events of each document so far. */
  readonly received: readonly Received[][];
  /** Resolves when every stream has brought its first chunk. */
  readonly begun: Promise<unknown>;
  readonly #ended: Promise<unknown>;
  #running = true;

  private constructor(starts: readonly ((onEvent: (event: Received) => boolean) => Promise<void>)[]) {
    this.received = starts.map(() => []);
    const first: Promise<void>[] = [];
    const all = starts.map((start, index) => {
      const { promise, resolve, reject } = deferred();
      first.push(promise);
      const run = start((event) => {
        this.received[index]?.push(event);
        resolve();
        return this.#running;
      });
      run.then(resolve, reject);
      return run;
    });
    this.begun = Promise.all(first);
    this.#ended = Promise.all(all);
    this.#ended.catch(() => undefined);
  }

  /** Starts to stream a different document of each of these lengths. */
  static async start(bench: Bench, lengths: readonly number[]): Promise<Streams> {
    const client = await bench.client();
    return new Streams(
      lengths.map((length, index) => async (onEvent) => {
        const text = bench.corpus.document(length, index / lengths.length);
        for await (const event of client.analyze(text)) if (!onEvent(event)) break;
      }),
    );
  }

  /** Leaves the streams at their next event. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#ended;
  }
}

/** Streams documents for some seconds, then leaves them. */
export async function streamFor(bench: Bench, lengths: readonly number[], seconds: number): Promise<Streams> {
  const streams = await Streams.start(bench, lengths);
  await sleep(seconds * 1000);
  await streams.stop();
  return streams;
}

function deferred() {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
