import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import {
  AnalyzeDocument,
  type AnalyzeSubscription,
  type AnalyzeSubscriptionVariables,
  EntitiesDocument,
  type EntitiesQuery,
  type EntitiesQueryVariables,
  SentimentDocument,
  type SentimentQuery,
  type SentimentQueryVariables,
  TokenizeDocument,
  type TokenizeQuery,
  type TokenizeQueryVariables,
  type TypedDocumentString,
} from '../client/graphql.ts';
import { type Config, loadConfig, type Settings, type Variables } from '../config.ts';
import type { Inference } from '../inference/inference.ts';
import { schema } from '../schema/index.ts';
import type { Log } from '../server/log.ts';
import type { Operations } from '../server/operations.ts';
import { BertqlServer } from '../server/server.ts';
import { embeddedPlugin } from './embedded-plugin.ts';
import { InProcessGraph } from './in-process-graph.ts';

/**
 * How a {@link Bertql} is set up: every setting of the server by its name, all of them optional, each with the default
 * that stands beside it. Nothing is read from the environment unless it is given as {@link environment}.
 */
export interface BertqlOptions extends Settings {
  /** Variables for what the other options leave open, as in `process.env`. Default none. */
  readonly environment?: Variables;
  /** A pino logger that gets a line for each operation. Default none. */
  readonly log?: Log;
  /** Told of failures that nobody expected, with the id of their request. Default: they are logged. */
  readonly onFailure?: (error: unknown, requestId: string) => void;
}

/** What every call takes beside its text. */
export interface CallOptions {
  /** Stops the work when it is aborted. */
  readonly signal?: AbortSignal | undefined;
}

type Options<Variables> = Omit<Variables, 'text'> & CallOptions;

/**
 * Loads the models and gives everything that a server has, without a socket, a signal handler or a look at the
 * environment. Whoever makes it closes it. Throws `ConfigError` for an option, `ModelFolderError` for a model that
 * cannot be used.
 */
export async function createBertql(options: BertqlOptions = {}): Promise<Bertql> {
  const { environment, log, onFailure, ...settings } = options;
  const config = loadConfig(environment ?? {}, settings);
  const reportFailure = onFailure ?? ((err, requestId) => log?.error({ err, requestId }, 'failure'));
  const server = await BertqlServer.create(config, reportFailure, log);
  try {
    await server.start();
  } catch (error) {
    await server.close();
    throw error;
  }
  return new Bertql(server, config);
}

/** Models that are loaded, the graph over them, and ways to mount it. {@link createBertql} makes it. */
export class Bertql implements AsyncDisposable {
  /** The graph. Its resolvers need the context that {@link plugin} brings. */
  readonly schema: GraphQLSchema = schema;
  /** The inference layer under the graph: tokenizer, scheduler and threads. */
  readonly inference: Inference;
  readonly #server: BertqlServer;
  readonly #config: Config;
  readonly #graph: InProcessGraph;
  readonly #embedded: Operations[] = [];
  #closed: Promise<void> | undefined;

  constructor(server: BertqlServer, config: Config) {
    this.inference = server.inference;
    this.#server = server;
    this.#config = config;
    this.#graph = new InProcessGraph(server.operations);
  }

  /** Answers a request: the graph over HTTP and SSE at `endpoint`, GraphiQL, `/health`, `/ready` and `/metrics`. */
  readonly fetch = (request: Request): Promise<Response> => Promise.resolve(this.#server.graph.fetch(request));

  /** Answers a request of Node's HTTP server, or of a framework on top of it. */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#server.listener(request, response);
  };

  /** Answers WebSockets (graphql-transport-ws) at `endpoint` on an HTTP server; others are left alone. Once only. */
  acceptWebSockets(server: Server): void {
    this.#server.attach(server, { alone: false });
  }

  /**
   * Brings {@link schema} to life in a Yoga or Envelop of your own, also where it is merged with other schemas: the
   * context of its resolvers, the limit on tokens, and an end to the work of clients that have gone.
   */
  plugin(): Plugin {
    const operations = this.#server.embeddedOperations();
    this.#embedded.push(operations);
    return embeddedPlugin(operations);
  }

  /** The tokens of a text. */
  async tokenize(text: string, options: Options<TokenizeQueryVariables> = {}): Promise<TokenizeQuery['tokenize']> {
    const { signal, ...variables } = options;
    return (await this.run(TokenizeDocument, { text, ...variables }, { signal })).tokenize;
  }

  /** The sentiment of a text. */
  async sentiment(text: string, options: Options<SentimentQueryVariables> = {}): Promise<SentimentQuery['sentiment']> {
    const { signal, ...variables } = options;
    return (await this.run(SentimentDocument, { text, ...variables }, { signal })).sentiment;
  }

  /** The named entities of a text, however long it is. */
  async entities(text: string, options: Options<EntitiesQueryVariables> = {}): Promise<EntitiesQuery['entities']> {
    const { signal, ...variables } = options;
    return (await this.run(EntitiesDocument, { text, ...variables }, { signal })).entities;
  }

  /** Reads a text chunk by chunk. It stops when you leave the loop. */
  async *analyze(
    text: string,
    { signal, ...options }: Options<AnalyzeSubscriptionVariables> = {},
  ): AsyncGenerator<AnalyzeSubscription['analyze'], void, void> {
    const events = this.#graph.subscribe(AnalyzeDocument, { text, ...options }, signal);
    for await (const { analyze } of events) yield analyze;
  }

  /** Runs a query or mutation of yours in this process. Throws `BertqlError` for an expected failure. */
  run<T, V extends object>(
    operation: TypedDocumentString<T, V>,
    variables: V,
    { signal }: CallOptions = {},
  ): Promise<T> {
    return this.#graph.query(operation, variables, signal);
  }

  /** Runs a subscription of yours in this process. */
  subscribe<T, V extends object>(
    operation: TypedDocumentString<T, V>,
    variables: V,
    { signal }: CallOptions = {},
  ): AsyncGenerator<T, void, void> {
    return this.#graph.subscribe(operation, variables, signal);
  }

  /** Ends streams, lets running work finish, and ends the threads. The same promise however often it is called. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const forceClose = () => {
      for (const operations of this.#embedded) operations.forceClose();
    };
    const deadline = setTimeout(forceClose, this.#config.shutdownTimeoutMs);
    await Promise.all(this.#embedded.map((operations) => operations.endStreams()));
    clearTimeout(deadline);
    await this.#server.close();
  }
}
