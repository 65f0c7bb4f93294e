import { randomUUID } from 'node:crypto';
import type { RequestListener, Server } from 'node:http';
import type { Config } from '../config.ts';
import { Inference } from '../inference/inference.ts';
import type { InferenceObserver } from '../inference/observer.ts';
import type { Analyses } from '../jobs/analyses.ts';
import { openRegistry } from '../models/open-registry.ts';
import type { Services } from '../schema/context.ts';
import { VERSION } from '../version.ts';
import { Authentication } from './access/authentication.ts';
import { documentOptions } from './document-options.ts';
import { HttpServer } from './http/http-server.ts';
import { createListener } from './http/listener.ts';
import { RequestBodies } from './http/request-body.ts';
import { homePage, readiness } from './http/routes.ts';
import { ClientLimits } from './limits/client-limits.ts';
import { PersistedOperations } from './limits/persisted-operations.ts';
import { Rates } from './limits/rates.ts';
import { LoadLog } from './load-log.ts';
import { type Log, logDevices, logOperation, silentLog } from './log.ts';
import { ErrorMask, type ReportFailure } from './mask-errors.ts';
import { Metrics } from './metrics.ts';
import { openAnalyses } from './open-analyses.ts';
import { Operations, type OperationsOptions } from './operations.ts';
import { Page } from './page.ts';
import type { Tracing } from './tracing.ts';
import { warmUp } from './warm-up.ts';
import { type SocketServer, serveWebSocket } from './websocket/websocket.ts';
import { createGraphServer, type GraphServer } from './yoga.ts';

/** Who may use the server, and with which operations and limits. */
interface Gate {
  readonly authentication: Authentication;
  readonly clients: ClientLimits;
  readonly persisted: PersistedOperations | undefined;
}

/** The parts of a server. */
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

/** Reports a failure outside of any request. Returns the message for a client who sees it later. */
function reportUnasked(error: unknown, reportFailure: ReportFailure): string {
  const id = randomUUID();
  reportFailure(error, id);
  return `Unexpected error. The server's log has it under request ${id}.`;
}

/**
 * A bertql server. {@link start} it, {@link listen} if it needs a socket, and {@link close} it: its threads must end by
 * themselves, since a process that ends while they run is aborted.
 */
export class BertqlServer {
  /** The graph; its `fetch` answers requests without a socket. */
  readonly graph: GraphServer;
  readonly inference: Inference;
  /** What the operations of this server share. */
  readonly services: Services;
  /** Listener for an HTTP server; {@link listen} makes one. */
  readonly listener: RequestListener;
  readonly #analyses: Analyses;
  readonly #loadLog: LoadLog;
  readonly #config: Config;
  /** The life of an operation on any transport. */
  readonly operations: Operations;
  readonly #gate: Gate;
  readonly #operationsOptions: OperationsOptions;
  readonly #errors: ErrorMask;
  readonly #bodies: RequestBodies;
  readonly #metrics: Metrics;
  readonly #tracing: Tracing | undefined;
  #http: HttpServer | undefined;
  #sockets: SocketServer | undefined;
  #ready = false;
  #closed: Promise<void> | undefined;

