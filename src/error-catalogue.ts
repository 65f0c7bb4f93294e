/** The catalogue of errors. It imports nothing, so that browsers can use it, too. */

interface ErrorDescription {
  /** When it occurs, for the documentation. */
  readonly when: string;
  /** What a client can do about it. */
  readonly todo: string;
  /** HTTP status of a request that is refused as a whole; a failure inside a result does not change its status. */
  readonly status: number;
  /**
   * Whether the same request may succeed later. `extensions.retryAfterMs`, if present, is the time to wait in
   * milliseconds.
   */
  readonly retry: boolean;
}

/**
 * All expected failures: what each code means, and what a client can do about it. The `ErrorCode` enum of the graph and
 * the documentation are generated from it.
 *
 * @example
 * ERROR_CATALOGUE.OVERLOADED.retry; // true
 */
export const ERROR_CATALOGUE = {
  EMPTY_TEXT: {
    when: 'The text has nothing that the model can read: it is empty, blank, or consists of control characters.',
    todo: 'Send a text with at least one visible character.',
    status: 400,
    retry: false,
  },
  TEXT_TOO_LONG: {
    when: 'The text has more characters than the server accepts. The message has the limit and the size.',
    todo: 'Split the text, or raise the limit of the server.',
    status: 400,
    retry: false,
  },
  TOO_MANY_TEXTS: {
    when: 'The list has more texts than one call may have.',
    todo: 'Send the texts in several calls.',
    status: 400,
    retry: false,
  },
  INVALID_TEXT: {
    when: 'The text is not well-formed Unicode: it has a surrogate without its partner.',
    todo: 'Do not cut strings inside a character. `String.prototype.toWellFormed` repairs such a text.',
    status: 400,
    retry: false,
  },
  BAD_ARGUMENT: {
    when: 'An argument has an invalid value. The message names it, the expected value and the actual one.',
    todo: 'Correct the argument.',
    status: 400,
    retry: false,
  },
  UNKNOWN_MODEL: {
    when: 'No model with that id is registered.',
    todo: 'Query `models` for the known ids.',
    status: 400,
    retry: false,
  },
  MODEL_UNAVAILABLE: {
    when: 'The model is registered but cannot be used now: its load failed, there is no room for it, or it is still loading and the server does not let requests wait. The message gives the reason.',
    todo: 'Look at its `state` and `failure` in `models`; try again once it is READY, or after `extensions.retryAfterMs` milliseconds.',
    status: 400,
    retry: true,
  },
  OVERLOADED: {
    when: 'The queue is full. No part of the request was run.',
    todo: 'Try again after `extensions.retryAfterMs` milliseconds.',
    status: 503,
    retry: true,
  },
  QUERY_TOO_COSTLY: {
    when: 'The operation needs more work than one request may: it has too many tokens of text, or its document is too long, too deep or has too many aliases or directives. No part of it was run. The message has the limit and the size.',
    todo: 'Select less in one request, or raise the limit of the server.',
    status: 400,
    retry: false,
  },
  REQUEST_TOO_LARGE: {
    when: 'The body of the request has more bytes than the server accepts. A WebSocket message of that size closes its socket with 1009.',
    todo: 'Send less at once, or raise the limit of the server.',
    status: 413,
    retry: false,
  },
  RATE_LIMITED: {
    when: 'This client has too much under way, or has spent its budget for the minute. No part of the request was run.',
    todo: 'Try again after `extensions.retryAfterMs` milliseconds.',
    status: 429,
    retry: true,
  },
  UNAUTHENTICATED: {
    when: 'The server requires a key or token, and the request has none or an invalid one.',
    todo: 'Send `Authorization: Bearer …`, or the same in the `connectionParams` of a WebSocket.',
    status: 401,
    retry: false,
  },
  FORBIDDEN: {
    when: 'The server refuses such requests: from that web page, without the header that browsers cannot send by accident, or with an operation that is not on its list.',
    todo: 'Read the message: it names the missing header or setting.',
    status: 403,
    retry: false,
  },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    when: 'The request has the hash of an operation without its text, and the server does not store operations that clients send.',
    todo: 'Send the operation itself; the clients of Apollo and urql do so automatically.',
    status: 400,
    retry: false,
  },
  PERSISTED_QUERY_NOT_FOUND: {
    when: 'No operation with that hash is on the list of the server.',
    todo: 'Add the operation to the list, or send one that is on it.',
    status: 400,
    retry: false,
  },
  ANALYSIS_NOT_FOUND: {
    when: 'There is no analysis with that id, or it is past its retention.',
    todo: 'Start the analysis again.',
    status: 400,
    retry: false,
  },
  TEXT_CLOSED: {
    when: 'The text of that analysis is closed, so nothing can be appended to it.',
    todo: 'Start another analysis with `open: true`.',
    status: 400,
    retry: false,
  },
  CURSOR_EXPIRED: {
    when: 'The events after that cursor are no longer kept.',
    todo: 'Read the analysis from its start.',
    status: 400,
    retry: false,
  },
  STORE_UNAVAILABLE: {
    when: 'The store of analyses, which all machines share, cannot be used now. Analyses resume when it is back.',
    todo: 'Try again after `extensions.retryAfterMs` milliseconds; resume a stream with `after` and its last cursor.',
    status: 503,
    retry: true,
  },
  CANCELLED: {
    when: 'The work was stopped before it was done, because the client disconnected or cancelled it.',
    todo: 'Send the request again if the result is still needed.',
    status: 400,
    retry: false,
  },
  SHUTTING_DOWN: {
    when: 'The server is stopping and takes no new work.',
    todo: 'Try again in a moment; resume a stream with `after` and its last cursor.',
    status: 503,
    retry: true,
  },
  TIMEOUT: {
    when: 'The request took longer than its deadline.',
    todo: 'Select less in one request, or stream a long text with `analyze`.',
    status: 400,
    retry: true,
  },
  INTERNAL: {
    when: 'An unexpected error, which is not the fault of the request. The details are only in the log of the server.',
    todo: 'Try again; if it persists, report it with `extensions.requestId`.',
    status: 500,
    retry: false,
  },
} as const satisfies Record<string, ErrorDescription>;

/** A code of {@link ERROR_CATALOGUE}. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Whether a request that failed with a code may succeed if it is sent again, according to the catalogue. */
export function isRetryable(code: string): boolean {
  return Object.hasOwn(ERROR_CATALOGUE, code) && ERROR_CATALOGUE[code as ErrorCode].retry;
}
