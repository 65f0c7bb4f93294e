import { Document, type DocumentOptions } from '../documents/document.ts';
import type { Analyses } from '../documents/jobs/analyses.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import { checkTextCount } from '../documents/text.ts';
import { asBertqlError, BertqlError, type ErrorCode } from '../errors.ts';
import type { Inference } from '../inference/inference.ts';
import type { RequestScope } from '../inference/request-scope.ts';
import type { ModelRegistry } from '../models/registry.ts';

/** What all operations of a server share. */
export interface Services {
  readonly inference: Inference;
  readonly analyses: Analyses;
  readonly documents: DocumentOptions;
  /** Texts in one list. */
  readonly maxTexts: number;
  /** Told of failures that nobody expected. */
  readonly reportFailure: (error: unknown) => void;
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

/** What resolvers work with: one operation of one client, whatever transport brought it. Its owner disposes of it. */
export class Operation {
  readonly registry: ModelRegistry;
  readonly analyses: Analyses;
  readonly reportFailure: (error: unknown) => void;
  readonly #services: Services;
  readonly #scope: RequestScope;
  readonly #documents = new Map<string, Document>();
  readonly #controller = new AbortController();
  readonly #client: AbortSignal | undefined;

  /** @param client aborted when the client has gone */
  constructor(services: Services, client?: AbortSignal) {
    this.registry = services.inference.registry;
    this.analyses = services.analyses;
    this.reportFailure = services.reportFailure;
    this.#services = services;
    this.#scope = services.inference.scope(this.#controller.signal);
    this.#client = client;
    if (client?.aborted) this.#onClientGone();
    else client?.addEventListener('abort', this.#onClientGone, { once: true });
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
    this.#client?.removeEventListener('abort', this.#onClientGone);
    this.#onClientGone();
  }

  readonly #onClientGone = (): void => {
    this.abort(new BertqlError('CANCELLED', 'The client has gone, so the work was given up.'));
  };

  /** The document of a text; fields and aliases that name the same text share it. Throws TEXT_TOO_LONG or INVALID_TEXT. */
  document(text: string, offsetEncoding: OffsetEncoding = 'UTF16'): Document {
    const key = `${offsetEncoding}\n${text}`;
    let document = this.#documents.get(key);
    if (!document) {
      document = new Document(text, offsetEncoding, this.#scope, this.registry, this.#services.documents);
      this.#documents.set(key, document);
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
    this.reportFailure(error);
    return new TextProblem(index, 'INTERNAL', 'Unexpected error.');
  }
}

/** The context of resolvers. Envelop copies it by its own properties, so the operation is one of them. */
export interface Context {
  readonly operation: Operation;
}
