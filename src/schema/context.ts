import { randomUUID } from 'node:crypto';
import { Document, type DocumentOptions } from '../documents/document.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import { checkTextCount } from '../documents/text.ts';
import { asBertqlError, BertqlError, type ErrorCode } from '../errors.ts';
import type { Inference } from '../inference/inference.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { ModelLoader } from '../inference/model-loader.ts';
import type { Analyses } from '../jobs/analyses.ts';
import { EVERYBODY } from '../jobs/analysis-record.ts';
import type { ModelTask } from '../models/catalogue.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import type { ServerFacts } from './server.ts';

/** What all operations of a server share. */
export interface Services {
  readonly inference: Inference;
  readonly analyses: Analyses;
  readonly documents: DocumentOptions;
  /** What the graph says of the server. */
  readonly facts: ServerFacts;
  /** Texts in one list. */
  readonly maxTexts: number;
  /** Characters of a result. */
  readonly maxResultSize: number;
  /** Told of failures that nobody expected, with the request in which they happened. */
  readonly reportFailure: (error: unknown, requestId: string) => void;
}

/** A text of a list that could not be processed; its siblings were. */
export class TextProblem {
  readonly index: number;
  readonly code: ErrorCode;
  readonly message: string;

  constructor(index: number, code: ErrorCode, message: string) {
    this.index = index;
    this.code = code;
    this.message = message;
  }
}

/** One for all operations, since every one ends with it and making an error costs more than many a query. */
const CLIENT_GONE = new BertqlError('CANCELLED', 'The client has gone, so the work was given up.');

/** What resolvers work with: one operation of one client, whatever transport brought it. Its owner disposes of it. */
export class Operation {
  readonly registry: ModelRegistry;
  /** What the log and the client both know the request by. */
  readonly requestId: string;
  readonly analyses: Analyses;
  /** Whom the analyses belong to that it starts, and whose it sees. */
  readonly owner: string;
  /** Gets models into the threads. */
  readonly loader: ModelLoader;
  readonly facts: ServerFacts;
  readonly #services: Services;
  readonly #loaders: Loaders;
  readonly #documents = new Map<OffsetEncoding, Map<string, Document>>();
  readonly #controller = new AbortController();
  readonly #client: AbortSignal | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #farewells: (() => void)[] = [];
  #resultSize = 0;

  /** @param client aborted when the client has gone */
  constructor(services: Services, client?: AbortSignal, requestId: string = randomUUID(), owner = EVERYBODY) {
    this.registry = services.inference.registry;
    this.requestId = requestId;
    this.owner = owner;
    this.analyses = services.analyses;
    this.facts = services.facts;
    this.loader = services.inference.loader;
    this.#services = services;
    this.#loaders = services.inference.loaders({ signal: this.#controller.signal });
    this.#client = client;
    if (client?.aborted) this.clientGone();
    else client?.addEventListener('abort', this.clientGone, { once: true });
  }

  /** What its work is known by in the inference layer. */
  get work(): object {
    return this.#loaders;
  }

  /** Aborted when the work of the operation is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the work of the operation; whatever waits for it fails with the reason. */
  abort(reason: BertqlError): void {
    this.#controller.abort(reason);
  }

  /** Stops what is left of the work, and lets go of the client's signal. */
  dispose(): void {
    this.#client?.removeEventListener('abort', this.clientGone);
    this.#farewells.length = 0;
    this.clientGone();
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#loaders.dispose();
  }

  /** Has something done when the operation is over, however it ends. */
  onDispose(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** The model for a task, with its files open for this operation. Throws UNKNOWN_MODEL, MODEL_UNAVAILABLE. */
  async use(task: ModelTask, id: string | null | undefined): Promise<Model> {
    const model = this.registry.resolve(task, id);
    await this.#loaders.use(model, task !== 'TOKENIZATION');
    return model;
  }

  /** Books a part of the result. Stops the operation and throws QUERY_TOO_COSTLY once it is too large. */
  charge(size: number): void {
    this.#resultSize += size;
    const { maxResultSize: limit } = this.#services;
    if (this.#resultSize <= limit) return;
    const refusal = new BertqlError(
      'QUERY_TOO_COSTLY',
      `The result has more than ${limit} characters (each object counts 64 and its text), and no more are given at once. Select less, or send a shorter text.`,
      { limit },
    );
    this.abort(refusal);
    throw refusal;
  }

  /** Reports a failure that nobody expected; gives what the client is told of it. */
  readonly reportFailure = (error: unknown): string => {
    this.#services.reportFailure(error, this.requestId);
    return `Unexpected error. The server's log has it under request ${this.requestId}.`;
  };

  /**
   * Tokens of a text, by the vocabulary of a model or else of the default NER model. What is tokenized
   * for this is not tokenized again when the operation runs.
   */
  async countTokens(text: string, model: string | undefined): Promise<number> {
    const named = model === undefined ? undefined : this.registry.find(model);
    // A model that is not here yet is not fetched for an estimate.
    const known = named?.files ? named : this.registry.resolve('NER');
    if (!known.files) return text.length;
    const { ids } = await this.#loaders.encodings.load({ vocabulary: known.vocabulary, text });
    return ids.length;
  }

  /** Stops the work, since nobody waits for what comes of it. */
  readonly clientGone = (): void => {
    this.abort(CLIENT_GONE);
    for (const farewell of this.#farewells.splice(0)) farewell();
  };

  /** Has something done when the client goes before the operation is over, at once where it has gone. */
  whenClientGone(farewell: () => void): void {
    if (this.#client?.aborted) farewell();
    else this.#farewells.push(farewell);
  }

  /** The document of a text; fields and aliases that name the same text share it. Throws TEXT_TOO_LONG or INVALID_TEXT. */
  document(text: string, offsetEncoding: OffsetEncoding = 'UTF16'): Document {
    let documents = this.#documents.get(offsetEncoding);
    if (!documents) this.#documents.set(offsetEncoding, (documents = new Map()));
    let document = documents.get(text);
    if (!document) {
      document = new Document(text, offsetEncoding, this.#loaders, this.registry, this.#services.documents);
      documents.set(text, document);
    }
    return document;
  }

  /** Does something for each text of a list: what fails for one becomes its {@link TextProblem}. Throws TOO_MANY_TEXTS. */
  forEachText<T>(texts: readonly string[], make: (text: string) => T | Promise<T>): Promise<(T | TextProblem)[]> {
    checkTextCount(texts.length, this.#services.maxTexts);
    return Promise.all(
      texts.map(async (text, index) => {
        try {
          return await make(text);
        } catch (error) {
          return this.#problem(index, error);
        }
      }),
    );
  }

  #problem(index: number, error: unknown): TextProblem {
    const expected = asBertqlError(error);
    if (expected) return new TextProblem(index, expected.code, expected.message);
    return new TextProblem(index, 'INTERNAL', this.reportFailure(error));
  }
}

/** The context of resolvers. Envelop copies it by its own properties, so the operation is one of them. */
export interface Context {
  readonly operation: Operation;
}
