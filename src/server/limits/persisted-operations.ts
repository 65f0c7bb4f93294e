import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plugin } from 'graphql-yoga';
import { ConfigError } from '../../config.ts';
import { BertqlError } from '../../errors.ts';

/** What a client sends to run an operation: the document, or only its hash. */
export interface OperationParams {
  readonly query?: string | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
}

/** The operations that may be run, where not any may. A client sends the document or only its SHA-256. */
export class PersistedOperations {
  readonly #documents: ReadonlyMap<string, string>;

  private constructor(documents: readonly string[]) {
    const withEnds = documents.flatMap((document) => [document, document.trim()]);
    this.#documents = new Map(withEnds.map((document) => [hashOf(document), document]));
  }

  /**
   * Reads a folder of `.graphql` files, or a JSON file whose values are documents, as
   * `persisted-documents.json` of the client preset has them. Throws `ConfigError`.
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

  /** The document of an operation whose hash was sent as Apollo's `persistedQuery` has it; else what was sent. */
  resolve<T extends OperationParams>(params: T): T {
    if (params.query) return params;
    const persisted = params.extensions?.['persistedQuery'];
    const hash =
      typeof persisted === 'object' && persisted && 'sha256Hash' in persisted ? persisted.sha256Hash : undefined;
    const document = typeof hash === 'string' ? this.#documents.get(hash.replace(/^sha256:/, '')) : undefined;
    if (!document) throw notOnTheList();
    return { ...params, query: document };
  }

  /** Refuses every document that is not on the list, on every transport, since all of them parse. */
  plugin(): Plugin {
    return {
      onParse: ({ params: { source } }) => {
        if (!this.#documents.has(hashOf(source.toString()))) throw notOnTheList();
      },
      onParams: ({ params, setParams }) => setParams(this.resolve(params)),
    };
  }
}

function hashOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}

function notOnTheList(): BertqlError {
  return new BertqlError(
    'FORBIDDEN',
    'This server runs operations of its list only. Send one of them as it is, or its hash in extensions.persistedQuery.sha256Hash.',
  );
}
