import type { IncomingMessage } from 'node:http';
import { CloseCode, type Server } from 'graphql-ws';
import type { RawData, WebSocket, WebSocketServer } from 'ws';
import { isTurnOver, nextTurn } from '../../turns.ts';
import { decodeYielding } from '../decode.ts';
import { excessOf } from '../http/json-shape.ts';
import { withJson } from '../json.ts';
import type { Connection } from './connections.ts';

/** The data of a socket for the hooks of the protocol. */
export interface SocketExtra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly connection: Connection;
}

/**
 * Speaks graphql-transport-ws on the sockets of a server. A copy of graphql-ws's own adapter, as its documentation
 * suggests, except that a client that violates the protocol is closed with 4400 and logs nothing to the console.
 *
 * @param connect makes the connection of a socket
 * @param keepAliveMs milliseconds between pings; a client that does not answer one is disconnected at the next
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
        onMessage: (handle) => {
          const close = () => socket.close(CloseCode.BadRequest, 'Unexpected message');
          eachMessage(socket, (message) => {
            connection.messageRead();
            if (message === EXCESSIVE) close();
            else handle(message as string).catch(close);
          });
        },
      },
      { socket, request, connection },
    );
    socket.once('close', (code, reason) => {
      stopPings();
      void closed(code, String(reason));
    });
  });
}

/** A message that would take too long to parse. */
const EXCESSIVE = Symbol('excessive');

/**
 * Reads the messages of a socket, in their order. A long one is read in several turns of the event loop, and meanwhile
 * nothing more is taken from the socket.
 */
function eachMessage(socket: WebSocket, act: (message: unknown) => void): void {
  const waiting: Uint8Array[] = [];
  let isReading = false;
  const readAll = async () => {
    isReading = true;
    socket.pause();
    for (let bytes = waiting.shift(); bytes; bytes = waiting.shift()) {
      const text = await decodeYielding([bytes]);
      const excess = excessOf(text);
      if (isTurnOver()) await nextTurn();
      const message = excess === undefined ? readMessage(text) : EXCESSIVE;
      if (isTurnOver()) await nextTurn();
      if (socket.readyState === socket.OPEN) act(message);
    }
    isReading = false;
    socket.resume();
  };
  socket.on('message', (data: RawData) => {
    const bytes = bytesOf(data);
    if (!isReading && bytes.length <= SHORT_BYTES) {
      const text = String(bytes);
      return act(excessOf(text) === undefined ? readMessage(text) : EXCESSIVE);
    }
    waiting.push(bytes);
    if (!isReading) void readAll();
  });
}

/** Messages that are read at once. */
const SHORT_BYTES = 100_000;

function bytesOf(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}

/** The most characters of the id of an operation; clients use numbers and UUIDs. */
const LONGEST_ID = 1000;

/**
 * Parses a message for graphql-ws, which keeps its argument until the operation ends: so it only gets the parts that an
 * operation needs, and not the string, which it would parse itself. A persisted operation gets an empty `query` besides
 * its hash, since graphql-ws closes the socket of a client that sends none. graphql-ws refuses what cannot be read.
 */
function readMessage(text: string): unknown {
  const message = parseJson(text);
  if (!isObject(message)) return text;
  const { type, id, payload } = message;
  if (type !== 'subscribe' || !isObject(payload)) return message;
  if (typeof id === 'string' && id.length > LONGEST_ID) return '';
  const { query, operationName, variables, extensions } = payload;
  const hashAlone = query == null && isObject(extensions) && 'persistedQuery' in extensions;
  return { type, id, payload: { query: hashAlone ? '' : query, operationName, variables, extensions } };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
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
