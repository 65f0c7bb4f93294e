import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Call, OperationArgs, ServerContext } from './call.ts';
import { rootFieldsOf } from './limits/operation-cost.ts';
import type { QueryWatcher } from './queries.ts';

/** An operation that is over, or that was refused before it began. It tells nothing of its texts. */
export interface OperationReport {
  /** How it came in; not known of one whose document was refused within Yoga. */
  readonly call: Call | undefined;
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** The root fields that it selects; none where its document was refused. */
  readonly fields: readonly string[];
  /** `OK`, or the code of its first error. */
  readonly code: string;
  readonly durationMs: number;
  /** Results that it gave: 1, or the events of a stream. */
  readonly results: number;
}

/** Reports every query and mutation once. */
export function reportQueries(report: (operation: OperationReport) => void): QueryWatcher {
  return (args) => {
    const done = begin(args, report);
    return (result) => done(codeOfResult(result), 1);
  };
}

/** Reports every stream, and every operation whose document was refused, once, on all transports. */
export function useOperationReports(
  report: (operation: OperationReport) => void,
  callOf: (request: Request) => Call | undefined,
): Plugin<ServerContext> {
  const refused = (context: Partial<ServerContext> & { request?: Request }, error: unknown, fallback: string) =>
    report({
      call: context.call ?? (context.request && callOf(context.request)),
      type: 'none',
      fields: [],
      code: codeOf(error, fallback),
      durationMs: 0,
      results: 0,
    });
  return {
    onParse:
      ({ context }) =>
      ({ result }) => {
        if (result instanceof Error) refused(context, result, 'GRAPHQL_PARSE_FAILED');
      },
    onValidate:
      ({ context }) =>
      ({ valid, result }) => {
        if (!valid) refused(context, result[0], 'GRAPHQL_VALIDATION_FAILED');
      },
    onSubscribe: ({ args }) => {
      const done = begin(args, report);
      return {
        onSubscribeResult: ({ result }) => {
          if (!isAsyncIterable(result)) return done(codeOfResult(result), 0);
          let results = 0;
          let code = 'OK';
          return {
            onNext: (next) => {
              results++;
              if (code === 'OK') code = codeOfResult(next.result);
            },
            onEnd: () => done(code, results),
          };
        },
      };
    },
  };
}

function begin(args: OperationArgs, report: (operation: OperationReport) => void) {
  const startedAt = performance.now();
  const { call } = args.contextValue;
  let open = true;
  return (code: string, results: number): void => {
    if (!open) return;
    open = false;
    report({
      call,
      type: getOperationAST(args.document, args.operationName)?.operation ?? 'none',
      fields: rootFieldsOf(args),
      code,
      durationMs: performance.now() - startedAt,
      results,
    });
  };
}

function codeOfResult({ errors }: ExecutionResult): string {
  return errors?.[0] ? codeOf(errors[0], 'BAD_USER_INPUT') : 'OK';
}

/** The code of an error; GraphQL's own refusals have none in their class. */
function codeOf(error: unknown, fallback: string): string {
  const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
  return typeof code === 'string' ? code : fallback;
}
