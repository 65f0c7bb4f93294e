import { Client } from './client.ts';
import type { Corpus } from './corpus.ts';
import type { Effort } from './effort.ts';
import { type LoadWindow, measureLoad } from './load.ts';
import { MeasuredServer } from './measured-server.ts';
import { bodyFor, TASKS, type Task } from './operations.ts';
import { RawEngine } from './raw-engine.ts';

/** What the parts of the benchmark share: the texts, one server and one raw engine, each started when first wanted. */
export class Bench {
  readonly corpus: Corpus;
  readonly effort: Effort;
  readonly #nextTexts = new Map<number, () => string[]>();
  #server: Promise<MeasuredServer> | undefined;
  #raw: Promise<RawEngine> | undefined;
  #client: Client | undefined;

  constructor(corpus: Corpus, effort: Effort) {
    this.corpus = corpus;
    this.effort = effort;
  }

  server(): Promise<MeasuredServer> {
    this.#server ??= this.#startServer();
    return this.#server;
  }

  async client(): Promise<Client> {
    const { url } = await this.server();
    this.#client ??= new Client(url);
    return this.#client;
  }

  /** The raw engine, with the texts laid out for each task under the task's name. */
  raw(): Promise<RawEngine> {
    this.#raw ??= this.#startRaw();
    return this.#raw;
  }

  /** The body of the next request about so many texts. */
  nextBody(task: Task, texts: number): string {
    let next = this.#nextTexts.get(texts);
    if (!next) this.#nextTexts.set(texts, (next = this.corpus.taker(texts)));
    return bodyFor(task, next());
  }

  /** Measures the server under clients that each ask about so many texts at once. */
  async load(task: Task, texts: number, clients: number): Promise<LoadWindow> {
    const { windowSeconds: seconds, warmUpSeconds } = this.effort;
    const load = { client: await this.client(), clients, nextBody: () => this.nextBody(task, texts) };
    return measureLoad(await this.server(), load, { seconds, warmUpSeconds });
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    this.#client?.close();
    // One that could not start has nothing to close.
    for (const started of await Promise.allSettled([this.#server, this.#raw])) {
      if (started.status === 'fulfilled') await started.value?.close();
    }
  }

  /** A server is measured once its code is compiled, as that of one that runs for days is. */
  async #startServer(): Promise<MeasuredServer> {
    const server = await MeasuredServer.start();
    const client = new Client(server.url);
    for (const task of TASKS) {
      for (const texts of [1, 32]) {
        const load = { client, clients: 16, nextBody: () => this.nextBody(task, texts) };
        await measureLoad(server, load, { seconds: this.effort.compileSeconds / 4, warmUpSeconds: 0 });
      }
    }
    client.close();
    return server;
  }

  async #startRaw(): Promise<RawEngine> {
    const raw = new RawEngine();
    for (const task of TASKS) {
      await raw.prepare(task, task, this.corpus.texts);
      await raw.run(task, 0.2);
    }
    return raw;
  }
}
