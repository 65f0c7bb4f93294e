import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import { documentOptions } from '../documents/document-options.ts';
import type { Analyses } from '../documents/jobs/analyses.ts';
import { openAnalyses } from '../documents/jobs/open-analyses.ts';
import { Inference } from '../inference/inference.ts';
import { ModelRegistry } from '../models/registry.ts';
import type { Services } from '../schema/operation.ts';
import { LiveOperations } from './live-operations.ts';
import { StalledReaders } from './stalled-readers.ts';
import { type SocketServer, serveWebSocket } from './websocket.ts';
import { createGraphServer, type GraphServer } from './yoga.ts';

/** Told of failures that nobody expected. */
export type ReportFailure = (error: unknown) => void;

/**
 * A bertql server. {@link start} it, {@link listen} if it is to have a socket, and {@link close} it:
 * its threads must end by themselves, since a process that ends while they run is aborted.
 */
export class BertqlServer {
  /** The graph; its `fetch` answers requests without a socket. */
  readonly graph: GraphServer;
  readonly inference: Inference;
  readonly #analyses: Analyses;
  readonly #config: Config;
  readonly #operations: LiveOperations;
  #http: Server | undefined;
  #sockets: SocketServer | undefined;
  #stalled: StalledReaders | undefined;
  #ready = false;
  #closed: Promise<void> | undefined;

  private constructor(config: Config, inference: Inference, analyses: Analyses, reportFailure: ReportFailure) {
    this.#config = config;
    this.inference = inference;
    this.#analyses = analyses;
    this.#operations = new LiveOperations(config.requestTimeoutMs);
    const services: Services = {
      inference,
      analyses,
      documents: documentOptions(config),
      maxTexts: config.maxTexts,
      reportFailure,
    };
    this.graph = createGraphServer(services, {
      maxBodyBytes: config.maxBodyBytes,
      isReady: () => this.#ready,
      operations: this.#operations,
      answersClients: config.role !== 'worker',
    });
  }

  /** Reads the models' folders. Throws `ModelFolderError` for one that cannot be used. */
  static async create(config: Config, reportFailure: ReportFailure): Promise<BertqlServer> {
    const inference = new Inference(await ModelRegistry.open(config.modelsDirectory), config);
    return new BertqlServer(config, inference, await openAnalyses(config, inference, reportFailure), reportFailure);
  }

  /** Streams that are open, over any transport. */
  get streams(): number {
    return this.#operations.streams;
  }

  /** Loads the models; until then operations that need one fail with MODEL_UNAVAILABLE. */
  async start(): Promise<void> {
    await this.inference.start();
    if (this.#config.role !== 'api') await this.#analyses.work();
    this.#ready = this.#closed === undefined;
  }

  /** Listens on the configured address and resolves with the URL of the endpoint. Rejects where the port is taken. */
  async listen(): Promise<string> {
    const http = createServer(this.graph);
    this.#http = http;
    const stalled = new StalledReaders(http, this.#config.stallTimeoutMs);
    this.#stalled = stalled;
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(this.#config.port, this.#config.host, () => {
        http.off('error', reject);
        resolve();
      });
    });
    if (this.#config.role !== 'worker')
      this.#sockets = serveWebSocket(http, this.graph, this.#config.maxBodyBytes, stalled);
    const { address, port, family } = http.address() as AddressInfo;
    const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    return `http://${host}:${port}${this.graph.graphqlEndpoint}`;
  }

  /**
   * Drains and stops: no new work, analyses end with SHUTTING_DOWN unless other machines go on with them, streams
   * end with it and their cursor, queries under way are answered until the deadline, sockets close with 1001,
   * running batches finish, threads end.
   */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  /** Does not wait for open requests any longer. {@link close} resolves once running batches are done. */
  hurry(): void {
    this.#operations.abortQueries();
    this.#http?.closeAllConnections();
    // The server does not count WebSockets among its connections.
    this.#stalled?.cutNow();
  }

  async #drain(): Promise<void> {
    this.#ready = false;
    const deadline = setTimeout(() => this.hurry(), this.#config.shutdownTimeoutMs);
    const stopped = this.#stopListening();
    await this.#analyses.stop();
    await this.#operations.endStreams();
    await this.#sockets?.dispose();
    await stopped;
    clearTimeout(deadline);
    this.#stalled?.dispose();
    await this.graph.dispose();
    await this.#analyses.close();
    await this.inference.close();
  }

  #stopListening(): Promise<void> {
    const http = this.#http;
    if (!http?.listening) return Promise.resolve();
    // A connection whose stream ends now would otherwise be kept for the client's next request.
    http.keepAliveTimeout = 1;
    return new Promise((resolve) => {
      http.close(() => resolve());
      http.closeIdleConnections();
    });
  }
}
