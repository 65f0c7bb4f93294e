import type { IncomingMessage, ServerResponse } from 'node:http';

/** Milliseconds that a client may continue to send after its answer. */
const LINGER_MS = 1000;
/** The most bytes that are read after the answer, all of which are discarded. */
const LINGER_BYTES = 16 * 1024 * 1024;
/** The most clients that are listened to at a time; each takes a part of every turn of the event loop. */
const MOST_LINGERING = 32;

let lingering = 0;

/**
 * Ends a response whose request was not read to its end. The rest is read and discarded for a moment (RFC 9112, section
 * 9.6): a connection that is closed with unread bytes is reset, and a client that is still sending then loses the answer.
 *
 * @param res with its head written, including the length of its body
 */
export function endUnread(req: IncomingMessage, res: ServerResponse, body: string | Buffer): void {
  if (lingering >= MOST_LINGERING) return void res.end(body);
  lingering++;
  let bytes = 0;
  const end = () => {
    lingering--;
    clearTimeout(timer);
    req.off('data', discard).off('end', end).off('close', end).pause();
    if (!res.writableEnded) res.end();
  };
  const discard = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LINGER_BYTES) end();
  };
  const timer = setTimeout(end, LINGER_MS);
  res.write(body);
  req.on('data', discard).once('end', end).once('close', end).resume();
}
