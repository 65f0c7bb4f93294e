import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { EVERYBODY } from '../jobs/analysis.ts';
import type { Context } from '../schema/context.ts';
import type { SentParams } from './limits/declared-variables.ts';
import type { ClientBudget } from './limits/rates.ts';
import type { OperationLifetime } from './operation-lifetime.ts';

/** Who makes a request: the holder of a key or token, or whoever is at an address. */
export interface Caller {
  /** What budgets are kept by; never a key or token itself. */
  readonly id: string;
  readonly budget: ClientBudget;
  /** Whose analyses the caller sees. */
  readonly owner: string;
  readonly mayLoadModels: boolean;
  /** When the caller's token expires, in milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
}

/** How operations come in. */
type TransportName = 'HTTP' | 'SSE' | 'WebSocket' | 'in process';

/** One request, whatever its transport. */
export interface Call {
  /** Identifies the request to the client and in the log. */
  readonly requestId: string;
  readonly transport: TransportName;
  readonly caller: Caller;
  /** IP address of the client. */
  readonly address: string;
  /** W3C trace context that the client sent. */
  readonly traceparent?: string | undefined;
  /** Aborted when the client disconnects. */
  readonly client?: AbortSignal | undefined;
}

/** What every transport hands to Envelop with an operation. */
export interface CallContext {
  readonly call: Call;
  /** What came with the document; nothing in process, where it stays the caller's. */
  readonly params?: SentParams;
}

/** The context of an operation inside the server; resolvers see only `operation`. */
export interface ServerContext extends Context, CallContext {
  readonly lifetime: OperationLifetime;
}

/** An operation that was parsed and validated. */
export type OperationArgs = ExecutionArgs & { readonly contextValue: ServerContext };

export type MaybePromise<T> = T | Promise<T>;

/** What a step does with the operation after it has begun. */
export interface StepHooks {
  /** Receives each result before it is sent (one, or the events of a stream) and returns what is sent instead. */
  onResult?(result: ExecutionResult): ExecutionResult;
  /** Called once when the operation is over, however it ended. */
  onEnd?(): void;
}

/**
 * One concern in the life of an operation, for queries, mutations and subscriptions alike. It is called when an
 * operation was parsed and validated; throwing a `BertqlError` refuses the operation.
 */
export type OperationStep = (args: OperationArgs) => MaybePromise<StepHooks | undefined>;

/**
 * The call of an operation that comes through no transport: from the library, the command line, or the Yoga of an
 * application that embeds the graph. All of them are one client without a budget.
 */
export function inProcessCall(requestId: string, client: AbortSignal | undefined): Call {
  const caller: Caller = { id: 'in process', budget: NO_BUDGET, owner: EVERYBODY, mayLoadModels: true };
  return { requestId, transport: 'in process', caller, address: 'in process', client };
}

const NO_BUDGET: ClientBudget = { requestsPerMinute: 0, tokensPerMinute: 0 };
