import { type DocumentNode, getOperationAST, type OperationDefinitionNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { boundedDocuments } from './limits/bounded-documents.ts';

/** Documents that were parsed and passed validation, with all rules of this server. */
export class KnownOperations {
  /** Where Yoga keeps what it has parsed. */
  readonly documents = boundedDocuments<DocumentNode>();
  readonly #valid = new WeakSet<DocumentNode>();

  plugin(): Plugin {
    return {
      onValidate:
        ({ params: { documentAST } }) =>
        ({ valid }) => {
          if (valid) this.#valid.add(documentAST);
        },
    };
  }

  /** The document and the operation of it that is meant; nothing where it has not been asked for before. */
  find(
    query: string,
    operationName: string | null | undefined,
  ): { readonly document: DocumentNode; readonly operation: OperationDefinitionNode } | undefined {
    const document = this.documents.get(query);
    if (!document || !this.#valid.has(document)) return undefined;
    const operation = getOperationAST(document, operationName);
    return operation ? { document, operation } : undefined;
  }
}
