import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import {
  AnalyzeDocument,
  type AnalyzeSubscription,
  type AnalyzeSubscriptionVariables,
  EmbedDocument,
  type EmbedQuery,
  type EmbedQueryVariables,
  EntitiesDocument,
  type EntitiesQuery,
  type EntitiesQueryVariables,
  SearchDocument,
  type SearchQuery,
  type SearchQueryVariables,
  SentimentDocument,
  type SentimentQuery,
  type SentimentQueryVariables,
  SimilarityDocument,
  type SimilarityQueryVariables,
  TokenizeDocument,
  type TokenizeQuery,
  type TokenizeQueryVariables,
  type TypedDocumentString,
  WordSensesDocument,
  type WordSensesQuery,
  type WordSensesQueryVariables,
} from '../client/graphql.ts';
import { type Config, loadConfig, type Settings, type Variables } from '../config.ts';
import { schema } from '../schema/index.ts';
import type { Operations } from '../server/operations.ts';
import { BertqlServer } from '../server/server.ts';
import { embeddedPlugin } from './embedded-plugin.ts';
import type { EmbeddedPlugin } from './host-plugin.ts';
import { InProcessGraph } from './in-process-graph.ts';

/**
 * How a {@link Bertql} is set up: every setting of docs/settings.md by its name, each optional and with the default that
 * is given there. Nothing is read from the environment unless it is given as {@link environment}.
 */
export interface BertqlOptions extends Settings {
  /** Variables for what the other options leave open, such as `process.env`. @default none */
  readonly environment?: Variables;
  /** A pino logger that gets a line for each operation. @default none */
  readonly log?: Logger;
  /** Called for failures that nobody expected, with the id of their request. @default they are logged */
  readonly onFailure?: (error: unknown, requestId: string) => void;
}

/** What every call takes besides its text. */
export interface CallOptions {
  /** Stops the work when it is aborted; the call then throws `BertqlError` with the code CANCELLED. */
  readonly signal?: AbortSignal | undefined;
}

/** What the inference layer has done since the start, and what waits for it. */
export interface InferenceFigures {
  readonly counts: {
    readonly batches: number;
    readonly sequences: number;
    readonly tokens: number;
    /** Tokens with the padding of their batches. */
    readonly paddedTokens: number;
    readonly textsTokenized: number;
    readonly workerRestarts: number;
  };
  /** Tokens that wait for a worker. */
  readonly queuedTokens: number;
}

type Options<Variables> = Omit<Variables, 'text'> & CallOptions;

/** Variables and options of an operation; the variables may be left out if the operation needs none. */
type Arguments<V> =
  Record<never, never> extends V
    ? readonly [variables?: V, options?: CallOptions]
    : readonly [variables: V, options?: CallOptions];

/**
 * Loads the models and gives everything that a server has, without a socket, a signal handler or a look at the
 * environment. Whoever makes it closes it. Throws `ConfigError` for an option, `ModelFolderError` for a model that
 * cannot be used.
 *
 * @example
 * const bertql = await createBertql({ workers: 2 });
 * const { label } = await bertql.sentiment('I absolutely love this product!');
 * await bertql.close();
 */
export function createBertql(options: BertqlOptions = {}): Promise<Bertql> {
  return Bertql.create(options);
}

/**
 * Models that are loaded, the graph over them, and ways to mount it. {@link createBertql} makes it.
 *
 * @example
 * await using bertql = await createBertql();
 * for (const { text, type } of await bertql.entities('Angela Merkel met Emmanuel Macron in Paris.')) console.log(text, type);
 */
export class Bertql implements AsyncDisposable {
  /** The graph. Its resolvers need the context that {@link plugin} brings. */
  readonly schema: GraphQLSchema = schema;
  /** What the inference layer under the graph has done, and what waits for it. */
  readonly inference: InferenceFigures;
  readonly #server: BertqlServer;
  readonly #config: Config;
  readonly #graph: InProcessGraph;
  readonly #embedded: Operations[] = [];
  #closed: Promise<void> | undefined;

