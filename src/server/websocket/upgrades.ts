import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';

/** Handles an upgrade, or returns `false` if it is not its own. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;

const upgraded = new WeakSet<Duplex>();

/** Whether a connection was upgraded, and is no longer the HTTP server's. */
export function isUpgraded(socket: Duplex): boolean {
  return upgraded.has(socket);
}

/**
 * Offers the upgrades of an HTTP server to a function. An upgrade that nobody handles is ignored, as RFC 9110 (section
 * 7.8) allows: the request is answered as if it had no `Upgrade` header. Node passes every request with that header to
 * the listeners of upgrades, so without this `curl --http2` and Java's client would get no answer.
 *
 * @returns a function that stops this
 */
export function takeUpgrades(server: Server, take: TakeUpgrade): () => void {
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (take(request, socket, head)) return void upgraded.add(socket);
    // Another listener may handle it.
    if (server.listenerCount('upgrade') === 1) passOver(server, request, socket, head);
  };
  server.on('upgrade', onUpgrade);
  return () => server.off('upgrade', onUpgrade);
}

const UPGRADE_HEADERS = new Set(['upgrade', 'http2-settings', 'sec-websocket-key', 'sec-websocket-version']);

/** Gives the connection back to the server, with the request without its `Upgrade` header. */
function passOver(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let index = 0; index + 1 < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    const value = request.rawHeaders[index + 1] ?? '';
    if (UPGRADE_HEADERS.has(name.toLowerCase())) continue;
    if (name.toLowerCase() !== 'connection') lines.push(`${name}: ${value}`);
    else if (/\bclose\b/i.test(value)) lines.push('connection: close');
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}
