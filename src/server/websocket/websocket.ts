import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, GraphQLError } from 'graphql';
import { type Context, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { asBertqlError, ERROR_CATALOGUE } from '../../errors.ts';
import { addressOf } from '../access/addresses.ts';
import type { Authentication } from '../access/authentication.ts';
import { checkHost } from '../access/hosts.ts';
import { originAllowed } from '../access/origins.ts';
import type { Call } from '../call.ts';
import { normalizeTarget } from '../http/listener.ts';
import { asPlaceholder } from '../json.ts';
import type { ClientLimits } from '../limits/client-limits.ts';
import { operationOf } from '../limits/operation-cost.ts';
import { documentOf, type PersistedOperations } from '../limits/persisted-operations.ts';
import { type ErrorMask, withoutHttp } from '../mask-errors.ts';
import { CLIENT_GONE } from '../operation-lifetime.ts';
import type { GraphServer } from '../yoga.ts';
import { Connection } from './connections.ts';
import { type SocketExtra, speakProtocol } from './protocol.ts';
import { takeUpgrades } from './upgrades.ts';

/** Milliseconds between pings; a client that does not answer one is disconnected at the next. */
const KEEP_ALIVE_MS = 12_000;

/** The most milliseconds for a client to answer a close or a ping, including all data still on its way to it. */
const CLOSE_TIMEOUT_MS = 1000;

/** The close code if the server stops. */
const GOING_AWAY = 1001;

/** Yoga's parse, validate, execute and subscribe with all plugins, for one request. */
type Enveloped = ReturnType<GraphServer['getEnveloped']>;
type Execute = Enveloped['execute'];
interface Args extends ExecutionArgs {
  readonly execute: Execute;
  readonly subscribe: Execute;
}

export interface SocketServerOptions {
  readonly maxBodyBytes: number;
  readonly maxInitBytes: number;
  readonly maxSubscriptions: number;
  readonly stallTimeoutMs: number;
  readonly allowedOrigins: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly trustedProxies: number;
  readonly authentication: Authentication;
  readonly clients: ClientLimits;
  readonly persisted: PersistedOperations | undefined;
  readonly errors: ErrorMask;
  /**
   * Whether the HTTP server is only ours, so that WebSockets for other paths are refused instead of left to others.
   * @default false
   */
  readonly alone: boolean;
}

export interface SocketServer {
  /** Number of open WebSockets. */
  readonly size: number;
  /** Asks all clients for a sign of life: those that give none until then are not waited for when the sockets close. */
  knock(): void;
  /** Closes all sockets with 1001 and accepts no new ones. Resolves when the last client has closed, too. */
  dispose(): Promise<void>;
  /** Disconnects clients that do not close. */
  terminate(): void;
}

/**
 * Serves the graph over WebSocket (graphql-transport-ws) on the HTTP server, with the same plugins as HTTP.
 * Every operation has its own signal, which is aborted when its client completes it or its socket closes.
 */
export function serveWebSocket(server: Server, graph: GraphServer, options: SocketServerOptions): SocketServer {
  const { authentication, clients, errors } = options;
  const addressFrom = (request: IncomingMessage) => addressOf(request, options.trustedProxies);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxBodyBytes,
    handleProtocols: (protocols) => handleProtocols(protocols),
  });

  const stopUpgrades = takeUpgrades(server, (request, socket, head) => {
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return false;
    try {
      normalizeTarget(request);
      const path = request.url?.split('?')[0]?.replace(/(.)\/$/, '$1');
      if (path !== graph.graphqlEndpoint) {
        if (options.alone) refuse(socket, 404);
        return options.alone;
      }
      checkHost(request, options.allowedHosts);
      if (!originAllowed((name) => request.headers[name]?.toString(), options.allowedOrigins)) {
        refuse(socket, ERROR_CATALOGUE.FORBIDDEN.status);
        return true;
      }
      const release = clients.connect(addressFrom(request));
      socket.once('close', release);
    } catch (error) {
      const code = asBertqlError(error)?.code ?? 'INTERNAL';
      refuse(socket, ERROR_CATALOGUE[code].status);
      return true;
    }
    sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    return true;
  });
  const controllers = new WeakMap<object, AbortController>();

  const callOf = (
    { extra: { connection }, connectionParams }: Context<Params, SocketExtra>,
    client: AbortSignal | undefined,
    requestId: string,
  ): Call => {
    const { caller, address } = connection;
    if (!caller) throw new Error('An operation arrived before its connection was acknowledged.');
    const traceparent = connectionParams?.['traceparent'];
    return {
      requestId,
      transport: 'WebSocket',
      caller,
      address,
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      client,
    };
  };

  const protocol = makeServer<Params, SocketExtra>({
    execute: (args) => (args as Args).execute(args),
    subscribe: (args) => (args as Args).subscribe(args),
    onConnect: async ({ extra: { connection, request }, connectionParams }) => {
      const credentials = credentialsIn(connectionParams) ?? request.headers.authorization;
      try {
        connection.admit(await authentication.authenticate(credentials, connection.address));
        return true;
      } catch (error) {
        // Reports the error if it is unexpected.
        errors.mask(error, { requestId: randomUUID(), transport: 'WebSocket' });
        return false;
      }
    },
    onSubscribe: async (context, _id, payload) => {
      const requestId = randomUUID();
      let client: AbortController | undefined;
      try {
        client = context.extra.connection.begin();
        const query = documentOf(payload, options.persisted);
        const call = callOf(context, client.signal, requestId);
        const enveloped = graph.getEnveloped({ call, params: payload });
        const { schema, execute, subscribe } = enveloped;
        const document = enveloped.parse(query);
        const operationName = payload.operationName || null;
        const problems = enveloped.validate(schema, document);
        if (problems.length > 0) throw problems;
        if (!operationOf({ document, operationName })) throw new GraphQLError(noOperation(payload));
        const contextValue = await enveloped.contextFactory();
        const { variables } = payload;
        const args: Args = {
          schema,
          document,
          operationName,
          variableValues: variables,
          contextValue,
          execute,
          subscribe,
        };
        controllers.set(args, client);
        return args;
      } catch (error) {
        client?.abort(CLIENT_GONE);
        // An invalid request only fails its own operation; if it were thrown, it would close the socket of its
        // siblings.
        const all: readonly unknown[] = Array.isArray(error) ? error : [error];
        return all.map((each) => errors.mask(each, { requestId, transport: 'WebSocket' }));
      }
    },
    onOperation: ({ extra }, _id, _payload, args, result) => {
      const client = controllers.get(args);
      if (client && isGenerator(result)) return tied(result, client, extra.socket);
      client?.abort(CLIENT_GONE);
      return result;
    },
    onNext: (_context, _id, _payload, _args, result) => asPlaceholder(result),
    onError: (_context, _id, _payload, problems) => problems.map((error) => withoutHttp(error).toJSON()),
  });
  const connect = (socket: WebSocket, request: IncomingMessage) =>
    new Connection(socket, request, { ...options, address: addressFrom(request) });
  speakProtocol(protocol, sockets, connect, KEEP_ALIVE_MS);
  const silent = new Set<WebSocket>();
  const terminate = (clients: Iterable<WebSocket> = sockets.clients) => {
    for (const socket of clients) socket.terminate();
  };
  let knockedAt = 0;
  return {
    get size() {
      return sockets.clients.size;
    },
    knock: () => {
      knockedAt = performance.now();
      for (const socket of sockets.clients) {
        silent.add(socket);
        socket.once('pong', () => silent.delete(socket));
        socket.ping();
      }
    },
    dispose: () => {
      stopUpgrades();
      for (const socket of sockets.clients) socket.close(GOING_AWAY, 'Going away');
      const deadlines = [
        setTimeout(() => terminate(silent), CLOSE_TIMEOUT_MS - (performance.now() - knockedAt)),
        setTimeout(() => terminate(), CLOSE_TIMEOUT_MS),
      ];
      return new Promise((resolve) => {
        sockets.close(() => {
          for (const deadline of deadlines) clearTimeout(deadline);
          resolve();
        });
      });
    },
    terminate: () => terminate(),
  };
}

function refuse(socket: Duplex, status: number): void {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

function noOperation({ operationName }: SubscribePayload): string {
  return operationName
    ? `Unknown operation named "${operationName}".`
    : 'Must provide operation name if query contains multiple operations.';
}

type Params = Record<string, unknown>;

/** The credentials in `connectionParams`, whose name is not case-sensitive. */
function credentialsIn(params: Params | undefined): string | undefined {
  const [, value] = Object.entries(params ?? {}).find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Ties a stream to its client's signal: completing the subscription stops the work at once, even if the stream still
 * waits for it, and a stream that has ended releases the socket.
 */
function tied<T>(events: AsyncGenerator<T>, client: AbortController, socket: WebSocket): AsyncGenerator<T> {
  const endWith = (result: Promise<IteratorResult<T>>) => {
    client.abort(CLIENT_GONE);
    return result;
  };
  return {
    next: async () => {
      // A closing socket never pushes back, so events that need no waiting would all be made for nobody.
      if (socket.readyState !== socket.OPEN) return endWith(events.return(undefined));
      const result = await events.next();
      if (result.done) client.abort(CLIENT_GONE);
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
