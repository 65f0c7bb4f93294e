import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isUpgraded } from '../websocket/upgrades.ts';

/**
 * Milliseconds that an idle connection is kept open. Proxies and load balancers keep theirs for 60 seconds by default:
 * with a shorter time, the server would close some connections while a request is on its way.
 */
const KEEP_ALIVE_MS = 72_000;
/** The most milliseconds for the headers of a request, which are small. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Milliseconds between two checks for connections without complete headers. */
const CHECK_INTERVAL_MS = 1000;

export interface HttpServerOptions {
  /** The most connections of one address. */
  readonly maxConnections: number;
  /** Number of proxies in front of the server; behind them, all clients have one address. */
  readonly trustedProxies: number;
}

/** A listening HTTP server that can be stopped without losing a request. */
export class HttpServer {
  readonly server: Server;
  readonly #open = new Set<ServerResponse>();
  readonly #connections = new Set<Socket>();
  #stopping = false;

  constructor(listener: RequestListener, { maxConnections, trustedProxies }: HttpServerOptions) {
    this.server = createServer(
      {
        keepAliveTimeout: KEEP_ALIVE_MS,
        headersTimeout: HEADERS_TIMEOUT_MS,
        // Bodies have a timeout of their own, which a large body on a slow connection does not exceed.
        requestTimeout: 0,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
      },
      (request, response) => {
        this.#track(response);
        listener(request, response);
      },
    );
    this.server.on('connection', (socket) => {
      this.#connections.add(socket);
      socket.once('close', () => this.#connections.delete(socket));
    });
    if (trustedProxies === 0) limitConnections(this.server, maxConnections);
  }

  /** Listens, and resolves with the origin, such as `http://127.0.0.1:4000`. Rejects if the port is taken. */
  async listen(port: number, host: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const { address, port: actual, family } = this.server.address() as AddressInfo;
    const name = address === '0.0.0.0' || address === '::' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
    return `http://${name}:${actual}`;
  }

  /** Accepts no new connections, answers open requests and resolves when the last connection is closed. */
  stop(): Promise<void> {
    if (!this.server.listening) return Promise.resolve();
    this.#stopping = true;
    // Every response announces that its connection will close: a client that sends its next request on a closing
    // connection cannot know whether it was read.
    for (const response of this.#open) response.shouldKeepAlive = false;
    // Otherwise a connection whose stream ends now would be kept for the next request.
    this.server.keepAliveTimeout = 1;
    const busy = new Set([...this.#open].map(({ socket }) => socket));
    // Node does not count a connection as idle before its first request.
    for (const socket of this.#connections) if (!busy.has(socket) && !isUpgraded(socket)) socket.destroy();
    const stalled = cutOffStalled(this.#connections);
    return new Promise((resolve) => {
      this.server.close(() => {
        clearInterval(stalled);
        resolve();
      });
      this.server.closeIdleConnections();
    });
  }

  /** Destroys all connections. */
  forceClose(): void {
    this.server.closeAllConnections();
  }

  #track(response: ServerResponse): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }
}

/** Milliseconds between two checks of connections while the server stops. */
const STALL_CHECK_MS = 500;

/** Destroys connections whose clients read nothing between two checks. */
function cutOffStalled(connections: ReadonlySet<Socket>): NodeJS.Timeout {
  const left = new Map<Socket, number>();
  return setInterval(() => {
    for (const socket of connections) {
      const sent = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength > 0 && left.get(socket) === sent) socket.destroy();
      left.set(socket, sent);
    }
  }, STALL_CHECK_MS);
}

/** Limits the connections of one address. */
function limitConnections(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 0) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
