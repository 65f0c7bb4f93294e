import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { BertqlError } from '../errors.ts';
import type { Context, Operation } from '../schema/operation.ts';

/**
 * The operations that are under way, on any transport: each is given up when its deadline passes or the
 * server stops. A stream has no deadline; it ends with its subscriber.
 */
export class LiveOperations {
  readonly #timeoutMs: number;
  readonly #queries = new Set<Operation>();
  readonly #streams = new Set<Operation>();
  readonly #whenNoStreams: (() => void)[] = [];

  /** @param timeoutMs deadline of a query */
  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** Streams that are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Ends every stream with SHUTTING_DOWN and resolves when the last one is gone. */
  async endStreams(): Promise<void> {
    if (this.#streams.size === 0) return;
    const gone = new Promise<void>((resolve) => this.#whenNoStreams.push(resolve));
    for (const operation of this.#streams) operation.abort(shuttingDown());
    await gone;
  }

  /** Gives up every query. */
  abortQueries(): void {
    for (const operation of this.#queries) operation.abort(shuttingDown());
  }

  /** The Envelop plugin that keeps the books; Envelop's hooks run on HTTP, SSE and WebSocket alike. */
  plugin(): Plugin<Context> {
    return {
      onExecute: ({ args }) => {
        const { operation } = args.contextValue;
        const deadline = setTimeout(() => operation.abort(this.#timedOut()), this.#timeoutMs);
        this.#queries.add(operation);
        return {
          onExecuteDone: () => {
            clearTimeout(deadline);
            this.#queries.delete(operation);
            operation.dispose();
          },
        };
      },
      onSubscribe: () => ({
        onSubscribeResult: ({ args, result }) => {
          const { operation } = args.contextValue;
          if (!isAsyncIterable(result)) return operation.dispose();
          this.#streams.add(operation);
          return { onEnd: () => this.#streamEnded(operation) };
        },
      }),
    };
  }

  #streamEnded(operation: Operation): void {
    operation.dispose();
    this.#streams.delete(operation);
    if (this.#streams.size > 0) return;
    // The transport still has to send the end of the stream, which it does in this turn of the event loop.
    for (const resolve of this.#whenNoStreams.splice(0)) setImmediate(resolve);
  }

  #timedOut(): BertqlError {
    return new BertqlError(
      'TIMEOUT',
      `The request took longer than ${this.#timeoutMs} ms. Ask for less, or stream a long text with analyze.`,
    );
  }
}

function shuttingDown(): BertqlError {
  return new BertqlError(
    'SHUTTING_DOWN',
    'The server is stopping; try again in a moment, a stream with its last cursor.',
  );
}
