import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { excessOf } from '../http/json-shape.ts';
import { withJson } from '../json.ts';
import type { Connection } from './connections.ts';

/** What the hooks of the protocol know of a socket. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly connection: Connection;
}

/**
 * Speaks graphql-transport-ws on the sockets of a server, as the adapter of graphql-ws does, whose documentation invites
 * copying it. Unlike there, a client that breaks the protocol is closed with 4400 and leaves no line on the console.
 *
 * @param connect makes the connection of a socket
 * @param keepAliveMs milliseconds between pings; a peer that does not answer one is cut off at the next
 */
export function speakProtocol(
  server: Server<SocketExtra>,
  sockets: WebSocketServer,
  connect: (socket: WebSocket, request: IncomingMessage) => Connection,
  keepAliveMs: number,
): void {
  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    // The socket closes itself after an error, such as a message that is too long.
    socket.on('error', () => undefined);
    const connection = connect(socket, request);
    const stopPings = keepAlive(socket, keepAliveMs);
    const closed = server.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise((resolve, reject) => {
            if (socket.readyState !== socket.OPEN) return resolve();
            socket.send(withJson(data), (error) => (error ? reject(error) : resolve()));
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) =>
          socket.on('message', (data) => {
            const message = textOf(data);
            const close = () => socket.close(CloseCode.BadRequest, 'Unexpected message');
            if (excessOf(message) !== undefined) close();
            else handle(withQuery(message)).catch(close);
          }),
      },
      { socket, request, connection },
    );
    socket.once('close', (code, reason) => {
      stopPings();
      void closed(code, String(reason));
    });
  });
}

function textOf(data: RawData): string {
  return String(data);
}

/**
 * A message that brings the hash of a persisted operation, with an empty `query`: graphql-ws closes the socket of a
 * client that sends none.
 */
function withQuery(message: string): string {
  if (!message.includes('"persistedQuery"')) return message;
  try {
    const parsed: unknown = JSON.parse(message);
    if (!isObject(parsed) || parsed['type'] !== 'subscribe') return message;
    const { payload } = parsed;
    if (!isObject(payload) || payload['query'] != null || !isObject(payload['extensions'])) return message;
    return JSON.stringify({ ...parsed, payload: { ...payload, query: '' } });
  } catch {
    return message;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keepAlive(socket: WebSocket, everyMs: number): () => void {
  let answered = true;
  socket.on('pong', () => {
    answered = true;
  });
  const timer = setInterval(() => {
    if (!answered) return socket.terminate();
    answered = false;
    socket.ping();
  }, everyMs);
  return () => clearInterval(timer);
}
