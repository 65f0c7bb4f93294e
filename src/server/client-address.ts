import type { IncomingMessage } from 'node:http';

/**
 * The IP address of a client. What a proxy says is believed only of as many proxies as are configured, counted
 * from the server: whatever stands before them in `X-Forwarded-For`, the client may have written itself.
 */
export function addressOf(request: IncomingMessage | undefined, trustedProxies: number): string {
  const peer = request?.socket.remoteAddress ?? 'in-process';
  if (trustedProxies === 0) return peer;
  const forwarded = String(request?.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter(Boolean);
  return [...forwarded, peer].at(-1 - trustedProxies) ?? forwarded[0] ?? peer;
}
