import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { BertqlError, type ErrorCode } from '../../errors.ts';
import { isTurnOver, nextTurn } from '../../turns.ts';
import { decodeYielding } from '../decode.ts';
import type { ClientLimits } from '../limits/client-limits.ts';

export interface RequestBodiesOptions {
  readonly maxBodyBytes: number;
  /** The most milliseconds between two parts of a body. */
  readonly bodyTimeoutMs: number;
  readonly clients: ClientLimits;
}

/** Reads the bodies of requests, with limits for their size, their time, and what one client may hold in memory. */
export class RequestBodies {
  readonly #options: RequestBodiesOptions;
  readonly #open = new Set<(reason: BertqlError) => void>();
  #stopped: BertqlError | undefined;

  constructor(options: RequestBodiesOptions) {
    this.#options = options;
  }

  /** Refuses bodies that have not arrived yet; their operations never began. */
  stop(): void {
    this.#stopped = new BertqlError('SHUTTING_DOWN', 'The server is stopping; try again in a moment.');
    for (const refuse of this.#open) refuse(this.#stopped);
  }

  /**
   * Reads the text of a body. Throws REQUEST_TOO_LARGE, RATE_LIMITED, TIMEOUT or SHUTTING_DOWN, and BAD_REQUEST if it
   * is not UTF-8.
   *
   * @param length the value of `Content-Length`
   * @param address the client's address
   */
  async text(
    source: IncomingMessage | AsyncIterable<Uint8Array> | null,
    length: string | null | undefined,
    address: string,
  ): Promise<string> {
    const { maxBodyBytes } = this.#options;
    if (Number(length ?? 0) > maxBodyBytes) throw tooLarge(maxBodyBytes, Number(length));
    if (this.#stopped) throw this.#stopped;
    if (source === null) return '';
    try {
      return await decoded(
        await (isNodeRequest(source) ? this.#collect(source, address) : this.#collectStream(source)),
      );
    } catch (error) {
      // The bodies of hundreds of clients may break off in one turn.
      if (isTurnOver()) await nextTurn();
      throw error;
    }
  }

  #collect(req: IncomingMessage, address: string): Promise<readonly Uint8Array[]> {
    const { maxBodyBytes, bodyTimeoutMs, clients } = this.#options;
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const held = clients.hold(address);
      let bytes = 0;
      let timer: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        held.release();
        this.#open.delete(refuse);
        req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      };
      const refuse = (reason: Error) => {
        finish();
        req.pause();
        reject(reason);
      };
      const wait = () => {
        timer = setTimeout(() => refuse(tooSlow(bodyTimeoutMs)), bodyTimeoutMs);
      };
      const onData = (chunk: Buffer) => {
        timer?.refresh();
        bytes += chunk.length;
        if (bytes > maxBodyBytes) return refuse(tooLarge(maxBodyBytes));
        try {
          held.add(chunk.length);
        } catch (error) {
          return refuse(error as BertqlError);
        }
        chunks.push(chunk);
        if (isTurnOver()) waitForTurn();
      };
      // Bodies of many clients may come at the same time.
      const waitForTurn = () => {
        req.pause();
        void nextTurn(held).then(() => {
          if (this.#open.has(refuse)) req.resume();
        });
      };
      const onEnd = () => {
        finish();
        resolve(chunks);
      };
      const onClose = () =>
        refuse(new BertqlError('CANCELLED', 'The client disconnected before its body was complete.'));
      this.#open.add(refuse);
      // Most bodies arrive with their headers.
      if (!req.complete) wait();
      req.on('data', onData).once('end', onEnd).once('close', onClose).once('error', onClose);
    });
  }

  async #collectStream(stream: AsyncIterable<Uint8Array>): Promise<readonly Uint8Array[]> {
    const { maxBodyBytes } = this.#options;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of stream) {
      bytes += chunk.byteLength;
      if (bytes > maxBodyBytes) throw tooLarge(maxBodyBytes);
      chunks.push(chunk);
    }
    return chunks;
  }
}

/** The error for a request that is not valid GraphQL over HTTP. */
export function badRequest(
  message: string,
  status = 400,
  code: 'BAD_REQUEST' | ErrorCode = 'BAD_REQUEST',
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

/** @param actual bytes of the body; missing if it was not read completely */
function tooLarge(limit: number, actual?: number): BertqlError {
  return new BertqlError(
    'REQUEST_TOO_LARGE',
    `The body has ${actual ?? `more than ${limit}`} bytes, but at most ${limit} are accepted. Send less at once.`,
    { limit, ...(actual === undefined ? {} : { actual }) },
  );
}

function tooSlow(limitMs: number): BertqlError {
  return new BertqlError(
    'TIMEOUT',
    `No byte of the body arrived for ${limitMs} ms, so the request was aborted. Send it again.`,
  );
}

function isNodeRequest(source: IncomingMessage | AsyncIterable<Uint8Array>): source is IncomingMessage {
  return 'socket' in source;
}

/** The text of a body. Throws BAD_REQUEST if it is not UTF-8. */
async function decoded(chunks: readonly Uint8Array[]): Promise<string> {
  try {
    return await decodeYielding(chunks);
  } catch {
    throw badRequest('The body is not valid UTF-8. Send JSON in UTF-8.');
  }
}