  private constructor(server: BertqlServer, config: Config) {
    this.inference = server.inference;
    this.#server = server;
    this.#config = config;
    this.#graph = new InProcessGraph(server.operations);
  }

  /** As {@link createBertql}. */
  static async create({ environment, log, onFailure, ...settings }: BertqlOptions = {}): Promise<Bertql> {
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

  /**
   * Answers a request: the graph over HTTP and SSE at `endpoint`, GraphiQL, `/health`, `/ready` and `/metrics`.
   *
   * @example
   * const response = await bertql.fetch(new Request('http://localhost/graphql?query={models{id}}'));
   */
  readonly fetch = (request: Request): Promise<Response> => Promise.resolve(this.#server.graph.fetch(request));

  /**
   * Answers a request of Node's HTTP server, or of a framework on top of it.
   *
   * @example
   * createServer(bertql.handle).listen(4000);
   */
  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#server.listener(request, response);
  };

  /**
   * Answers WebSockets (graphql-transport-ws) at `endpoint` on an HTTP server; others are left alone. Once only.
   *
   * @example
   * bertql.acceptWebSockets(server);
   */
  acceptWebSockets(server: Server): void {
    this.#server.attach(server, { alone: false });
  }

  /**
   * Brings {@link schema} to life in a Yoga or Envelop of your own, also where it is merged with other schemas: the
   * context of its resolvers, the limit on tokens, and an end to the work of clients that have gone.
   *
   * @example
   * const yoga = createYoga({ schema: bertql.schema, plugins: [bertql.plugin()] });
   */
  plugin(): EmbeddedPlugin {
    const operations = this.#server.embeddedOperations();
    this.#embedded.push(operations);
    return embeddedPlugin(operations);
  }

  /**
   * The tokens of a text, with their ids and their places in it.
   *
   * @example
   * (await bertql.tokenize('I love machine learning!')).ids; // [101, 1045, 2293, 3698, 4083, 999, 102]
   */
  async tokenize(text: string, options: Options<TokenizeQueryVariables> = {}): Promise<TokenizeQuery['tokenize']> {
    const { signal, ...variables } = options;
    return (await this.run(TokenizeDocument, { text, ...variables }, { signal })).tokenize;
  }

  /**
   * The sentiment of a text, all of it, however long it is.
   *
   * @example
   * (await bertql.sentiment('I absolutely love this product!')).label; // 'POSITIVE'
   */
  async sentiment(text: string, options: Options<SentimentQueryVariables> = {}): Promise<SentimentQuery['sentiment']> {
    const { signal, ...variables } = options;
    return (await this.run(SentimentDocument, { text, ...variables }, { signal })).sentiment;
  }

  /**
   * The named entities of a text, however long it is. Positions are UTF-16 code units, so
   * `text.slice(start, end) === entity.text`, unless `offsetEncoding` says otherwise.
   *
   * @example
   * const people = await bertql.entities('Angela Merkel met Emmanuel Macron in Paris.', { types: ['PER'] });
   */
  async entities(text: string, options: Options<EntitiesQueryVariables> = {}): Promise<EntitiesQuery['entities']> {
    const { signal, ...variables } = options;
    return (await this.run(EntitiesDocument, { text, ...variables }, { signal })).entities;
  }

  /**
   * The vector of a text, however long it is: texts of similar meaning have similar ones. Say `as: 'QUERY'` for what is
   * looked for, so that a model such as e5 gets its prefix for queries.
   *
   * @example
   * const { vector } = await bertql.embed('The cat sits outside.');
   */
  async embed(
    text: string,
    options: Pick<Options<EmbedQueryVariables>, 'model' | 'as' | 'signal'> = {},
  ): Promise<EmbedQuery['embed']> {
    const { signal, ...variables } = options;
    return (await this.run(EmbedDocument, { ...variables, text, compare: false }, { signal })).embed;
  }

  /**
   * How alike two texts are in meaning: -1 to 1, the cosine of their vectors.
   *
   * @example
   * await bertql.similarity('The cat sits outside.', 'A kitten is in the garden.');
   */
  async similarity(a: string, b: string, options: Options<SimilarityQueryVariables> = {}): Promise<number> {
    const { signal, ...variables } = options;
    return (await this.run(SimilarityDocument, { ...variables, a, b }, { signal })).similarity;
  }

  /**
   * The passages of a text that are most like a query in meaning, the best first, with their places in the text.
   *
   * @example
   * const [best] = await bertql.search(book, 'Who lived in Baker Street?');
   */
  async search(
    text: string,
    query: string,
    options: Omit<Options<SearchQueryVariables>, 'query'> = {},
  ): Promise<SearchQuery['document']['search']> {
    const { signal, ...variables } = options;
    return (await this.run(SearchDocument, { ...variables, text, query }, { signal })).document.search;
  }

  /**
   * One word in many contexts: where it is in the texts, and how alike its meanings are there.
   *
   * @example
   * const { similarities } = await bertql.wordSenses('bank', ['The river bank.', 'A bank account.']);
   */
  async wordSenses(
    word: string,
    texts: readonly string[],
    options: Omit<Options<WordSensesQueryVariables>, 'word' | 'texts'> = {},
  ): Promise<WordSensesQuery['wordSenses']> {
    const { signal, ...variables } = options;
    return (await this.run(WordSensesDocument, { ...variables, word, texts }, { signal })).wordSenses;
  }

  /**
   * Reads a text chunk by chunk: the events hold exactly the entities that {@link entities} gives. The work stops when
   * you leave the loop.
   *
   * @example
   * for await (const event of bertql.analyze(book)) {
   *   if (event.__typename === 'ChunkAnalyzed') console.log(event.entities);
   * }
   */
  async *analyze(
    text: string,
    { signal, ...options }: Options<AnalyzeSubscriptionVariables> = {},
  ): AsyncGenerator<AnalyzeSubscription['analyze'], void, void> {
    const events = this.#graph.subscribe(AnalyzeDocument, { text, ...options }, signal);
    for await (const { analyze } of events) yield analyze;
  }

  /**
   * Runs a query or mutation in this process. Its data are plain objects. Throws `BertqlError` for an expected failure.
   *
   * @param operation one that is typed, such as `SentimentDocument`, or any text of an operation
   * @example
   * const { models } = await bertql.run(ModelsDocument);
   * const data = await bertql.run('query ($text: String!) { sentiment(text: $text) { label } }', { text: 'lovely' });
   */
  run<T, V extends object>(operation: TypedDocumentString<T, V>, ...args: Arguments<V>): Promise<T>;
  run(operation: string, variables?: object, options?: CallOptions): Promise<Readonly<Record<string, unknown>>>;
  run<T>(operation: TypedDocumentString<T, object> | string, variables = {}, { signal }: CallOptions = {}): Promise<T> {
    return this.#graph.query(operation, variables, signal);
  }

  /**
   * Runs a subscription in this process. Its work stops when you leave the loop.
   *
   * @example
   * for await (const { modelProgress } of bertql.subscribe(ModelProgressDocument, { id })) console.log(modelProgress.fraction);
   */
  subscribe<T, V extends object>(
    operation: TypedDocumentString<T, V>,
    ...args: Arguments<V>
  ): AsyncGenerator<T, void, void>;
  subscribe(
    operation: string,
    variables?: object,
    options?: CallOptions,
  ): AsyncGenerator<Readonly<Record<string, unknown>>, void, void>;
  subscribe<T>(
    operation: TypedDocumentString<T, object> | string,
    variables = {},
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
