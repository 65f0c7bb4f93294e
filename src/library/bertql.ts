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
 * Options of {@link createBertql}: every setting of docs/settings.md by its name, each optional and with the default
 * from there. The environment is not read unless it is passed as {@link environment}.
 */
export interface BertqlOptions extends Settings {
  /** Environment variables for settings that the other options leave out, such as `process.env`. @default none */
  readonly environment?: Variables;
  /** A pino logger that gets a line for each operation. @default none */
  readonly log?: Logger;
  /** Called with unexpected errors and the id of their request. @default they are logged */
  readonly onFailure?: (error: unknown, requestId: string) => void;
}

/** Options of every call. */
export interface CallOptions {
  /** Aborting it stops the work; the call then throws `BertqlError` with the code CANCELLED. */
  readonly signal?: AbortSignal | undefined;
}

/** Counters of the inference layer since the start, and its queue. */
export interface InferenceFigures {
  readonly counts: {
    readonly batches: number;
    readonly sequences: number;
    readonly tokens: number;
    /** Tokens that were run, including the padding of batches. */
    readonly paddedTokens: number;
    readonly textsTokenized: number;
    readonly workerRestarts: number;
  };
  /** Tokens that are queued. */
  readonly queuedTokens: number;
}

type Options<Variables> = Omit<Variables, 'text'> & CallOptions;

/** Variables and options of an operation; the variables are optional if it needs none. */
type Arguments<V> =
  Record<never, never> extends V
    ? readonly [variables?: V, options?: CallOptions]
    : readonly [variables: V, options?: CallOptions];

/**
 * Loads the models, and returns everything that a server has, but without a socket, signal handlers or reading the
 * environment. Close it when it is no longer needed. Throws `ConfigError` for an invalid option and `ModelFolderError`
 * for a model that cannot be used.
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
 * Loaded models, the graph over them, and ways to mount it. Made by {@link createBertql}.
 *
 * @example
 * await using bertql = await createBertql();
 * for (const { text, type } of await bertql.entities('Angela Merkel met Emmanuel Macron in Paris.')) console.log(text, type);
 */
export class Bertql implements AsyncDisposable {
  /** The schema. Its resolvers need the context that {@link plugin} provides. */
  readonly schema: GraphQLSchema = schema;
  /** Counters of the inference layer, and its queue. */
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

  /** The same as {@link createBertql}. */
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
   * Answers WebSockets (graphql-transport-ws) at `endpoint` on an HTTP server; other paths are left alone. Call it
   * once.
   *
   * @example
   * bertql.acceptWebSockets(server);
   */
  acceptWebSockets(server: Server): void {
    this.#server.attach(server, { alone: false });
  }

  /**
   * A plugin that runs {@link schema} in your own Yoga or Envelop, even if it is merged with other schemas. It provides
   * the context of the resolvers, limits tokens, and stops the work of clients that disconnect.
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
   * Tokenizes a text: its tokens, with their ids and positions.
   *
   * @example
   * (await bertql.tokenize('I love machine learning!')).ids; // [101, 1045, 2293, 3698, 4083, 999, 102]
   */
  async tokenize(text: string, options: Options<TokenizeQueryVariables> = {}): Promise<TokenizeQuery['tokenize']> {
    const { signal, ...variables } = options;
    return (await this.run(TokenizeDocument, { text, ...variables }, { signal })).tokenize;
  }

  /**
   * The sentiment of a whole text of any length.
   *
   * @example
   * (await bertql.sentiment('I absolutely love this product!')).label; // 'POSITIVE'
   */
  async sentiment(text: string, options: Options<SentimentQueryVariables> = {}): Promise<SentimentQuery['sentiment']> {
    const { signal, ...variables } = options;
    return (await this.run(SentimentDocument, { text, ...variables }, { signal })).sentiment;
  }

  /**
   * The named entities of a text of any length. Positions are UTF-16 code units, so that
   * `text.slice(start, end) === entity.text`, unless `offsetEncoding` is set.
   *
   * @example
   * const people = await bertql.entities('Angela Merkel met Emmanuel Macron in Paris.', { types: ['PER'] });
   */
  async entities(text: string, options: Options<EntitiesQueryVariables> = {}): Promise<EntitiesQuery['entities']> {
    const { signal, ...variables } = options;
    return (await this.run(EntitiesDocument, { text, ...variables }, { signal })).entities;
  }

  /**
   * The vector of a text of any length. Texts of similar meaning have similar vectors. Set `as: 'QUERY'` for a query,
   * so that models such as e5 get their prefix for queries.
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
   * How similar two texts are in meaning: the cosine of their vectors, -1 to 1.
   *
   * @example
   * await bertql.similarity('The cat sits outside.', 'A kitten is in the garden.');
   */
  async similarity(a: string, b: string, options: Options<SimilarityQueryVariables> = {}): Promise<number> {
    const { signal, ...variables } = options;
    return (await this.run(SimilarityDocument, { ...variables, a, b }, { signal })).similarity;
  }

  /**
   * The passages of a text that are most similar to a query in meaning, best first, with their positions.
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
   * One word in many contexts: its occurrences in the texts, and how similar their meanings are.
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
   * Reads a text chunk by chunk. The events have exactly the entities of {@link entities}. Leaving the loop stops the
   * work.
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
   * Runs a query or mutation in this process. Returns its data as plain objects. Throws `BertqlError` for an expected
   * failure.
   *
   * @param operation a typed document such as `SentimentDocument`, or the text of any operation
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
   * Runs a subscription in this process. Leaving the loop stops the work.
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

  /**
   * Ends streams, lets running work finish, and ends the threads. Returns the same promise each time.
   *
   * @example
   * process.once('SIGTERM', () => bertql.close());
   */
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
