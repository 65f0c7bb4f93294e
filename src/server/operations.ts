import { normalizedExecutor } from '@graphql-tools/executor';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, OperationTypeNode } from 'graphql';
import { isAsyncIterable, isPromise, type Plugin } from 'graphql-yoga';
import { BertqlError } from '../errors.ts';
import { Operation, type Services } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { ResultSize } from '../schema/result-size.ts';
import { errorOf } from '../thrown.ts';
import type { MaybePromise, OperationArgs, OperationStep, ServerContext, StepHooks } from './call.ts';
import { writeInTurns } from './json.ts';
import { admit } from './limits/admission.ts';
import type { ClientLimits } from './limits/client-limits.ts';
import { useDeclaredVariables } from './limits/declared-variables.ts';
import { type DocumentOptions, useDocuments } from './limits/documents.ts';
import { operationOf } from './limits/operation-cost.ts';
import type { ErrorMask } from './mask-errors.ts';
import { OperationLifetime } from './operation-lifetime.ts';
import { type OperationReport, reportOperations, useRefusedDocuments } from './operation-reports.ts';

export interface OperationsOptions extends DocumentOptions {
  readonly services: Services;
  readonly clients: ClientLimits;
  readonly errors: ErrorMask;
  /** Called with every operation that ended or was refused. */
  readonly report: (operation: OperationReport) => void;
  /** Steps that only observe, such as tracing. */
  readonly observers: readonly OperationStep[];
  /** The most milliseconds of a query or mutation; a stream has no such limit. */
  readonly requestTimeoutMs: number;
  readonly maxTexts: number;
  readonly maxResultSize: number;
  readonly maxTextLength: number;
  readonly maxRequestTokens: number;
}

