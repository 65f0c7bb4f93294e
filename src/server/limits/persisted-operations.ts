import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { GraphQLError } from 'graphql';
import { ConfigError } from '../../config.ts';
import { BertqlError } from '../../errors.ts';

/** The document of an operation, or only its hash, as a client sends it. */
export interface OperationParams {
  readonly query?: string | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The only operations that may be run. A client sends the document or only its SHA-256. */
export class PersistedOperations {
  readonly #documents: ReadonlyMap<string, string>;

  private constructor(documents: readonly string[]) {
    const withEnds = documents.flatMap((document) => [document, document.trim()]);
    this.#documents = new Map(withEnds.map((document) => [hashOf(document), document]));
  }

  /**
   * Reads a folder of `.graphql` files, or a JSON file whose values are documents, such as the
   * `persisted-documents.json` of the client preset. Throws `ConfigError`.
   */
  static async open(path: string): Promise<PersistedOperations> {
    try {
      if (!(await stat(path)).isDirectory()) {
        const listed: Readonly<Record<string, unknown>> = JSON.parse(await readFile(path, 'utf8'));
        return new PersistedOperations(Object.values(listed).map(String));
      }
      const files = (await readdir(path)).filter((file) => file.endsWith('.graphql'));
      return new PersistedOperations(await Promise.all(files.map((file) => readFile(join(path, file), 'utf8'))));
    } catch (cause) {
      throw new ConfigError(`PERSISTED_OPERATIONS: ${path} is neither a folder nor a JSON file that can be read.`, {
        cause,
      });
    }
  }

  /** The document with a hash, if it is on the list. */
  find(hash: string): string | undefined {
    return this.#documents.get(hash);
  }

  /** Throws FORBIDDEN for a document that is not on the list. */
  check(document: string): void {
    if (!this.#documents.has(hashOf(document))) throw notOnTheList();
  }
}

/**
 * The document of a request: its text, or the one with the hash in `extensions.persistedQuery.sha256Hash`, as Apollo's
 * and urql's clients send it; both resend the text after a PERSISTED_QUERY_* error. Throws these, or BAD_REQUEST if the
 * request has neither.
 */
export function documentOf({ query, extensions }: OperationParams, persisted: PersistedOperations | undefined): string {
  if (query) return query;
  const extension = extensions?.['persistedQuery'];
  const hash =
    typeof extension === 'object' && extension && 'sha256Hash' in extension ? extension.sha256Hash : undefined;
  if (typeof hash !== 'string') {
    throw new GraphQLError('Must provide query string.', {
      extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
    });
  }
  if (!persisted) {
    // urql knows these two by their message, Apollo by their code.
    throw new BertqlError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
  }
  const document = persisted.find(hash.replace(/^sha256:/, ''));
  if (document !== undefined) return document;
  throw new BertqlError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}

function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

function notOnTheList(): BertqlError {
  return new BertqlError(
    'FORBIDDEN',
    'This server only runs the operations of its list. Send one of them unchanged, or its hash in extensions.persistedQuery.sha256Hash.',
  );
}
