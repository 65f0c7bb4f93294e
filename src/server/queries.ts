import { type ExecutionResult, execute } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { asBertqlError, type BertqlError } from '../errors.ts';
import type { OperationArgs, ServerContext } from './call.ts';
import type { Admission } from './limits/cost-limit.ts';
import type { LiveOperations } from './live-operations.ts';
import type { ErrorMask } from './mask-errors.ts';

/** Told of a query that begins; what it gives back is told of the result that the client gets. */
export type QueryWatcher = (args: OperationArgs) => (result: ExecutionResult) => void;

export interface QueriesOptions {
  readonly operations: LiveOperations;
  readonly errors: ErrorMask;
  readonly admit: Admission;
  readonly watchers: readonly QueryWatcher[];
}

/** A query between its beginning and its end. */
export interface OpenQuery {
  /** The result where it is not to be executed. */
  readonly refusal: ExecutionResult | undefined;
  /** Ends it; gives the result that the client gets. */
  end<R extends object>(result: R): R;
}

/** What happens before and after each query and mutation, on all transports. */
export class Queries {
  readonly #options: QueriesOptions;

  constructor(options: QueriesOptions) {
    this.#options = options;
  }

  /** Takes in a query; {@link OpenQuery.end} must be called for it. */
  async begin(args: OperationArgs): Promise<OpenQuery> {
    const { operations, errors, watchers } = this.#options;
    const { operation, call } = args.contextValue;
    const tell = watchers.map((watcher) => watcher(args));
    const refusal = await this.#refusalOf(args);
    return {
      refusal: refusal && { errors: [refusal] },
      end: (result) => {
        operations.end(operation);
        if (isAsyncIterable(result)) return result;
        const masked = errors.maskResult(result, call);
        for (const each of tell) each(masked);
        return masked;
      },
    };
  }

  /** Runs a query from its beginning to its end. */
  async run(args: OperationArgs): Promise<ExecutionResult> {
    const query = await this.begin(args);
    try {
      return query.end(query.refusal ?? (await execute(args)));
    } catch (error) {
      this.#options.operations.end(args.contextValue.operation);
      throw error;
    }
  }

  /** The same for whoever runs Envelop's hooks. */
  plugin(): Plugin<ServerContext> {
    return {
      onExecute: async ({ args, setResultAndStopExecution }) => {
        const query = await this.begin(args);
        if (query.refusal) setResultAndStopExecution(query.refusal);
        return { onExecuteDone: ({ result, setResult }) => setResult(query.end(result)) };
      },
    };
  }

  /** Why a query may not run, if it may not. */
  async #refusalOf(args: OperationArgs): Promise<BertqlError | undefined> {
    const { operations, admit } = this.#options;
    const { operation } = args.contextValue;
    try {
      operations.begin(operation);
      await admit(args);
      return undefined;
    } catch (error) {
      const expected = asBertqlError(error);
      if (expected) return expected;
      operations.end(operation);
      throw error;
    }
  }
}
