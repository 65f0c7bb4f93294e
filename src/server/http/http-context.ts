import type { IncomingMessage, ServerResponse } from 'node:http';

/** What Node's HTTP server passes to Yoga; a request without a socket has neither. */
export interface HttpContext {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
}
