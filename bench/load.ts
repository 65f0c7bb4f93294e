import type { Client } from './client.ts';
import { cpuSeconds, sleep } from './clock.ts';
import { type MeasuredServer, type Work, workBetween } from './measured-server.ts';

/** Clients that each send the next request as soon as the last one is answered. */
export class Load {
  readonly #client: Client;
  readonly #nextBody: () => string;
  readonly #loops: readonly Promise<void>[];
  #latencies: number[] = [];
  #running = true;
  #failure: unknown;

  constructor(client: Client, clients: number, nextBody: () => string) {
    this.#client = client;
    this.#nextBody = nextBody;
    this.#loops = Array.from({ length: clients }, () => this.#ask());
  }

  /** The latencies of the requests since it was last called, in milliseconds. Throws if a request failed. */
  takeLatencies(): readonly number[] {
    if (this.#failure) throw this.#failure;
    const taken = this.#latencies;
    this.#latencies = [];
    return taken;
  }

  /** Resolves once the last request is answered. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
    if (this.#failure) throw this.#failure;
  }

  async #ask(): Promise<void> {
    while (this.#running) {
      const startedAt = performance.now();
      try {
        await this.#client.post(this.#nextBody());
      } catch (error) {
        this.#failure ??= error;
        this.#running = false;
      }
      this.#latencies.push(performance.now() - startedAt);
    }
  }
}

/** A stretch of time under a steady load. */
export interface LoadWindow extends Work {
  readonly latencies: readonly number[];
  /** Processor seconds of the clients, which are no part of the server's. */
  readonly clientCpuSeconds: number;
}

/** Puts a load on the server, and measures once it is steady. */
export async function measureLoad(
  server: MeasuredServer,
  load: { readonly client: Client; readonly clients: number; readonly nextBody: () => string },
  duration: { readonly seconds: number; readonly warmUpSeconds: number },
): Promise<LoadWindow> {
  const running = new Load(load.client, load.clients, load.nextBody);
  await sleep(duration.warmUpSeconds * 1000);
  const before = await server.snapshot();
  const cpuBefore = cpuSeconds();
  running.takeLatencies();
  await sleep(duration.seconds * 1000);
  const after = await server.snapshot();
  const clientCpuSeconds = cpuSeconds() - cpuBefore;
  const latencies = running.takeLatencies();
  await running.stop();
  return { ...workBetween(before, after), latencies, clientCpuSeconds };
}
