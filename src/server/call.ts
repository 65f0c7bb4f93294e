import type { ExecutionArgs } from 'graphql';
import type { Context } from '../schema/context.ts';
import type { ClientBudget } from './limits/client-ledger.ts';

/** Who asks: the holder of a key or token, or whoever is at an address. */
export interface Caller {
  /** What budgets are kept by; never a key or token itself. */
  readonly id: string;
  readonly budget: ClientBudget;
  /** Whom the caller's analyses belong to: the name of the key, the subject of the token, or everybody without auth. */
  readonly owner: string;
  /** Milliseconds since 1970 at which the caller's token ends. */
  readonly expiresAt?: number | undefined;
}

/** How an operation came in, whatever transport brought it. */
export interface Call {
  /** What the log and the client both know the request by. */
  readonly requestId: string;
  readonly transport: 'HTTP' | 'SSE' | 'WebSocket';
  readonly caller: Caller;
  /** IP address of the client. */
  readonly address: string;
  /** W3C trace context that the client sent. */
  readonly traceparent?: string | undefined;
  /** Cuts the client off where it does not take what it is sent. */
  disconnect(): void;
}

/** The context of an operation inside the server; resolvers see the part of it that is theirs. */
export interface ServerContext extends Context {
  readonly call: Call;
}

/** An operation that was parsed and validated. */
export type OperationArgs = ExecutionArgs & { readonly contextValue: ServerContext };
