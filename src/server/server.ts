import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import { documentOptions } from '../documents/document-options.ts';
import { Inference } from '../inference/inference.ts';
import type { InferenceObserver } from '../inference/observer.ts';
import { ModelRegistry } from '../models/registry.ts';
import type { Services } from '../schema/operation.ts';
import { Authentication } from './access/authentication.ts';
import { ClientLedger } from './guards/client-ledger.ts';
import { PersistedOperations } from './guards/persisted-operations.ts';
import { LiveOperations } from './live-operations.ts';
import { type Log, logOperation, silentLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { useReadiness } from './readiness.ts';
import type { Tracing } from './tracing.ts';
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
  readonly #reportFailure: ReportFailure;
  readonly #metrics: Metrics;
  readonly #tracing: Tracing | undefined;
  #http: Server | undefined;
  #sockets: SocketServer | undefined;
  #ready = false;
  #closed: Promise<void> | undefined;

  private constructor(
    config: Config,
    registry: ModelRegistry,
    gate: Gate,
    reportFailure: ReportFailure,
    log: Log,
    tracing: Tracing | undefined,
  ) {
    this.#config = config;
    this.#gate = gate;
    this.#reportFailure = reportFailure;
    this.#metrics = new Metrics();
    this.#tracing = tracing;
    const observers: readonly InferenceObserver[] = [this.#metrics, ...(tracing ? [tracing] : [])];
    const batchDone: InferenceObserver['batchDone'] = (report) => {
      for (const observer of observers) observer.batchDone(report);
    };
    this.inference = new Inference(registry, { ...config, observer: { batchDone } });
    this.#metrics.watch({
      inference: this.inference,
      streams: () => this.#operations.streams,
      sockets: () => this.#sockets?.size ?? 0,
      ready: () => this.#hindrances().length === 0,
    });
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
      report: (operation) => {
        this.#metrics.operationDone(operation);
        logOperation(log, operation);
      },
      operators: [
        useReadiness(() => this.#hindrances()),
        ...(config.metrics ? [this.#metrics.plugin()] : []),
        ...(tracing ? [tracing.plugin()] : []),
      ],
    });
  }

  /**
   * Reads the models' folders and whatever else is configured by a file. Throws `ModelFolderError` or
   * `ConfigError` for one that cannot be used.
   */
  static async create(config: Config, reportFailure: ReportFailure, log: Log = silentLog()): Promise<BertqlServer> {
    const { persistedOperations } = config;
    const gate: Gate = {
      authentication: await Authentication.open(config, config),
      ledger: new ClientLedger(config),
      persisted: persistedOperations === undefined ? undefined : await PersistedOperations.open(persistedOperations),
    };
    // Some dozens of packages, which only those who want traces should load.
    const tracing = config.tracing ? new (await import('./tracing.ts')).Tracing() : undefined;
    return new BertqlServer(
      config,
      await ModelRegistry.open(config.modelsDirectory),
      gate,
      reportFailure,
      log,
      tracing,
    );
  }

  /** Whether it listens beyond this machine and asks nobody who they are. */
  get isOpenToAll(): boolean {
    const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(this.#config.host);
    return !isLocal && !this.#gate.authentication.required;
  }

  /** Streams that are open, on any transport. */
  get streams(): number {
    return this.#operations.streams;
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
    this.#sockets = serveWebSocket(http, this.graph, {
      ...this.#config,
      ...this.#gate,
      reportFailure: this.#reportFailure,
    });
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
    this.#sockets?.terminate();
    this.#http?.closeAllConnections();
  }

  /** Why no new work is taken now. */
  #hindrances(): readonly string[] {
    if (this.#closed) return ['the server is stopping'];
    if (!this.#ready) return ['the models are being loaded'];
    const { queuedTokens } = this.inference;
    const { queueTokens } = this.#config;
    const { ready, lost } = this.inference.workers;
    return [
      ...(queuedTokens >= queueTokens ? [`the queue is full: ${queuedTokens} of ${queueTokens} tokens`] : []),
      ...(ready === 0 ? ['no inference thread is ready'] : []),
      // Each lost thread may keep a core busy for ever, which only a new process cures.
      ...(lost >= this.#config.workers ? [`${lost} inference threads hang: the process should be replaced`] : []),
    ];
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
    this.#metrics.dispose();
    await this.#tracing?.dispose();
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
