import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { BertqlError } from '../errors.ts';
import type { ServerContext } from './call.ts';
import { asRefusal } from './guards/cost-limit.ts';
import type { LiveOperations } from './live-operations.ts';
import type { ErrorMask } from './mask-errors.ts';

/** A query or mutation that was parsed and validated. */
export type QueryArgs = ExecutionArgs & { readonly contextValue: ServerContext };

/** Told of a query that begins; what it gives back is told of the result that the client gets. */
export type QueryWatcher = (args: QueryArgs) => (result: ExecutionResult) => void;

export interface QueriesOptions {
  readonly operations: LiveOperations;
  readonly errors: ErrorMask;
  /** Rejects a query that may not run. */
  readonly admit: (args: QueryArgs) => Promise<void>;
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

  async begin(args: QueryArgs): Promise<OpenQuery> {
    const { operations, errors, watchers } = this.#options;
    const { operation, call } = args.contextValue;
    const tell = watchers.map((watcher) => watcher(args));
    const refusal = await this.#admit(args).catch(asRefusal);
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

  async #admit(args: QueryArgs): Promise<BertqlError | undefined> {
    this.#options.operations.begin(args.contextValue.operation);
    await this.#options.admit(args);
    return undefined;
  }
}
