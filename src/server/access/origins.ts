import { BertqlError } from '../../errors.ts';

/** The header that allows a request which browsers would otherwise send for any web page. */
const CSRF_HEADER = 'graphql-require-preflight';

/** Looks up a header of a request. */
export type HeaderOf = (name: string) => string | null | undefined;

/**
 * Whether a page of the request's origin may use the server: it is the server's own, or on the list. A client without
 * an origin is not a web page.
 */
export function originAllowed(header: HeaderOf, allowed: readonly string[]): boolean {
  const origin = header('origin');
  if (!origin || allowed.includes('*') || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === header('host');
}

/**
 * Refuses requests that a foreign page can make a browser send without a preflight. A browser sends a preflight before
 * JSON or a custom header, and learns which origins are allowed, but not before it sends a form or follows a link.
 * Throws FORBIDDEN.
 */
export function checkForgery(method: string, header: HeaderOf, allowed: readonly string[]): void {
  if (header(CSRF_HEADER)) return;
  const type = header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (method === 'POST' && (type === undefined || SIMPLE_TYPES.has(type))) {
    throw forbidden(`A POST of type ${type ?? 'none'} needs the header ${CSRF_HEADER}. Send application/json instead.`);
  }
  const site = header('sec-fetch-site');
  const foreign = site === 'cross-site' || site === 'same-site';
  if (method === 'GET' && (foreign || !originAllowed(header, allowed))) {
    throw forbidden(
      `A GET from another site needs the header ${CSRF_HEADER}. Send a POST of application/json instead.`,
    );
  }
}

/** The content types that a form can have. */
const SIMPLE_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);

function forbidden(message: string): BertqlError {
  return new BertqlError('FORBIDDEN', message);
}
