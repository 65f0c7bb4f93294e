import type { IncomingMessage } from 'node:http';
import { BertqlError } from '../../errors.ts';

/** `host`, `host:port`, `[::1]:port`; what URLs allow in a name, and nothing that could end it. */
const HOST = /^(?:[\w.~%!$&'()*+,;=-]+|\[[\dA-Fa-f:.]+\])(?::(\d{1,5}))?$/;
/** What nearly all hosts look like, so that they need no more than this. */
const PLAIN_HOST = /^[a-z\d-]+(?:\.[a-z][a-z\d-]*)*(?::\d{1,4})?$/;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_NAME = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a request names a host as HTTP has it. HTTP/1.0 names none. */
export function isHost(host: string | undefined): boolean {
  if (host === undefined || PLAIN_HOST.test(host)) return true;
  const match = HOST.exec(host);
  return match !== null && Number(match[1] ?? 0) <= 65_535 && URL.canParse(`http://${host}/`);
}

/**
 * Refuses a request that reaches a loopback address under another name than a loopback one: a page of the web can give
 * its own name that address (DNS rebinding), and would be the server's own page to a browser. Throws FORBIDDEN.
 * @param allowed names that the operator allows, without ports; `*` allows all
 */
export function checkHost(req: IncomingMessage, allowed: readonly string[]): void {
  const { host } = req.headers;
  if (host === undefined || !LOOPBACK_ADDRESS.test(req.socket.localAddress ?? '')) return;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (LOOPBACK_NAME.test(name) || allowed.includes(name) || allowed.includes('*')) return;
  throw new BertqlError(
    'FORBIDDEN',
    `This server answers on a loopback address to loopback names only, such as localhost, but the request names "${name}". If that is a name of this server, add it to ALLOWED_HOSTS.`,
  );
}
