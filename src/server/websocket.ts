import type { Server } from 'node:http';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { StalledReaders } from './stalled-readers.ts';
import type { GraphServer } from './yoga.ts';

/** Milliseconds between pings; a peer that does not answer one is cut off at the next. */
const KEEP_ALIVE_MS = 12_000;

/** What Yoga makes of a request: its parse, validate, execute and subscribe with all plugins around them. */
type Enveloped = ReturnType<GraphServer['getEnveloped']>;
type Execute = Enveloped['execute'];
interface Args extends ExecutionArgs {
  readonly execute: Execute;
  readonly subscribe: Execute;
}

export interface SocketServer {
  /** Closes all sockets with 1001 and takes no new ones. */
  dispose(): Promise<void>;
}

/**
 * Serves the graph over WebSocket (graphql-transport-ws) on the HTTP server, with the same plugins as HTTP.
 * Every operation gets a signal of its own, which is aborted when its client completes it or its socket closes.
 */
export function serveWebSocket(
  server: Server,
  graph: GraphServer,
  maxMessageBytes: number,
  stalled: StalledReaders,
): SocketServer {
  const sockets = new WebSocketServer({ server, path: graph.graphqlEndpoint, maxPayload: maxMessageBytes });
  sockets.on('connection', (client, { socket }) => stalled.cutWith(socket, () => client.terminate()));
  const clients = new WeakMap<object, AbortController>();
  const bySocket = new WeakMap<WebSocket, Set<AbortController>>();

  const watch = (socket: WebSocket): AbortController => {
    const client = new AbortController();
    let open = bySocket.get(socket);
    if (!open) {
      const all = new Set<AbortController>();
      bySocket.set(socket, (open = all));
      socket.once('close', () => {
        for (const one of all) one.abort();
      });
    }
    open.add(client);
    client.signal.addEventListener('abort', () => open.delete(client), { once: true });
    return client;
  };

  const subscriptions = useServer(
    {
      execute: (args) => (args as Args).execute(args),
      subscribe: (args) => (args as Args).subscribe(args),
      onSubscribe: async ({ extra }, _id, { query, operationName, variables }) => {
        const client = watch(extra.socket);
        try {
          const enveloped = graph.getEnveloped({ client: client.signal });
          const { schema, execute, subscribe } = enveloped;
          const document = enveloped.parse(query);
          const errors = enveloped.validate(schema, document);
          if (errors.length > 0) throw errors;
          const contextValue = await enveloped.contextFactory();
          const args: Args = {
            schema,
            document,
            operationName,
            variableValues: variables,
            contextValue,
            execute,
            subscribe,
          };
          clients.set(args, client);
          return args;
        } catch (error) {
          client.abort();
          // An error in a request belongs to its operation; thrown on, it would close the socket of its siblings.
          if (error instanceof GraphQLError) return [error];
          if (Array.isArray(error)) return error;
          throw error;
        }
      },
      onOperation: ({ extra }, _id, _payload, args, result) => {
        const client = clients.get(args);
        if (client && isGenerator(result)) return tied(result, client, extra.socket);
        client?.abort();
        return result;
      },
      onError: (_context, _id, _payload, errors) => errors.map(withoutHttp),
    },
    sockets,
    KEEP_ALIVE_MS,
  );
  return { dispose: async () => subscriptions.dispose() };
}

/**
 * Ties a stream to the signal of its client: completing the subscription stops the work at once,
 * also where the stream still waits for it, and a stream that has ended lets go of the socket.
 */
function tied<T>(events: AsyncGenerator<T>, client: AbortController, socket: WebSocket): AsyncGenerator<T> {
  const endWith = (result: Promise<IteratorResult<T>>) => {
    client.abort();
    return result;
  };
  return {
    next: async () => {
      // What is sent to a socket that closes is taken at once: events that need no waiting would all be made for nobody.
      if (socket.readyState !== socket.OPEN) return endWith(events.return(undefined));
      const result = await events.next();
      if (result.done) client.abort();
      return result;
    },
    return: (value) => endWith(events.return(value)),
    throw: (error) => endWith(events.throw(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return(undefined);
    },
  };
}

function isGenerator(result: unknown): result is AsyncGenerator {
  return typeof result === 'object' && result !== null && Symbol.asyncIterator in result;
}

/** Yoga notes HTTP statuses on errors, which mean nothing on a socket. */
function withoutHttp(error: GraphQLError) {
  const { http: _, ...extensions } = error.extensions;
  return { ...error.toJSON(), extensions };
}
