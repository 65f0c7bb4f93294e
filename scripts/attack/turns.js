/**
 * Loaded into a server under attack: measures how long its event loop is away from a timer, in time that its thread ran.
 * What other processes of a busy machine take does not count. Answers each message with the longest since the last one.
 */
import { openSync, readSync } from 'node:fs';

const file = openSync('/proc/self/schedstat', 'r');
const buffer = Buffer.alloc(64);
/** Milliseconds for which the main thread ran. */
const ran = () => Number.parseInt(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)), 10) / 1e6;

let before = ran();
let longestMs = 0;
setInterval(() => {
  const now = ran();
  longestMs = Math.max(longestMs, now - before);
  before = now;
}, 2).unref();

process.on('message', () => {
  process.send?.(longestMs);
  longestMs = 0;
});
process.channel?.unref();
