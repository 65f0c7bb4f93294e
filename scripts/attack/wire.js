/** Ways to talk to a server that no well-behaved client has. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';

/** @typedef {{ status: number, body: string, bytes: number }} Answer */

/**
 * Sends a request and reads its answer.
 * @param {string} url
 * @param {string | Buffer} body
 * @param {Record<string, string>} [headers]
 * @param {string} [method]
 * @returns {Promise<Answer>}
 */
export function send(url, body, headers = {}, method = 'POST') {
  return new Promise((resolve) => {
    const sent = request(url, { method, headers: { 'content-type': 'application/json', ...headers } }, (response) => {
      let text = '';
      let bytes = 0;
      response.on('data', (part) => {
        bytes += part.length;
        if (text.length < 100_000) text += part;
      });
      response.once('close', () => resolve({ status: response.statusCode ?? 0, body: text, bytes }));
    });
    sent.once('error', (error) => resolve({ status: 0, body: error.message, bytes: 0 }));
    sent.end(body);
  });
}

/**
 * Runs an operation over HTTP.
 * @param {string} url
 * @param {string} query
 * @param {object} [variables]
 * @param {Record<string, string>} [headers]
 */
export const ask = (url, query, variables, headers) => send(url, JSON.stringify({ query, variables }), headers);

/**
 * Writes bytes to a connection and gives what comes back until it is closed, or for a time.
 * @param {string} url
 * @param {string | Buffer} bytes
 * @param {number} [waitMs]
 * @returns {Promise<string>}
 */
export function raw(url, bytes, waitMs = 2000) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(port), hostname);
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setEncoding('latin1').on('data', (part) => {
      text += part;
    });
    socket.once('close', done).on('error', done);
    socket.setTimeout(waitMs, done);
    socket.write(bytes);
  });
}

/**
 * Opens connections and writes the same bytes to each of them.
 * @param {string} url
 * @param {number} count
 * @param {string | Buffer} bytes
 */
export async function open(url, count, bytes) {
  const { hostname, port } = new URL(url);
  const sockets = Array.from({ length: count }, () => {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined).resume();
    if (bytes.length > 0) socket.write(bytes);
    return socket;
  });
  await Promise.all(
    sockets.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => 0)),
  );
  return {
    /** How many of them the server still keeps. */
    kept: () => sockets.filter((socket) => !socket.destroyed).length,
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/**
 * Opens a WebSocket; resolves when it is open or refused.
 * @param {string} url
 * @param {object} [options]
 */
export async function dial(url, options) {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', { ...options, maxPayload: 2 ** 30 });
  /** @type {{ bytes: number, text: string, code: number | undefined, status: number | undefined }} */
  const seen = { bytes: 0, text: '', code: undefined, status: undefined };
  socket.on('message', (data) => {
    const text = String(data);
    seen.bytes += text.length;
    if (seen.text.length < 100_000) seen.text += `${text.slice(0, 10_000)}\n`;
  });
  socket.on('unexpected-response', (_request, response) => {
    seen.status = response.statusCode;
    socket.emit('close', 0, Buffer.from(''));
  });
  socket.on('error', () => undefined);
  socket.once('close', (code) => {
    seen.code = code;
  });
  await Promise.race([once(socket, 'open'), once(socket, 'close')]);
  return { socket, seen };
}

/**
 * Runs an operation over a WebSocket and gives what came of it.
 * @param {string} url
 * @param {string} query
 * @param {object} [variables]
 */
export async function askSocket(url, query, variables) {
  const { socket, seen } = await dial(url);
  socket.send('{"type":"connection_init"}');
  await until(() => seen.text.includes('connection_ack') || seen.code !== undefined);
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }));
  await until(() => /"type":"(complete|error)"/.test(seen.text) || seen.code !== undefined, 30_000);
  socket.close();
  return { status: seen.code ?? 200, body: seen.text, bytes: seen.bytes };
}

/**
 * Waits until something holds, or for a time.
 * @param {() => boolean} holds
 * @param {number} [atMostMs]
 */
export async function until(holds, atMostMs = 10_000) {
  const end = performance.now() + atMostMs;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}
