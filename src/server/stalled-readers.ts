import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How often in a deadline the connections are looked at. */
const LOOKS = 4;

/** What a connection looked like when it last made progress. */
interface Sighting {
  /** Bytes that had left for the client. */
  readonly sent: number;
  readonly at: number;
}

/**
 * Cuts off clients that stop reading: connections on which something has waited for the whole deadline and nothing of
 * it has left. What they asked for stops with them. A client that reads slowly, or has nothing to read, stays.
 */
export class StalledReaders {
  readonly #deadlineMs: number;
  readonly #sockets = new Map<Socket, Sighting | undefined>();
  readonly #cuts = new WeakMap<Socket, () => void>();
  readonly #timer: NodeJS.Timeout;

  /** Watches all connections of a server until {@link dispose}; without one, those that {@link cutWith} names. */
  constructor(server: Server | undefined, deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
    server?.on('connection', (socket) => this.#watch(socket));
    this.#timer = setInterval(() => this.#look(), Math.ceil(deadlineMs / LOOKS));
    this.#timer.unref();
  }

  /** How a connection is cut off that is more than a stream of bytes; destroyed under its owner, it would be an error. */
  cutWith(socket: Socket, cut: () => void): void {
    if (!this.#sockets.has(socket)) this.#watch(socket);
    this.#cuts.set(socket, cut);
  }

  /** Cuts off all on which something waits, without waiting for the deadline. */
  cutNow(): void {
    for (const socket of this.#sockets.keys()) if (socket.writableLength > 0) this.#cut(socket);
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    for (const [socket, last] of this.#sockets) {
      const sent = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0) this.#sockets.set(socket, undefined);
      else if (last?.sent !== sent) this.#sockets.set(socket, { sent, at: now });
      else if (now - last.at >= this.#deadlineMs) this.#cut(socket);
    }
  }

  #cut(socket: Socket): void {
    const cut = this.#cuts.get(socket);
    if (cut) cut();
    else socket.destroy();
  }

  #watch(socket: Socket): void {
    this.#sockets.set(socket, undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
