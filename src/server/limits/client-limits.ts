import { BertqlError } from '../../errors.ts';
import { type ClientBudget, Rates } from './rates.ts';

export interface ClientLimitsOptions {
  /** The most tokens of one client that may be under way. */
  readonly maxClientTokens: number;
  /** The most sockets and streams of one address. */
  readonly maxSockets: number;
  /** The most bytes of requests of one address that are in memory. */
  readonly maxHeldBytes: number;
}

/** Milliseconds after which a client should retry: a guess of when its tokens under way will be done. */
const RETRY_UNDER_WAY_MS = 1000;

/** Smaller requests are not worth counting. */
const SMALL_BYTES = 16_384;

/** The bytes of one request or socket, as part of what its client may have in memory. */
export class HeldBytes {
  readonly #client: string;
  readonly #all: Map<string, number>;
  readonly #limit: number;
  #bytes = 0;

  constructor(client: string, all: Map<string, number>, limit: number) {
    this.#client = client;
    this.#all = all;
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds bytes. Throws RATE_LIMITED if the client then holds too many. */
  add(bytes: number): void {
    this.#set(this.#bytes + bytes);
    const held = this.#all.get(this.#client) ?? 0;
    if (counted(this.#bytes) === 0 || held <= this.#limit) return;
    throw limited(`more than ${this.#limit} bytes of requests in memory`, RETRY_UNDER_WAY_MS, this.#limit, held);
  }

  /** Lets go of all but some bytes. */
  keep(bytes: number): void {
    this.#set(Math.min(bytes, this.#bytes));
  }

  release(): void {
    this.#set(0);
  }

  #set(bytes: number): void {
    const change = counted(bytes) - counted(this.#bytes);
    this.#bytes = bytes;
    if (change === 0) return;
    const held = (this.#all.get(this.#client) ?? 0) + change;
    if (held > 0) this.#all.set(this.#client, held);
    else this.#all.delete(this.#client);
  }
}

function counted(bytes: number): number {
  return bytes > SMALL_BYTES ? bytes : 0;
}

/** The limits of clients, who are identified by the name of their key or by their address. */
export class ClientLimits {
  readonly #maxClientTokens: number;
  readonly #maxSockets: number;
  readonly #maxHeldBytes: number;
  readonly #held = new Map<string, number>();
  readonly #tokens = new Map<string, number>();
  readonly #sockets = new Map<string, number>();
  readonly #rates: Rates;

  constructor(options: ClientLimitsOptions, rates = new Rates()) {
    this.#rates = rates;
    this.#maxHeldBytes = options.maxHeldBytes;
    this.#maxClientTokens = options.maxClientTokens;
    this.#maxSockets = options.maxSockets;
  }

  /**
   * Counts the tokens of an operation as the client's until the returned function is called. Throws RATE_LIMITED, and
   * counts nothing, if the client has too many under way or has spent its budget.
   */
  async begin(client: string, budget: ClientBudget, tokens: number): Promise<() => void> {
    const underWay = this.#tokens.get(client) ?? 0;
    if (underWay > 0 && underWay + tokens > this.#maxClientTokens) {
      throw limited(
        `${underWay} tokens under way, and ${tokens} more would exceed the limit of ${this.#maxClientTokens}`,
        RETRY_UNDER_WAY_MS,
        this.#maxClientTokens,
        underWay + tokens,
      );
    }
    const release = this.#acquire(this.#tokens, client, tokens);
    try {
      await this.#rates.spend(client, budget, tokens);
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Counts a socket or an SSE stream until the returned function is called. Throws RATE_LIMITED if there are too many.
   */
  connect(address: string): () => void {
    const open = this.#sockets.get(address) ?? 0;
    if (open >= this.#maxSockets) {
      throw limited(
        `${open} sockets and streams open, and at most ${this.#maxSockets} are accepted`,
        RETRY_UNDER_WAY_MS,
        this.#maxSockets,
        open + 1,
      );
    }
    return this.#acquire(this.#sockets, address, 1);
  }

  /** Throws RATE_LIMITED if a client has spent its requests. */
  check(client: string, budget: ClientBudget): void {
    this.#rates.check(client, budget);
  }

  /** Counts a request whose document was refused. */
  countRefused(client: string, budget: ClientBudget): void {
    this.#rates.spendRefused(client, budget);
  }

  dispose(): void {
    this.#rates.dispose();
  }

  /** Counts the bytes of one incomplete request or socket of a client. */
  hold(address: string): HeldBytes {
    return new HeldBytes(address, this.#held, this.#maxHeldBytes);
  }

  /** Number of clients with something under way, for tests: it must return to 0. */
  get size(): number {
    return this.#tokens.size + this.#sockets.size + this.#held.size;
  }

  #acquire(amounts: Map<string, number>, client: string, amount: number): () => void {
    amounts.set(client, (amounts.get(client) ?? 0) + amount);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (amounts.get(client) ?? 0) - amount;
      if (left > 0) amounts.set(client, left);
      else amounts.delete(client);
    };
  }
}

function limited(what: string, retryAfterMs: number, limit: number, actual: number): BertqlError {
  return new BertqlError('RATE_LIMITED', `This client has ${what}. Try again in ${retryAfterMs} ms.`, {
    retryAfterMs,
    limit,
    actual,
  });
}
