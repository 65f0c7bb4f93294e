import type { IncomingMessage } from 'node:http';
import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { BertqlError } from '../../errors.ts';
import type { Caller } from '../call.ts';
import type { ClientLimits, HeldBytes } from '../limits/client-limits.ts';
import { CLIENT_GONE } from '../operation-lifetime.ts';
import { expiryTimer } from '../operations.ts';

export interface ConnectionOptions {
  readonly address: string;
  readonly clients: ClientLimits;
  /** The most operations on the socket at a time. */
  readonly maxSubscriptions: number;
  /** The most bytes that a client may send before it is authenticated. */
  readonly maxInitBytes: number;
  /** Milliseconds after which a client that reads nothing is disconnected. */
  readonly stallTimeoutMs: number;
}

/** Close codes of a WebSocket (RFC 6455, section 7.4.1, and IANA's registry). */
const MESSAGE_TOO_BIG = 1009;
const TRY_AGAIN_LATER = 1013;

/** One WebSocket with the operations on it. */
export class Connection {
  readonly address: string;
  /** The caller, once `connection_init` has identified it. */
  caller: Caller | undefined;
  readonly #socket: WebSocket;
  readonly #maxOperations: number;
  readonly #operations = new Set<AbortController>();
  readonly #held: HeldBytes;
  #lastChunkBytes = 0;
  #cancelExpiry: (() => void) | undefined;

  constructor(socket: WebSocket, { socket: stream }: IncomingMessage, options: ConnectionOptions) {
    this.address = options.address;
    this.#socket = socket;
    this.#maxOperations = options.maxSubscriptions;
    const held = options.clients.hold(options.address);
    this.#held = held;
    const onData = (chunk: Buffer) => {
      this.#lastChunkBytes = chunk.length;
      // A client that continues to send after a close is disconnected.
      if (socket.readyState !== socket.OPEN && held.bytes > options.maxInitBytes) return socket.terminate();
      try {
        held.add(chunk.length);
      } catch {
        return socket.close(TRY_AGAIN_LATER, 'Too much at a time');
      }
      if (!this.caller && held.bytes > options.maxInitBytes)
        socket.close(MESSAGE_TOO_BIG, 'Too long a connection_init');
    };
    // Before the socket itself, which reads messages from it.
    stream.prependListener('data', onData);
    // Node calls this after a time without reads and writes, even if there is nothing to write.
    stream.setTimeout(options.stallTimeoutMs);
    stream.on('timeout', () => {
      if (stream.writableLength > 0) socket.terminate();
    });
    socket.once('close', () => {
      stream.off('data', onData);
      held.release();
      this.#cancelExpiry?.();
      for (const operation of this.#operations) operation.abort(CLIENT_GONE);
    });
  }

  /** Notes that a message was read. What is kept now came with its end, and may be the beginning of the next one. */
  messageRead(): void {
    this.#held.keep(this.#lastChunkBytes);
  }

  /** Sets the caller. The socket is closed with 4403 when the caller's token expires. */
  admit(caller: Caller): void {
    this.caller = caller;
    this.#cancelExpiry = expiryTimer(caller.expiresAt, () => this.#socket.close(CloseCode.Forbidden, 'Token expired'));
  }

  /**
   * Begins an operation; its controller is aborted when the socket closes. Throws RATE_LIMITED if there are too many.
   */
  begin(): AbortController {
    const open = this.#operations.size;
    if (open >= this.#maxOperations) {
      throw new BertqlError(
        'RATE_LIMITED',
        `This socket has ${open} operations under way, and at most ${this.#maxOperations} are accepted. Complete one first.`,
        { limit: this.#maxOperations, actual: open + 1 },
      );
    }
    const operation = new AbortController();
    this.#operations.add(operation);
    operation.signal.addEventListener('abort', () => this.#operations.delete(operation), { once: true });
    return operation;
  }
}