/**
 * The operations of a server, from their document to their end. Every transport, including in process, runs the same
 * {@link plugins}; {@link steps}, read from top to bottom, is the life of an operation.
 */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #queries = new Set<OperationLifetime>();
  readonly #streams = new Set<OperationLifetime>();
  readonly #onNoStreams: (() => void)[] = [];
  #draining = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /**
   * The Envelop plugins, in the order in which they run: the document is counted, parsed, measured and validated (or
   * found in the cache), the context is made, and the steps run around the execution.
   */
  get plugins(): Plugin<ServerContext>[] {
    return [
      { onPluginInit: ({ setSchema }) => setSchema(schema) },
      useRefusedDocuments(this.#options.report, this.#options.clients),
      useDocuments(this.#options),
      useDeclaredVariables(),
      ...this.executionPlugins,
    ];
  }

  /** The {@link plugins} that do not handle documents, for a server with a schema of its own. */
  get executionPlugins(): Plugin<ServerContext>[] {
    return [this.#useContext(), this.#useSteps()];
  }

  /** Steps begin in this order, and see results and the end in the opposite order. */
  get steps(): readonly OperationStep[] {
    const { report, observers, errors, clients } = this.#options;
    return [
      reportOperations(report),
      ...observers,
      ({ contextValue: { call } }) => ({ onResult: (result) => errors.maskResult(result, call) }),
      this.#live,
      ({ contextValue: { call, lifetime }, ...args }) => {
        // A WebSocket is counted when it is opened; over SSE each stream holds a connection of its own.
        if (call.transport !== 'WebSocket' && isSubscription(args)) lifetime.onEnd(clients.connect(call.address));
        return undefined;
      },
      (args) => admit(args, this.#options, clients),
    ];
  }

  /** Number of open streams. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Refuses new operations, ends every stream with SHUTTING_DOWN and resolves when the last one has ended. */
  async endStreams(): Promise<void> {
    this.#draining = true;
    if (this.#streams.size === 0) return;
    const gone = new Promise<void>((resolve) => this.#onNoStreams.push(resolve));
    for (const stream of this.#streams) stream.abort(shuttingDown());
    await gone;
  }

  /** Aborts every query, and no longer waits for streams to end. */
  forceClose(): void {
    for (const query of this.#queries) query.abort(shuttingDown());
    for (const resolve of this.#onNoStreams.splice(0)) resolve();
  }

  /** Keeps track of operations and their deadlines; refuses new ones while the server stops. */
  readonly #live: OperationStep = (args) => {
    const { lifetime, call } = args.contextValue;
    if (this.#draining) throw shuttingDown();
    const isStream = isSubscription(args);
    const live = isStream ? this.#streams : this.#queries;
    live.add(lifetime);
    const { requestTimeoutMs } = this.#options;
    const cancel = isStream
      ? expiryTimer(call.caller.expiresAt, () => lifetime.abort(expired()))
      : timer(requestTimeoutMs, () => lifetime.abort(timedOut(requestTimeoutMs)));
    return {
      onEnd: () => {
        cancel();
        live.delete(lifetime);
        // The transport still has to send the end of the stream, which happens in this turn of the event loop.
        if (isStream && live.size === 0) for (const resolve of this.#onNoStreams.splice(0)) setImmediate(resolve);
      },
    };
  };

  /** Makes the context of an operation, once its document is valid. */
  #useContext(): Plugin<ServerContext> {
    const { services } = this.#options;
    return {
      onContextBuilding: ({ context: { call }, extendContext }) => {
        const { requestId, client, caller } = call;
        const { owner, mayLoadModels } = caller;
        const lifetime = new OperationLifetime(client);
        const operation = new Operation(services, { signal: lifetime.signal, requestId, owner, mayLoadModels });
        lifetime.onEnd(() => operation.dispose());
        extendContext({ operation, lifetime });
      },
    };
  }

  /**
   * Executes with Yoga's executor instead of graphql-js: it can complete long lists item by item, so that they do not
   * block the event loop.
   */
  #useSteps(): Plugin<ServerContext> {
    const { steps } = this;
    const hideSuggestions = !this.#options.introspection;
    const execute = (args: ExecutionArgs) => normalizedExecutor({ ...args, hideSuggestions });
    const runSteps = (args: ExecutionArgs) => run(args as OperationArgs, steps, execute);
    return {
      onExecute: ({ setExecuteFn }) => setExecuteFn(runSteps),
      onSubscribe: ({ setSubscribeFn }) => setSubscribeFn(runSteps),
    };
  }
}

/** Runs one operation from its first step to its end. Never rejects: a failure is a result with errors. */
async function run(
  args: OperationArgs,
  steps: readonly OperationStep[],
  execute: (args: ExecutionArgs) => unknown,
): Promise<ExecutionResult | AsyncGenerator<ExecutionResult, void, void>> {
  const { lifetime } = args.contextValue;
  const begun: StepHooks[] = [];
  let isOver = false;
  const finish = (result: ExecutionResult) => begun.reduce((sent, hooks) => hooks.onResult?.(sent) ?? sent, result);
  const end = () => {
    if (isOver) return;
    isOver = true;
    for (const hooks of begun) hooks.onEnd?.();
    lifetime.end();
  };
  let result: unknown;
  try {
    for (const step of steps) {
      const hooks = step(args);
      const made = isPromise(hooks) ? await hooks : hooks;
      if (made) begun.unshift(made);
    }
    result = await whileWanted(execute(args), args);
  } catch (error) {
    result = { errors: [asGraphQLError(error)] };
  }
  if (isAsyncIterable<ExecutionResult>(result)) return streamOf(result, finish, end, args.contextValue);
  try {
    return await written(finish(result as ExecutionResult), args.contextValue);
  } finally {
    end();
  }
}

/**
 * The result of an execution, or the reason why the operation was stopped: its deadline, its client, or the size of its
 * result. A stream is only stopped by its size; if anything else ends it, its last event says so, and where to resume.
 */
function whileWanted(result: unknown, { contextValue, ...args }: OperationArgs): unknown {
  if (!isPromise(result)) return result;
  const { resultSize } = contextValue.operation;
  if (!isSubscription(args)) contextValue.lifetime.onStop((reason) => resultSize.stop(reason));
  return orStopped(result, resultSize);
}

/** Resolves as the promise does, or rejects as soon as the result is stopped. */
function orStopped<T>(promise: Promise<T>, resultSize: ResultSize): Promise<T> {
  return new Promise((resolve, reject) => {
    promise.then(resolve, reject);
    if (resultSize.stopped) reject(resultSize.stopped);
    else resultSize.onStop = reject;
  });
}

/** Writes a large result as JSON in advance, and begins counting the operation's next result. */
function written(result: ExecutionResult, { operation }: ServerContext): MaybePromise<ExecutionResult> {
  const { bytes } = operation.resultSize;
  operation.resultSize.reset();
  return bytes > LARGE_RESULT_BYTES ? writeInTurns(result).then(() => result) : result;
}

/** A smaller result is written as JSON in a few milliseconds. */
const LARGE_RESULT_BYTES = 500_000;

/**
 * The events of a subscription after the steps. A stream that fails yields its failure as the last event.
 */
function streamOf(
  events: AsyncIterable<ExecutionResult>,
  finish: (result: ExecutionResult) => ExecutionResult,
  end: () => void,
  context: ServerContext,
): AsyncGenerator<ExecutionResult, void, void> {
  const iterator = events[Symbol.asyncIterator]();
  const done = { done: true, value: undefined } as const;
  let isDone = false;
  const stop = async () => {
    isDone = true;
    end();
    // A stream never returns from an event that is too large.
    if (!context.operation.resultSize.stopped) await iterator.return?.();
    return done;
  };
  // If the client disconnects before the transport reads the stream, the transport does not end it.
  context.lifetime.onDisconnect(() => void stop());
  return {
    async next() {
      if (isDone) return done;
      try {
        const event = await orStopped(iterator.next(), context.operation.resultSize);
        if (!event.done) return { done: false, value: await written(finish(event.value), context) };
        return await stop();
      } catch (error) {
        const last = finish({ errors: [asGraphQLError(error)] });
        await stop().catch(() => undefined);
        return { done: false, value: last };
      }
    },
    return: stop,
    async throw(error) {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await stop();
    },
  };
}

function isSubscription(args: Pick<OperationArgs, 'document' | 'operationName'>): boolean {
  return operationOf(args)?.operation === OperationTypeNode.SUBSCRIPTION;
}

function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const original = errorOf(error);
  return new GraphQLError(original.message, { originalError: original });
}

function timer(ms: number, act: () => void): () => void {
  const timeout = setTimeout(act, ms);
  return () => clearTimeout(timeout);
}

/** The longest delay of a timer. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Calls back at a time in milliseconds since 1970: at once if it is past, never if it is missing. The clock is read
 * again when the timer fires, since it may have been adjusted.
 *
 * @returns a function that cancels it
 */
export function expiryTimer(time: number | undefined, act: () => void): () => void {
  let timeout: NodeJS.Timeout | undefined;
  const wait = () => {
    if (time === undefined) return;
    const left = time - Date.now();
    if (left <= 0) act();
    else timeout = setTimeout(wait, Math.min(left, LONGEST_TIMER_MS));
  };
  wait();
  return () => clearTimeout(timeout);
}

function timedOut(limitMs: number): BertqlError {
  return new BertqlError(
    'TIMEOUT',
    `The request took longer than ${limitMs} ms. Select less, or stream a long text with analyze.`,
  );
}

function expired(): BertqlError {
  return new BertqlError(
    'UNAUTHENTICATED',
    'The token has expired, so its stream was ended. Reconnect with a new one.',
  );
}

function shuttingDown(): BertqlError {
  return new BertqlError(
    'SHUTTING_DOWN',
    'The server is stopping; try again in a moment, or resume the stream with its last cursor.',
  );
}
