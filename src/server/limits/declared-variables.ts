import type { DocumentNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { SentParams, ServerContext } from '../call.ts';
import { operationOf } from './operation-cost.ts';

/**
 * Deletes the parts of a request that its operation does not read: undeclared variables, and the extensions. They are
 * deleted in place, since the transports keep these objects as long as a stream is open, and a client could fill the
 * memory with data that no limit counts.
 */
export function useDeclaredVariables(): Plugin<ServerContext> {
  return {
    onParse: ({ context: { params } }) => {
      if (!params) return;
      delete params.extensions;
      return ({ result }) => deleteUndeclared(params, isDocument(result) ? result : undefined);
    },
  };
}

function deleteUndeclared({ variables, operationName }: SentParams, document: DocumentNode | undefined): void {
  if (!variables) return;
  const operation = document && operationOf({ document, operationName: operationName || null });
  const declared = new Set(operation?.variableDefinitions?.map(({ variable }) => variable.name.value));
  for (const name of Object.keys(variables)) if (!declared.has(name)) delete variables[name];
}

function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'definitions' in result;
}
