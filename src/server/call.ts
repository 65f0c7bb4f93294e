import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { EVERYBODY } from '../jobs/analysis.ts';
import type { Context } from '../schema/context.ts';
import type { ClientBudget } from './limits/rates.ts';
import type { OperationLifetime } from './operation-lifetime.ts';

/** The client that makes a request: the holder of a key or token, or an address. */
export interface Caller {
  /** Identifies the client's budget; never a key or token itself. */
  readonly id: string;
  readonly budget: ClientBudget;
  /** The owner of the analyses that the caller sees. */
  readonly owner: string;
  readonly mayLoadModels: boolean;
  /** When the caller's token expires, in milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
}

/** The ways in which operations arrive. */
type TransportName = 'HTTP' | 'SSE' | 'WebSocket' | 'in process';

/** One request, whatever its transport. */
export interface Call {
  /** Identifies the request to the client and in the log. */
  readonly requestId: string;
  readonly transport: TransportName;
  readonly caller: Caller;
  /** IP address of the client. */
  readonly address: string;
  /** W3C trace context from the client. */
  readonly traceparent?: string | undefined;
  /** Aborted when the client disconnects. */
  readonly client?: AbortSignal | undefined;
}

/** The parts of a request besides its document, which the transport keeps until the operation ends. */
export interface SentParams {
  operationName?: string | null | undefined;
  variables?: Record<string, unknown> | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
}

/** The initial context that every transport passes to Envelop. */
export interface CallContext {
  readonly call: Call;
  /** The rest of the request; missing in process, where it belongs to the caller. */
  readonly params?: SentParams;
}

/** The context of an operation inside the server; resolvers see only `operation`. */
export interface ServerContext extends Context, CallContext {
  readonly lifetime: OperationLifetime;
}

/** An operation that was parsed and validated. */
export type OperationArgs = ExecutionArgs & { readonly contextValue: ServerContext };

export type MaybePromise<T> = T | Promise<T>;

/** What a step does after the operation has begun. */
export interface StepHooks {
  /** Receives each result (one, or the events of a stream) before it is sent, and returns the result to send. */
  onResult?(result: ExecutionResult): ExecutionResult;
  /** Called once when the operation ends in any way. */
  onEnd?(): void;
}

/**
 * One concern in the life of an operation, for queries, mutations and subscriptions alike. Called when an operation has
 * been parsed and validated; throwing a `BertqlError` refuses the operation.
 */
export type OperationStep = (args: OperationArgs) => MaybePromise<StepHooks | undefined>;

/**
 * The call of an operation without a transport: from the library, the command line, or the Yoga of an application that
 * embeds the graph. All of them count as one client without a budget.
 */
export function inProcessCall(requestId: string, client: AbortSignal | undefined): Call {
  const caller: Caller = { id: 'in process', budget: NO_BUDGET, owner: EVERYBODY, mayLoadModels: true };
  return { requestId, transport: 'in process', caller, address: 'in process', client };
}

const NO_BUDGET: ClientBudget = { requestsPerMinute: 0, tokensPerMinute: 0 };
