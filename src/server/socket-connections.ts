import { CloseCode } from 'graphql-ws';
import type { WebSocket } from 'ws';
import { BertqlError } from '../errors.ts';
import { atTime } from './at-time.ts';
import type { ClientLedger } from './limits/client-ledger.ts';

/** One WebSocket with the operations on it. */
export class Connection {
  readonly address: string;
  readonly #socket: WebSocket;
  readonly #maxOperations: number;
  readonly #operations = new Set<AbortController>();
  #stopExpiry: (() => void) | undefined;

  constructor(socket: WebSocket, address: string, maxOperations: number) {
    this.address = address;
    this.#socket = socket;
    this.#maxOperations = maxOperations;
  }

  /** Begins an operation: its controller is aborted when the socket closes. Throws RATE_LIMITED where there are too many. */
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

  /** Closes the socket with 4403 at a time (milliseconds since 1970). */
  expireAt(time: number | undefined): void {
    this.#stopExpiry = atTime(time, () => this.#socket.close(CloseCode.Forbidden, 'Token expired'));
  }

  /** Gives up all operations. */
  closed(): void {
    this.#stopExpiry?.();
    for (const operation of this.#operations) operation.abort();
  }
}

/** The WebSockets that are open. */
export class SocketConnections {
  readonly #ledger: ClientLedger;
  readonly #maxOperations: number;
  readonly #open = new WeakMap<WebSocket, Connection>();

  /** @param maxOperations operations on one socket at a time */
  constructor(ledger: ClientLedger, maxOperations: number) {
    this.#ledger = ledger;
    this.#maxOperations = maxOperations;
  }

  /** Whether one more socket of that address may be opened. */
  admits(address: string): boolean {
    return this.#ledger.hasRoom(address);
  }

  open(socket: WebSocket, address: string): void {
    const connection = new Connection(socket, address, this.#maxOperations);
    const release = this.#ledger.connect(address);
    this.#open.set(socket, connection);
    socket.once('close', () => {
      connection.closed();
      release();
    });
  }

  of(socket: WebSocket): Connection {
    const connection = this.#open.get(socket);
    if (!connection) throw new Error('The socket was never opened.');
    return connection;
  }
}
