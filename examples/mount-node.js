/**
 * Mounts the graph in an HTTP server of Node: HTTP, SSE and WebSocket, next to routes of its own.
 *
 *   node examples/mount-node.js [port]
 */
import { createServer } from 'node:http';
import { createBertql } from 'bertql';

const bertql = await createBertql({ workers: 1 });

const server = createServer((request, response) => {
  if (request.url === '/hello') response.end('hello');
  else bertql.handle(request, response);
});
bertql.acceptWebSockets(server);
server.listen(Number(process.argv[2] ?? 4000), '127.0.0.1', () => console.log(server.address()));

process.once('SIGTERM', async () => {
  server.close();
  await bertql.close();
});
