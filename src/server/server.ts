import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import { documentOptions } from '../documents/document-options.ts';
import { Inference } from '../inference/inference.ts';
import { ModelRegistry } from '../models/registry.ts';
import type { Services } from '../schema/operation.ts';
import { Authentication } from './access/authentication.ts';
import { ClientLedger } from './guards/client-ledger.ts';
import { PersistedOperations } from './guards/persisted-operations.ts';
import { LiveOperations } from './live-operations.ts';
import { useReadiness } from './readiness.ts';
import { type SocketServer, serveWebSocket } from './websocket.ts';
import { createGraphServer, type GraphServer } from './yoga.ts';

/** Told of failures that nobody expected, with the id of their request. */
export type ReportFailure = (error: unknown, requestId: string) => void;

/** Who may come in, and with what. */
interface Gate {
  readonly authentication: Authentication;
  readonly ledger: ClientLedger;
  readonly persisted: PersistedOperations | undefined;
}

/**
 * A bertql server. {@link start} it, {@link listen} if it is to have a socket, and {@link close} it:
 * its threads must end by themselves, since a process that ends while they run is aborted.
 */
export class BertqlServer {
  /** The graph; its `fetch` answers requests without a socket. */
  readonly graph: GraphServer;
  readonly inference: Inference;
  readonly #config: Config;
  readonly #operations: LiveOperations;
  readonly #gate: Gate;
  #http: Server | undefined;
  #sockets: SocketServer | undefined;
  #ready = false;
  #closed: Promise<void> | undefined;

  private constructor(config: Config, registry: ModelRegistry, gate: Gate, reportFailure: ReportFailure) {
    this.#config = config;
    this.#gate = gate;
    this.inference = new Inference(registry, config);
    this.#operations = new LiveOperations(config);
    const services: Services = {
      inference: this.inference,
      documents: documentOptions(config),
      maxTexts: config.maxTexts,
      maxResultSize: config.maxResultSize,
      reportFailure,
    };
    this.graph = createGraphServer(services, {
      config,
      ...gate,
      operations: this.#operations,
      operators: [useReadiness(() => this.#hindrances())],
    });
  }

  /**
   * Reads the models' folders and whatever else is configured by a file. Throws `ModelFolderError` or
   * `ConfigError` for one that cannot be used.
   */
  static async create(config: Config, reportFailure: ReportFailure): Promise<BertqlServer> {
    const { persistedOperations } = config;
    const gate: Gate = {
      authentication: await Authentication.open(config, config),
      ledger: new ClientLedger(config),
      persisted: persistedOperations === undefined ? undefined : await PersistedOperations.open(persistedOperations),
    };
    return new BertqlServer(config, await ModelRegistry.open(config.modelsDirectory), gate, reportFailure);
  }

  /** Loads the models; until then operations that need one fail with MODEL_UNAVAILABLE. */
  async start(): Promise<void> {
    await this.inference.start();
    this.#ready = this.#closed === undefined;
  }

  /** Listens on the configured address and resolves with the URL of the endpoint. Rejects where the port is taken. */
  async listen(): Promise<string> {
    const http = createServer(this.graph);
    this.#http = http;
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(this.#config.port, this.#config.host, () => {
        http.off('error', reject);
        resolve();
      });
    });
    this.#sockets = serveWebSocket(http, this.graph, { ...this.#config, ...this.#gate });
    const { address, port, family } = http.address() as AddressInfo;
    const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    return `http://${host}:${port}${this.graph.graphqlEndpoint}`;
  }

  /**
   * Drains and stops: no new work, streams end with SHUTTING_DOWN and their cursor, queries under way are
   * answered until the deadline, sockets close with 1001, running batches finish, threads end.
   */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  /** Does not wait for open requests any longer. {@link close} resolves once running batches are done. */
  hurry(): void {
    this.#operations.abandon();
    this.#http?.closeAllConnections();
  }

  /** Why no new work is taken now. */
  #hindrances(): readonly string[] {
    if (this.#closed) return ['the server is stopping'];
    if (!this.#ready) return ['the models are being loaded'];
    const { queuedTokens } = this.inference;
    const { queueTokens } = this.#config;
    return queuedTokens >= queueTokens ? [`the queue is full: ${queuedTokens} of ${queueTokens} tokens`] : [];
  }

  async #drain(): Promise<void> {
    this.#ready = false;
    const deadline = setTimeout(() => this.hurry(), this.#config.shutdownTimeoutMs);
    const stopped = this.#stopListening();
    await this.#operations.endStreams();
    await this.#sockets?.dispose();
    await stopped;
    clearTimeout(deadline);
    await this.graph.dispose();
    await this.inference.close();
  }

  #stopListening(): Promise<void> {
    const http = this.#http;
    if (!http?.listening) return Promise.resolve();
    return new Promise((resolve) => {
      http.close(() => resolve());
      http.closeIdleConnections();
    });
  }
}
