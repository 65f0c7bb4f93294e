import type { IncomingMessage } from 'node:http';

/**
 * The IP address of a client. `X-Forwarded-For` is only trusted for the configured number of proxies, counted from the
 * server: the client may have written the entries before those. A client that reaches the server without the proxies
 * can therefore choose its address, so do not set `TRUSTED_PROXIES` if the port is open to clients.
 */
export function addressOf(request: IncomingMessage | undefined, trustedProxies: number): string {
  const peer = request?.socket.remoteAddress ?? 'in process';
  if (trustedProxies === 0) return peer;
  const forwarded = String(request?.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean);
  return [...forwarded, peer].at(-1 - trustedProxies) ?? forwarded[0] ?? peer;
}
