/**
 * Puts the graph into a Yoga of your own, with fields of its own next to it.
 *
 *   npm install graphql-yoga @graphql-tools/schema
 *   node examples/mount-yoga.js [port]
 */
import { createServer } from 'node:http';
import { mergeSchemas } from '@graphql-tools/schema';
import { createBertql } from 'bertql';
import { createSchema, createYoga } from 'graphql-yoga';

const bertql = await createBertql({ workers: 1 });

const own = createSchema({
  typeDefs: 'type Query { hello(name: String!): String! }',
  resolvers: { Query: { hello: (_root, { name }) => `hello ${name}` } },
});
const yoga = createYoga({
  schema: mergeSchemas({ schemas: [own, bertql.schema] }),
  plugins: [bertql.plugin()],
});
const server = createServer(yoga);
server.listen(Number(process.argv[2] ?? 4000), '127.0.0.1', () => console.log(server.address()));

process.once('SIGTERM', async () => {
  server.close();
  await bertql.close();
});
