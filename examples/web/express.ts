/** Mounts the graph in Express, at a path of its own. */
import { createBertql } from 'bertql';
import express from 'express';

export async function start() {
  const bertql = await createBertql({ workers: 1, endpoint: '/nlp' });
  const app = express();
  // Before any body parser, since the graph reads its requests itself.
  app.all('/nlp', (request, response) => bertql.handle(request, response));
  app.get('/hello', (_request, response) => void response.send('hello'));
  const server = app.listen(0, '127.0.0.1');
  bertql.acceptWebSockets(server);
  const close = async () => {
    server.closeAllConnections();
    server.close();
    await bertql.close();
  };
  return { server, path: '/nlp', close };
}
