import { randomUUID } from 'node:crypto';

/** The header that carries a request's id, from the client or a proxy and back. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The id that came with a request where it is a plain one, or a new one. */
export function requestIdOf(sent: string | null | undefined): string {
  return sent && /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
}
