import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { BertqlError } from '../errors.ts';
import type { Operation } from '../schema/context.ts';
import { atTime } from './at-time.ts';
import type { ServerContext } from './call.ts';
import { onIdle } from './on-idle.ts';

export interface LiveOperationsOptions {
  /** Milliseconds that a query may take. */
  readonly requestTimeoutMs: number;
  /** Milliseconds that a stream waits for its client to take an event. */
  readonly streamIdleMs: number;
}

/**
 * The operations that are under way, on any transport: each is given up when its deadline passes or the
 * server stops. A stream has no deadline; it ends with its subscriber, or where that does not read.
 */
export class LiveOperations {
  readonly #options: LiveOperationsOptions;
  /** Queries with their deadlines. */
  readonly #queries = new Map<Operation, NodeJS.Timeout>();
  readonly #streams = new Set<Operation>();
  readonly #whenNoStreams: (() => void)[] = [];
  #draining = false;

  constructor(options: LiveOperationsOptions) {
    this.#options = options;
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Queries that are under way. */
  get queries(): number {
    return this.#queries.size;
  }

  /** Refuses new operations, ends every stream with SHUTTING_DOWN and resolves when the last one is gone. */
  async endStreams(): Promise<void> {
    this.#draining = true;
    if (this.#streams.size === 0) return;
    const gone = new Promise<void>((resolve) => this.#whenNoStreams.push(resolve));
    for (const operation of this.#streams) operation.abort(shuttingDown());
    await gone;
  }

  /** Gives up every query, and does not wait for the end of streams any longer. */
  abandon(): void {
    for (const operation of this.#queries.keys()) operation.abort(shuttingDown());
    for (const resolve of this.#whenNoStreams.splice(0)) resolve();
  }

  /** Takes in a query, which {@link end} must be called for in any case. Throws SHUTTING_DOWN. */
  begin(operation: Operation): void {
    if (this.#draining) throw shuttingDown();
    const deadline = setTimeout(() => operation.abort(this.#timedOut()), this.#options.requestTimeoutMs);
    this.#queries.set(operation, deadline);
  }

  /** Ends a query and disposes of its operation. */
  end(operation: Operation): void {
    clearTimeout(this.#queries.get(operation));
    this.#queries.delete(operation);
    operation.dispose();
  }

  /** The Envelop plugin that keeps the books of streams; Envelop's hooks run on SSE and WebSocket alike. */
  plugin(): Plugin<ServerContext> {
    return {
      onSubscribe: ({ args, setResultAndStopExecution }) => {
        if (this.#draining) {
          args.contextValue.operation.dispose();
          return setResultAndStopExecution({ errors: [shuttingDown()] });
        }
        return {
          onSubscribeResult: ({ result, setResult }) => {
            const { operation, call } = args.contextValue;
            if (!isAsyncIterable(result)) return operation.dispose();
            this.#streams.add(operation);
            // The server began to stop while the text was looked at.
            if (this.#draining) operation.abort(shuttingDown());
            const { streamIdleMs } = this.#options;
            const events = onIdle(result, streamIdleMs, () => {
              operation.abort(notRead(streamIdleMs));
              call.disconnect();
            });
            setResult(events);
            operation.onDispose(atTime(call.caller.expiresAt, () => operation.abort(expired())));
            // Where the client went before its stream was there, no transport comes to end it.
            operation.whenClientGone(() => {
              this.#streamEnded(operation);
              void events.return(undefined);
            });
            return { onEnd: () => this.#streamEnded(operation) };
          },
        };
      },
    };
  }

  #streamEnded(operation: Operation): void {
    operation.dispose();
    if (!this.#streams.delete(operation) || this.#streams.size > 0) return;
    // The transport still has to send the end of the stream, which it does in this turn of the event loop.
    for (const resolve of this.#whenNoStreams.splice(0)) setImmediate(resolve);
  }

  #timedOut(): BertqlError {
    return new BertqlError(
      'TIMEOUT',
      `The request took longer than ${this.#options.requestTimeoutMs} ms. Ask for less, or stream a long text with analyze.`,
    );
  }
}

function expired(): BertqlError {
  return new BertqlError(
    'UNAUTHENTICATED',
    'The token has expired, so its stream was ended. Come again with a new one.',
  );
}

function notRead(idleMs: number): BertqlError {
  return new BertqlError('TIMEOUT', `The client took no event for ${idleMs} ms, so its stream was ended.`);
}

function shuttingDown(): BertqlError {
  return new BertqlError(
    'SHUTTING_DOWN',
    'The server is stopping; try again in a moment, a stream with its last cursor.',
  );
}