  private constructor(parts: Parts) {
    const { config, gate, metrics, tracing, log, reportFailure } = parts;
    this.#config = config;
    this.#gate = gate;
    this.#metrics = metrics;
    this.#tracing = tracing;
    this.inference = parts.inference;
    this.#analyses = parts.analyses;
    this.#loadLog = new LoadLog(log, this.inference.loader, this.inference.registry.models);
    this.#metrics.watch({
      inference: this.inference,
      analyses: this.#analyses,
      streams: () => this.streams,
      sockets: () => this.#sockets?.size ?? 0,
      ready: () => this.#notReadyReasons().length === 0,
    });
    this.services = {
      inference: this.inference,
      analyses: this.#analyses,
      documents: documentOptions(config),
      facts: { version: VERSION, limits: config },
      maxTexts: config.maxTexts,
      maxResultSize: config.maxResultSize,
      reportFailure,
    };
    this.#errors = new ErrorMask(reportFailure, !config.introspection);
    this.#bodies = new RequestBodies({ ...config, ...gate });
    this.#operationsOptions = {
      ...config,
      ...gate,
      services: this.services,
      errors: this.#errors,
      report: (operation) => {
        this.#metrics.operationDone(operation);
        logOperation(log, operation);
      },
      observers: tracing ? [tracing.step] : [],
    };
    this.operations = new Operations(this.#operationsOptions);
    const page = config.page ? new Page(config) : undefined;
    this.graph = createGraphServer({
      config,
      ...gate,
      operations: this.operations,
      errors: this.#errors,
      bodies: this.#bodies,
      answersClients: config.role !== 'worker',
      routes: [
        readiness(() => this.#notReadyReasons()),
        page?.route ?? homePage(config.endpoint),
        ...(config.metrics ? [this.#metrics.route] : []),
      ],
      page,
      reportFailure,
    });
    this.listener = createListener({ ...config, graph: this.graph, reportFailure });
  }

  /**
   * Reads the models' folders and all configured files. Throws `ModelFolderError` or `ConfigError` for one that cannot
   * be used.
   */
  static async create(config: Config, reportFailure: ReportFailure, log: Log = silentLog()): Promise<BertqlServer> {
    const { persistedOperations } = config;
    const gate: Gate = {
      authentication: await Authentication.open(config, config),
      clients: new ClientLimits(config, await Rates.open(config.redisUrl)),
      persisted: persistedOperations === undefined ? undefined : await PersistedOperations.open(persistedOperations),
    };
    // Dozens of packages, which are loaded only for tracing.
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
    const analyses = await openAnalyses(
      config,
      inference,
      (error) => reportUnasked(error, reportFailure),
      (tookMs) => metrics.tailGiven(tookMs),
    );
    return new BertqlServer({ config, inference, analyses, gate, metrics, tracing, log, reportFailure });
  }

  /** Whether it listens beyond this machine without authentication. */
  get isOpenToAll(): boolean {
    const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/.test(this.#config.host);
    return !isLocal && !this.#gate.authentication.required;
  }

  /** Number of open streams on all transports. */
  get streams(): number {
    return this.operations.streams;
  }

  /** Loads the models; before that, operations that need one fail with MODEL_UNAVAILABLE. */
  async start(): Promise<void> {
    const { role } = this.#config;
    const isServing = this.#http !== undefined && role !== 'worker';
    const warm = isServing ? warmUp(this.inference, this.services.documents) : undefined;
    await Promise.all([this.inference.start(), warm]);
    if (role !== 'api') await this.#analyses.work();
    this.#ready = this.#closed === undefined;
  }

  /** Listens on the configured address and resolves with the URL of the endpoint. Rejects if the port is taken. */
  async listen(): Promise<string> {
    const http = new HttpServer(this.listener, this.#config);
    this.#http = http;
    const origin = await http.listen(this.#config.port, this.#config.host);
    this.attach(http.server, { alone: true });
    return `${origin}${this.graph.graphqlEndpoint}`;
  }

  /**
   * Answers WebSockets on an HTTP server. WebSockets for other paths are refused if it is `alone` there, and otherwise
   * left to others.
   */
  attach(http: Server, { alone }: { readonly alone: boolean }): void {
    if (this.#sockets) throw new Error('This server answers the WebSockets of another HTTP server already.');
    if (this.#config.role === 'worker') return;
    this.#sockets = serveWebSocket(http, this.graph, { ...this.#config, ...this.#gate, alone, errors: this.#errors });
  }

  /** Operations for an application that embeds the graph, which must end them. */
  embeddedOperations(): Operations {
    const clients = new ClientLimits({
      ...this.#config,
      maxClientTokens: Number.MAX_SAFE_INTEGER,
      maxHeldBytes: Number.MAX_SAFE_INTEGER,
    });
    return new Operations({ ...this.#operationsOptions, clients, report: () => undefined });
  }

  /**
   * Drains and stops: new work is refused, analyses end with SHUTTING_DOWN unless other machines resume them, streams
   * end with it and their cursor, running queries are answered until the deadline, sockets close with 1001, running
   * batches finish, and threads end.
   */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  /** Stops waiting for open requests. {@link close} then resolves when running batches are done. */
  forceClose(): void {
    this.operations.forceClose();
    this.#sockets?.terminate();
    this.#http?.forceClose();
  }

  /** The reasons why no new work is accepted now; empty if it is. */
  #notReadyReasons(): readonly string[] {
    if (this.#closed) return ['the server is stopping'];
    if (!this.#ready) return ['the models are being loaded'];
    const { queuedTokens } = this.inference;
    const { queueTokens } = this.#config;
    const { ready, lost } = this.inference.workers;
    return [
      ...(queuedTokens >= queueTokens ? [`the queue is full: ${queuedTokens} of ${queueTokens} tokens`] : []),
      ...(ready === 0 ? ['no inference thread is ready'] : []),
      ...(this.#analyses.trouble === undefined ? [] : [`the store of analyses ${this.#analyses.trouble}`]),
      // Each lost thread may keep a core busy forever, which only a new process fixes.
      ...(lost >= this.#config.workers ? [`${lost} inference threads hang: the process should be replaced`] : []),
    ];
  }

  async #drain(): Promise<void> {
    this.#ready = false;
    const deadline = setTimeout(() => this.forceClose(), this.#config.shutdownTimeoutMs);
    this.#bodies.stop();
    const stopped = this.#http?.stop();
    this.#sockets?.knock();
    await this.#analyses.stop();
    await this.operations.endStreams();
    await this.#sockets?.dispose();
    await stopped;
    clearTimeout(deadline);
    await this.graph.dispose();
    await this.#analyses.close();
    this.#loadLog.dispose();
    await this.inference.close();
    this.#metrics.dispose();
    await this.#tracing?.dispose();
    this.#gate.clients.dispose();
  }
}
