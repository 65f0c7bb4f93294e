import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isHighSurrogate } from '../../code-units.ts';
import { asBertqlError, BertqlError, ERROR_CATALOGUE } from '../../errors.ts';
import { isTurnOver, nextTurn } from '../../turns.ts';
import { checkHost, isHost } from '../access/hosts.ts';
import { DATA_HEADERS } from '../access/security-headers.ts';
import type { ReportFailure } from '../mask-errors.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './access.ts';
import type { HttpContext } from './http-context.ts';
import { endUnread } from './linger.ts';

/** The handler of requests: Yoga. */
interface RequestHandler {
  handleNodeRequestAndResponse(
    req: IncomingMessage,
    res: ServerResponse,
    context: HttpContext,
  ): Promise<Response> | Response;
}

export interface ListenerOptions {
  readonly graph: RequestHandler;
  readonly allowedHosts: readonly string[];
  /** Milliseconds after which a client that does not read its response is disconnected. */
  readonly stallTimeoutMs: number;
  readonly reportFailure: ReportFailure;
}

/**
 * Makes the listener of Node's HTTP server, which passes well-formed requests to Yoga and sends Yoga's responses.
 * Yoga's own listener answers with a stack trace if a request has no valid URL, and never disconnects a client that
 * stops reading.
 */
export function createListener({
  graph,
  allowedHosts,
  stallTimeoutMs,
  reportFailure,
}: ListenerOptions): RequestListener {
  // Yoga is a proxy that binds a method each time it is read.
  const { handleNodeRequestAndResponse: handle } = graph;
  return async (req, res) => {
    // Hundreds of requests may come in one turn of the event loop.
    if (isTurnOver()) await nextTurn(req);
    const requestId = requestIdOf(req.headers[REQUEST_ID_HEADER]?.toString());
    try {
      normalizeTarget(req);
      checkHost(req, allowedHosts);
      const answer = await handle(req, res, { req, res });
      await send(answer, req, res, stallTimeoutMs);
    } catch (error) {
      const refusal = asBertqlError(error);
      if (!refusal && !res.destroyed) reportFailure(error, requestId);
      refuse(refusal ?? new BertqlError('INTERNAL', 'Unexpected error.', { requestId }), requestId, req, res);
    }
  };
}

/**
 * Normalizes the target of a request (RFC 9112, section 3.2): the absolute form becomes a path and a host. Throws
 * BAD_ARGUMENT if the target or the host is invalid.
 */
export function normalizeTarget(req: IncomingMessage): void {
  const target = req.url ?? '';
  if (/^https?:\/\//i.test(target)) {
    if (!URL.canParse(target)) throw malformed('target');
    const { host, pathname, search } = new URL(target);
    req.headers.host = host;
    req.url = pathname + search;
  } else if (!target.startsWith('/')) {
    throw malformed('target');
  }
  if (!isHost(req.headers.host)) throw malformed('Host header');
}

function malformed(part: string): BertqlError {
  return new BertqlError('BAD_ARGUMENT', `The ${part} of the request is not valid.`);
}

/** Refuses a request before it reaches Yoga. */
function refuse(refusal: BertqlError, requestId: string, req: IncomingMessage, res: ServerResponse): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const body = JSON.stringify({ errors: [refusal] });
  closeIfUnread(req, res);
  res.writeHead(ERROR_CATALOGUE[refusal.code].status, {
    ...DATA_HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    [REQUEST_ID_HEADER]: requestId,
  });
  if (req.complete) res.end(body);
  else endUnread(req, res, body);
}

async function send(
  answer: Response,
  req: IncomingMessage,
  res: ServerResponse,
  stallTimeoutMs: number,
): Promise<void> {
  const stream = answer.headers.get('content-type')?.startsWith('text/event-stream') ? answer.body : undefined;
  if (res.destroyed) return void stream?.cancel();
  closeIfUnread(req, res);
  const headers: Record<string, string> = {};
  answer.headers.forEach((value, name) => {
    headers[name] = value;
  });
  if (stream) {
    res.writeHead(answer.status, headers);
    cutOffIfStalled(res, stallTimeoutMs);
    return sendStream(stream, res);
  }
  const isText = /^(text|application)\//.test(headers['content-type'] ?? '') && !headers['content-encoding'];
  const body = isText ? await answer.text() : Buffer.from(await answer.arrayBuffer());
  // With its length known, head and body are sent in one write.
  if (body.length > 0) headers['content-length'] = String(Buffer.byteLength(body));
  res.writeHead(answer.status, headers);
  if (!req.complete && body.length > 0) return endUnread(req, res, body);
  if (typeof body === 'string' && body.length > LONG_BODY) {
    cutOffIfStalled(res, stallTimeoutMs);
    return sendInParts(body, res);
  }
  res.end(body);
  if (!res.writableFinished) cutOffIfStalled(res, stallTimeoutMs);
}

/** Disconnects a client that does not read its response, which also aborts its work. */
function cutOffIfStalled(res: ServerResponse, stallTimeoutMs: number): void {
  // Node calls this after a time without reads and writes, even if there is nothing to write.
  res.setTimeout(stallTimeoutMs, () => {
    if (res.writableLength > 0 || (res.socket?.writableLength ?? 0) > 0) res.destroy();
  });
}

async function sendStream(stream: ReadableStream<Uint8Array>, res: ServerResponse): Promise<void> {
  const reader = stream.getReader();
  // Also ends a pending read of the next event.
  res.once('close', () => void reader.cancel().catch(() => undefined));
  for (let part = await reader.read(); !part.done && !res.destroyed; part = await reader.read()) {
    if (!res.write(part.value)) await drained(res);
  }
  if (!res.destroyed) res.end();
}

/** The most characters of a body that are encoded and sent at once. */
const LONG_BODY = 262_144;

async function sendInParts(body: string, res: ServerResponse): Promise<void> {
  for (let at = 0; at < body.length && !res.destroyed; ) {
    const end = at + LONG_BODY;
    // No character may be cut in half.
    const next = isHighSurrogate(body.charCodeAt(end - 1)) ? end + 1 : end;
    if (!res.write(body.slice(at, next))) await drained(res);
    if (isTurnOver()) await nextTurn();
    at = next;
  }
  if (!res.destroyed) res.end();
}

/** Resolves when a response accepts more data, or its client has disconnected. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
    if (res.destroyed) done();
  });
}

/** Closes the connection after a response if the rest of the body will not be read. */
function closeIfUnread(req: IncomingMessage, res: ServerResponse): void {
  if (!req.complete) res.shouldKeepAlive = false;
}
