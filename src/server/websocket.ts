import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { asBertqlError, ERROR_CATALOGUE } from '../errors.ts';
import type { Authentication } from './access/authentication.ts';
import { originAllowed } from './access/origins.ts';
import type { Call } from './call.ts';
import { addressOf } from './client-address.ts';
import type { ClientLedger } from './limits/client-ledger.ts';
import type { PersistedOperations } from './limits/persisted-operations.ts';
import { type Connection, SocketConnections } from './socket-connections.ts';
import { type SocketExtra, speakProtocol } from './socket-protocol.ts';
import type { StalledReaders } from './stalled-readers.ts';
import { withoutHttp } from './streams.ts';
import type { GraphServer } from './yoga.ts';

/** Milliseconds between pings; a peer that does not answer one is cut off at the next. */
const KEEP_ALIVE_MS = 12_000;

/** The code of a socket whose server stops. */
const GOING_AWAY = 1001;

/** What Yoga makes of a request: its parse, validate, execute and subscribe with all plugins around them. */
type Enveloped = ReturnType<GraphServer['getEnveloped']>;
type Execute = Enveloped['execute'];
interface Args extends ExecutionArgs {
  readonly execute: Execute;
  readonly subscribe: Execute;
}

export interface SocketServerOptions {
  readonly maxBodyBytes: number;
  readonly maxSubscriptions: number;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: number;
  readonly authentication: Authentication;
  readonly ledger: ClientLedger;
  readonly stalled: StalledReaders;
  readonly persisted: PersistedOperations | undefined;
  /** Told of failures that nobody expected. */
  readonly reportFailure: (error: unknown, requestId: string) => void;
  /** Whether no one else answers WebSockets on the HTTP server: those for other paths are refused. */
  readonly alone: boolean;
  /** Milliseconds until a client must have said `connection_init`; 3,000 by default. */
  readonly connectionInitWaitTimeout?: number;
}

export interface SocketServer {
  /** WebSockets that are open. */
  readonly size: number;
  /** Closes all sockets with 1001 and takes no new ones. Resolves when the last client has closed, too. */
  dispose(): Promise<void>;
  /** Cuts off clients that do not close. */
  terminate(): void;
}

/**
 * Serves the graph over WebSocket (graphql-transport-ws) on the HTTP server, with the same plugins as HTTP.
 * Every operation gets a signal of its own, which is aborted when its client completes it or its socket closes.
 */
export function serveWebSocket(server: Server, graph: GraphServer, options: SocketServerOptions): SocketServer {
  const { authentication, ledger, trustedProxies } = options;
  const addressFrom = (request: IncomingMessage) => addressOf(request, trustedProxies);
  const connections = new SocketConnections(ledger, options.maxSubscriptions);
  const sockets = new WebSocketServer({
    ...(options.alone ? { server } : { noServer: true }),
    path: graph.graphqlEndpoint,
    maxPayload: options.maxBodyBytes,
    handleProtocols: (protocols) => handleProtocols(protocols),
    verifyClient: ({ req }, answer) => {
      const header = (name: string) => req.headers[name]?.toString();
      if (!originAllowed(header, options.allowedOrigins)) return answer(false, ERROR_CATALOGUE.FORBIDDEN.status);
      if (!connections.admits(addressFrom(req))) return answer(false, ERROR_CATALOGUE.RATE_LIMITED.status);
      answer(true);
    },
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!sockets.shouldHandle(request)) return;
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
  };
  if (!options.alone) server.on('upgrade', upgrade);
  // The socket closes itself after an error, such as a message that is too long.
  sockets.on('connection', (socket, request) => {
    options.stalled.cutWith(request.socket, () => socket.terminate());
    socket.on('error', () => undefined);
    connections.open(socket, addressFrom(request));
  });
  const callers = new WeakMap<WebSocket, Call['caller']>();
  const clients = new WeakMap<object, AbortController>();

  const callOf = (
    { extra, connectionParams }: Context<Params, SocketExtra>,
    connection: Connection,
    requestId: string,
  ): Call => {
    const caller = callers.get(extra.socket);
    if (!caller) throw new Error('An operation came before its connection was acknowledged.');
    const traceparent = connectionParams?.['traceparent'];
    return {
      requestId,
      transport: 'WebSocket',
      caller,
      address: connection.address,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      disconnect: () => extra.socket.terminate(),
    };
  };

  const protocol = makeServer<Params, SocketExtra>({
    ...(options.connectionInitWaitTimeout === undefined
      ? {}
      : { connectionInitWaitTimeout: options.connectionInitWaitTimeout }),
    execute: (args) => (args as Args).execute(args),
    subscribe: (args) => (args as Args).subscribe(args),
    onConnect: async ({ extra: { socket, request }, connectionParams }) => {
      const credentials = credentialsIn(connectionParams) ?? request.headers.authorization;
      try {
        const caller = await authentication.authenticate(credentials, addressFrom(request));
        callers.set(socket, caller);
        connections.of(socket).expireAt(caller.expiresAt);
        return true;
      } catch (error) {
        if (asBertqlError(error)?.code !== 'UNAUTHENTICATED') options.reportFailure(error, randomUUID());
        return false;
      }
    },
    onSubscribe: async (context, _id, payload) => {
      const { socket } = context.extra;
      const connection = connections.of(socket);
      const requestId = randomUUID();
      let client: AbortController | undefined;
      try {
        client = connection.begin();
        const { query, operationName, variables }: SubscribePayload = options.persisted?.resolve(payload) ?? payload;
        const enveloped = graph.getEnveloped({ client: client.signal, call: callOf(context, connection, requestId) });
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
        client?.abort();
        // An error in a request belongs to its operation; thrown on, it would close the socket of its siblings.
        if (error instanceof GraphQLError) return [error];
        if (Array.isArray(error)) return error;
        options.reportFailure(error, requestId);
        return [new GraphQLError('Unexpected error.', { extensions: { code: 'INTERNAL', requestId } })];
      }
    },
    onOperation: ({ extra }, _id, _payload, args, result) => {
      const client = clients.get(args);
      if (client && isGenerator(result)) return tied(result, client, extra.socket);
      client?.abort();
      return result;
    },
    onError: (_context, _id, _payload, errors) => errors.map((error) => withoutHttp(error).toJSON()),
  });
  speakProtocol(protocol, sockets, KEEP_ALIVE_MS);
  return {
    get size() {
      return sockets.clients.size;
    },
    dispose: () => {
      server.off('upgrade', upgrade);
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
      return new Promise((resolve) => sockets.close(() => resolve()));
    },
    terminate: () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

type Params = Record<string, unknown>;

/** The credentials in `connectionParams`, whatever the case of their name. */
function credentialsIn(params: Params | undefined): string | undefined {
  const [, value] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof value === 'string' ? value : undefined;
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
