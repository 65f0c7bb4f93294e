import type { Plugin } from 'graphql-yoga';
import { BertqlError } from '../../errors.ts';
import type { HttpContext } from '../http-calls.ts';

/** Refuses a body that says to be too long without reading any of it. One that does not say is cut off by Yoga's own limit. */
export function useBodyLimit(maxBodyBytes: number): Plugin<object, HttpContext> {
  return {
    onRequestParse: ({ request }) => {
      const length = Number(request.headers.get('content-length'));
      if (length > maxBodyBytes) throw bodyTooLarge(maxBodyBytes, length);
    },
    onResponse: ({ response, serverContext }) => {
      // What is left of the body was not read, so nothing can follow it on the same connection.
      if (response.status === 413 && serverContext.res) serverContext.res.shouldKeepAlive = false;
    },
  };
}

/** @param actual bytes that came; left out where the rest was not read */
export function bodyTooLarge(limit: number, actual?: number): BertqlError {
  return new BertqlError(
    'REQUEST_TOO_LARGE',
    `The body has ${actual ?? `more than ${limit}`} bytes, but at most ${limit} are accepted. Send less at once.`,
    { limit, ...(actual === undefined ? {} : { actual }) },
  );
}
