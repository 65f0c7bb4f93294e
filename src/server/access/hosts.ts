import type { IncomingMessage } from 'node:http';
import { BertqlError } from '../../errors.ts';

/** `host`, `host:port` or `[::1]:port`, with the characters that URLs allow in a name. */
const HOST = /^(?:[\w.~%!$&'()*+,;=-]+|\[[\dA-Fa-f:.]+\])(?::(\d{1,5}))?$/;
/** Matches nearly all hosts, which then need no further check. */
const PLAIN_HOST = /^(?:[a-z\d-]+(?:\.[a-z][a-z\d-]*)*|1?[1-9]?\d(?:\.1?[1-9]?\d){3})(?::\d{1,4})?$/;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_NAME = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a `Host` header is valid. HTTP/1.0 has none. */
export function isHost(host: string | undefined): boolean {
  if (host === undefined || PLAIN_HOST.test(host)) return true;
  const match = HOST.exec(host);
  return match !== null && Number(match[1] ?? 0) <= 65_535 && URL.canParse(`http://${host}/`);
}

/**
 * Refuses a request to a loopback address under a name that is not a loopback name: a web page can point its own name
 * to that address (DNS rebinding), and a browser would then treat it as the server's own page. Throws FORBIDDEN.
 *
 * @param allowed further names that the operator allows, without ports; `*` allows all
 */
export function checkHost(req: IncomingMessage, allowed: readonly string[]): void {
  const { host } = req.headers;
  if (host === undefined || !LOOPBACK_ADDRESS.test(req.socket.localAddress ?? '')) return;
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (LOOPBACK_NAME.test(name) || allowed.includes(name) || allowed.includes('*')) return;
  throw new BertqlError(
    'FORBIDDEN',
    `On a loopback address this server only answers to loopback names such as localhost, but the request names "${name}". If that is a name of this server, add it to ALLOWED_HOSTS.`,
  );
}
