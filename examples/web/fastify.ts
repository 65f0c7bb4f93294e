/** Mounts the graph in Fastify. */
import { createBertql } from 'bertql';
import Fastify from 'fastify';

export async function start() {
  const bertql = await createBertql({ workers: 1 });
  const app = Fastify();
  await app.register(async (scope) => {
    // The graph reads its requests itself, so no parser of Fastify may take their bodies.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all('/graphql', (request, reply) => {
      reply.hijack();
      bertql.handle(request.raw, reply.raw);
    });
  });
  app.get('/hello', async () => 'hello');
  bertql.acceptWebSockets(app.server);
  app.addHook('onClose', () => bertql.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  return { server: app.server, path: '/graphql', close: () => app.close() };
}
