import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Call, OperationStep, ServerContext } from './call.ts';
import type { ClientLimits } from './limits/client-limits.ts';
import { operationOf, rootFieldsOf } from './limits/operation-cost.ts';

/** Report of an operation that ended or was refused. Has nothing of its texts. */
export interface OperationReport {
  readonly call: Call;
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** Its root fields; none if its document was refused. */
  readonly fields: readonly string[];
  /** `OK`, or the code of its first error. */
  readonly code: string;
  readonly durationMs: number;
  /** Number of results sent: 1, or the events of a stream. */
  readonly results: number;
}

/** Reports every operation once, when it ends. */
export function reportOperations(report: (operation: OperationReport) => void): OperationStep {
  return (args) => {
    const startedAt = performance.now();
    let code = 'OK';
    let results = 0;
    return {
      onResult: (result) => {
        results++;
        if (code === 'OK') code = codeOfResult(result);
        return result;
      },
      onEnd: () =>
        report({
          call: args.contextValue.call,
          type: operationOf(args)?.operation ?? 'none',
          fields: rootFieldsOf(args),
          code,
          durationMs: performance.now() - startedAt,
          results,
        }),
    };
  };
}

/** Reports operations whose document was refused, and counts them for the rate of their client. */
export function useRefusedDocuments(
  report: (operation: OperationReport) => void,
  clients: ClientLimits,
): Plugin<ServerContext> {
  const refused = (call: Call, error: unknown, fallback: string) => {
    clients.countRefused(call.caller.id, call.caller.budget);
    report({ call, type: 'none', fields: [], code: codeOf(error, fallback), durationMs: 0, results: 0 });
  };
  return {
    onParse: ({ context }) => {
      const { id, budget } = context.call.caller;
      clients.check(id, budget);
      return ({ result }) => {
        if (result instanceof Error) refused(context.call, result, 'GRAPHQL_PARSE_FAILED');
      };
    },
    onValidate:
      ({ context }) =>
      ({ valid, result }) => {
        if (!valid) refused(context.call, result[0], 'GRAPHQL_VALIDATION_FAILED');
      },
  };
}

function codeOfResult({ errors }: ExecutionResult): string {
  return errors?.[0] ? codeOf(errors[0], 'BAD_USER_INPUT') : 'OK';
}

/** The code of an error; the fallback for GraphQL's own errors, which have none. */
function codeOf(error: unknown, fallback: string): string {
  const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  return typeof code === 'string' ? code : fallback;
}
