import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Config } from '../config.ts';
import { Inference } from '../inference/inference.ts';
import type { InferenceObserver } from '../inference/observer.ts';
import type { Analyses } from '../jobs/analyses.ts';
import { openRegistry } from '../models/open-registry.ts';
import type { Services } from '../schema/context.ts';
import { VERSION } from '../version.ts';
import { Authentication } from './access/authentication.ts';
import { documentOptions } from './document-options.ts';
import { LastAnswers } from './last-answers.ts';
import { ClientLedger } from './limits/client-ledger.ts';
import { PersistedOperations } from './limits/persisted-operations.ts';
import { LiveOperations } from './live-operations.ts';
import { LoadLog } from './load-log.ts';
import { type Log, logDevices, logOperation, silentLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { openAnalyses } from './open-analyses.ts';
import { Page } from './page.ts';
import { useReadiness } from './readiness.ts';
import { StalledReaders } from './stalled-readers.ts';
import type { Tracing } from './tracing.ts';
import { rehearse } from './warm-up.ts';
import { type SocketServer, serveWebSocket } from './websocket.ts';
import { createGraphServer, type GraphServer } from './yoga.ts';

/**
 * Milliseconds that a connection is kept for the next request. Proxies and load balancers keep theirs for 60 seconds by
 * default: had the server the shorter patience, it would close some while a request is on its way.
 */
const KEEP_ALIVE_MS = 72_000;

/** Told of failures that nobody expected, with the id of their request. */
export type ReportFailure = (error: unknown, requestId: string) => void;

/** Who may come in, and with what. */
interface Gate {
  readonly authentication: Authentication;
  readonly ledger: ClientLedger;
  readonly persisted: PersistedOperations | undefined;
}

/** What a server is put together from. */
interface Parts {
  readonly config: Config;
  readonly inference: Inference;
  readonly analyses: Analyses;
  readonly gate: Gate;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
  readonly log: Log;
  readonly reportFailure: ReportFailure;
}

/** Reports a failure that happened in no request; gives what a client is told who finds it later. */
function reportUnasked(error: unknown, reportFailure: ReportFailure): string {
  const id = randomUUID();
  reportFailure(error, id);
  return `Unexpected error. The server's log has it under request ${id}.`;
}

/**
 * A bertql server. {@link start} it, {@link listen} if it is to have a socket, and {@link close} it:
 * its threads must end by themselves, since a process that ends while they run is aborted.
 */
export class BertqlServer {
  /** The graph; its `fetch` answers requests without a socket. */
  readonly graph: GraphServer;
  readonly inference: Inference;
  /** What the operations of this server work with. */
  readonly services: Services;
  /** Answers requests of an HTTP server; {@link listen} makes one of its own. */
  readonly listener: RequestListener;
  readonly #analyses: Analyses;
  readonly #loadLog: LoadLog;
  readonly #config: Config;
  readonly #operations: LiveOperations;
  readonly #gate: Gate;
  readonly #reportFailure: ReportFailure;
  readonly #metrics: Metrics;
  readonly #tracing: Tracing | undefined;
  readonly #lastAnswers = new LastAnswers();
  #http: Server | undefined;
  #sockets: SocketServer | undefined;
  #stalled: StalledReaders | undefined;
  #ready = false;
  #closed: Promise<void> | undefined;

  private constructor(parts: Parts) {
    const { config, gate, metrics, tracing, log, reportFailure } = parts;
    this.#config = config;
    this.#gate = gate;
    this.#reportFailure = reportFailure;
    this.#metrics = metrics;
    this.#tracing = tracing;
    this.inference = parts.inference;
    this.#analyses = parts.analyses;
    this.#loadLog = new LoadLog(log, this.inference.loader, this.inference.registry.models);
    this.#metrics.watch({
      inference: this.inference,
      streams: () => this.#operations.streams,
      sockets: () => this.#sockets?.size ?? 0,
      ready: () => this.#hindrances().length === 0,
    });
    this.#operations = new LiveOperations(config);
    this.services = {
      inference: this.inference,
      analyses: this.#analyses,
      documents: documentOptions(config),
      facts: { version: VERSION, limits: config },
      maxTexts: config.maxTexts,
      maxResultSize: config.maxResultSize,
      reportFailure,
    };
    const { graph, listener } = createGraphServer(this.services, {
      config,
      ...gate,
      operations: this.#operations,
      answersClients: config.role !== 'worker',
      report: (operation) => {
        this.#metrics.operationDone(operation);
        logOperation(log, operation);
      },
      operators: [
        useReadiness(() => this.#hindrances()),
        ...(config.page ? [new Page(config).plugin()] : []),
        ...(config.metrics ? [this.#metrics.plugin()] : []),
        ...(tracing ? [tracing.plugin()] : []),
      ],
      watchers: tracing ? [tracing.watch] : [],
    });
    this.graph = graph;
    this.listener = listener;
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
    const metrics = new Metrics();
    const observer: InferenceObserver = {
      batchDone: (report) => {
        metrics.batchDone(report);
        tracing?.batchDone(report);
      },
      modelsLoaded: (models) => logDevices(log, models),
    };
    const inference = new Inference(await openRegistry(config), { ...config, observer });
    const analyses = await openAnalyses(config, inference, (error) => reportUnasked(error, reportFailure));
    return new BertqlServer({ config, inference, analyses, gate, metrics, tracing, log, reportFailure });
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
    const { role } = this.#config;
    const isServing = this.#http !== undefined && role !== 'worker';
    const rehearsed = isServing ? rehearse(this.inference, this.services.documents) : undefined;
    await Promise.all([this.inference.start(), rehearsed]);
    if (role !== 'api') await this.#analyses.work();
    this.#ready = this.#closed === undefined;
  }

  /** Listens on the configured address and resolves with the URL of the endpoint. Rejects where the port is taken. */
  async listen(): Promise<string> {
    const http = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      this.#lastAnswers.owe(response);
      this.listener(request, response);
    });
    this.#http = http;
    await new Promise<void>((resolve, reject) => {
      http.once('error', reject);
      http.listen(this.#config.port, this.#config.host, () => {
        http.off('error', reject);
        resolve();
      });
    });
    this.attach(http, { alone: true });
    const { address, port, family } = http.address() as AddressInfo;
    const host = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    return `http://${host}:${port}${this.graph.graphqlEndpoint}`;
  }

  /**
   * Answers WebSockets on an HTTP server, and cuts off those of its clients that stop reading. Where it is `alone`
   * there, whatever else wants a WebSocket is refused; else that is left to others.
   */
  attach(http: Server, { alone }: { readonly alone: boolean }): void {
    if (this.#stalled) throw new Error('This server answers the WebSockets of another HTTP server already.');
    const stalled = new StalledReaders(alone ? http : undefined, this.#config.stallTimeoutMs);
    this.#stalled = stalled;
    if (this.#config.role === 'worker') return;
    const reportFailure = this.#reportFailure;
    this.#sockets = serveWebSocket(http, this.graph, { ...this.#config, ...this.#gate, alone, stalled, reportFailure });
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
    this.#operations.abandon();
    this.#sockets?.terminate();
    this.#http?.closeAllConnections();
    // The server does not count WebSockets among its connections.
    this.#stalled?.cutNow();
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
    await this.#analyses.stop();
    await this.#operations.endStreams();
    await this.#sockets?.dispose();
    await stopped;
    clearTimeout(deadline);
    this.#stalled?.dispose();
    await this.graph.dispose();
    await this.#analyses.close();
    this.#loadLog.dispose();
    await this.inference.close();
    this.#metrics.dispose();
    await this.#tracing?.dispose();
  }

  #stopListening(): Promise<void> {
    const http = this.#http;
    if (!http?.listening) return Promise.resolve();
    this.#lastAnswers.stop();
    // A connection whose stream ends now would otherwise be kept for the client's next request.
    http.keepAliveTimeout = 1;
    return new Promise((resolve) => {
      http.close(() => resolve());
      http.closeIdleConnections();
    });
  }
}
