import { digestOf } from '../digest.ts';
import { Document, type DocumentOptions, type Stretch } from '../documents/document.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import { Once } from '../documents/once.ts';
import { checkTextCount } from '../documents/text.ts';
import { asBertqlError, BertqlError, type ErrorCode } from '../errors.ts';
import type { Inference } from '../inference/inference.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { ModelLoader } from '../inference/model-loader.ts';
import type { Analyses } from '../jobs/analyses.ts';
import type { ModelTask } from '../models/catalogue.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import { ResultSize } from './result-size.ts';

/** Length, in UTF-16 code units, from which on a text's number of tokens is cached across operations. */
const REMEMBERED_LENGTH = 10_000;

/** The limits of one request. */
export interface ServerLimits {
  readonly maxTextLength: number;
  readonly maxTexts: number;
  readonly maxBodyBytes: number;
  readonly maxRequestTokens: number;
  readonly maxResultSize: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxSubscriptions: number;
  readonly requestTimeoutMs: number;
}

/** What a client may want to know about a server before it sends a text. */
export interface ServerFacts {
  readonly version: string;
  readonly limits: ServerLimits;
}

/** What all operations of a server share. */
export interface Services {
  readonly inference: Inference;
  readonly analyses: Analyses;
  readonly documents: DocumentOptions;
  /** What the graph says about the server. */
  readonly facts: ServerFacts;
  /** The most texts in one list. */
  readonly maxTexts: number;
  /** The most bytes of one result. */
  readonly maxResultSize: number;
  /** Called with unexpected errors and the id of the request in which they happened. */
  readonly reportFailure: (error: unknown, requestId: string) => void;
}

/** A text of a list that could not be processed. The other texts of the list are not affected. */
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

/** Who runs an operation, and until when. */
export interface OperationOptions {
  /** Aborted when the work of the operation must stop. */
  readonly signal: AbortSignal;
  /** Identifies the request to the client and in the log. */
  readonly requestId: string;
  /** The owner of the analyses that the operation sees: the name of a key, the subject of a token, or everybody. */
  readonly owner: string;
  /** Whether it may load models. */
  readonly mayLoadModels: boolean;
}

/** One operation of one client, as resolvers see it on any transport. Its owner must dispose of it. */
export class Operation {
  readonly registry: ModelRegistry;
  readonly analyses: Analyses;
  readonly loader: ModelLoader;
  readonly facts: ServerFacts;
  readonly signal: AbortSignal;
  readonly requestId: string;
  readonly owner: string;
  /** Counts the bytes of the operation's results. */
  readonly resultSize: ResultSize;
  readonly #mayLoadModels: boolean;
  readonly #services: Services;
  readonly #loaders: Loaders;
  readonly #documents = new Once<OffsetEncoding, Once<string, Document>>();

  constructor(services: Services, { signal, requestId, owner, mayLoadModels }: OperationOptions) {
    const { inference, analyses } = services;
    this.registry = inference.registry;
    this.analyses = analyses;
    this.loader = inference.loader;
    this.signal = signal;
    this.requestId = requestId;
    this.owner = owner;
    this.facts = services.facts;
    this.#mayLoadModels = mayLoadModels;
    this.resultSize = new ResultSize(services.maxResultSize);
    this.#services = services;
    this.#loaders = inference.loaders({ signal });
  }

  /** Identifies the operation in the reports of the inference layer. */
  get work(): object {
    return this.#loaders;
  }

  /** Releases the models that the operation used. */
  dispose(): void {
    this.#loaders.dispose();
  }

  /**
   * The document of a text, which fields and aliases with the same text share. Throws TEXT_TOO_LONG or INVALID_TEXT.
   *
   * @param stretch the place of the text, if it is the end of a longer one; such a document is not shared
   */
  document(text: string, offsetEncoding: OffsetEncoding = 'UTF16', stretch?: Stretch): Document {
    if (stretch) return this.#make(text, offsetEncoding, stretch);
    const documents = this.#documents.get(offsetEncoding, () => new Once());
    return documents.get(text, () => this.#make(text, offsetEncoding));
  }

  #make(text: string, offsetEncoding: OffsetEncoding, stretch?: Stretch): Document {
    return new Document(text, offsetEncoding, this.#loaders, this.registry, this.#services.documents, stretch);
  }

  /**
   * The model for a task, with its files opened and leased by this operation. Throws UNKNOWN_MODEL or
   * MODEL_UNAVAILABLE.
   */
  async use(task: ModelTask, id: string | null | undefined): Promise<Model> {
    const model = this.registry.resolve(task, id);
    await this.#loaders.use(model, task !== 'TOKENIZATION');
    return model;
  }

  /**
   * Counts the tokens of a text with the tokenizer of a model, by default that of the default NER model. The encoding
   * is kept, so counting costs nothing extra if the operation reads the text.
   */
  async countTokens(text: string, model: string | undefined): Promise<number> {
    const named = model === undefined ? undefined : this.registry.find(model);
    // An estimate is no reason to download a model.
    const known = named?.files ? named : this.registry.resolve('NER');
    if (!known.files) return text.length;
    const { tokenizer } = known;
    const count = async () => (await this.#loaders.encodings.load({ tokenizer, text })).ids.length;
    if (text.length < REMEMBERED_LENGTH) return count();
    const key = `${tokenizer.id}\ntokens\n${digestOf(text)}`;
    const [tokens = 0] = await this.#loaders.remember(key, async () => Float32Array.of(await count()));
    return tokens;
  }

  /** Maps the texts of a list; a text that fails becomes its {@link TextProblem}. Throws TOO_MANY_TEXTS. */
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

  /** Throws FORBIDDEN unless the caller may load models, which costs everybody memory and time. */
  checkMayLoadModels(): void {
    if (this.#mayLoadModels) return;
    throw new BertqlError(
      'FORBIDDEN',
      'This key or token may not load models. Give the key the scope "load-models", or the token "bertql:load-models"; a model is also loaded on first use.',
    );
  }

  /** Reports an unexpected error. Returns the message for the client. */
  readonly reportFailure = (error: unknown): string => {
    this.#services.reportFailure(error, this.requestId);
    return `Unexpected error. The server's log has it under request ${this.requestId}.`;
  };

  #problem(index: number, error: unknown): TextProblem {
    const expected = asBertqlError(error);
    if (expected) return new TextProblem(index, expected.code, expected.message);
    return new TextProblem(index, 'INTERNAL', this.reportFailure(error));
  }
}

/** The context of resolvers. */
export interface Context {
  readonly operation: Operation;
}
