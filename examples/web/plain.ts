/**
 * `bertql/client` by itself, in Node or in a browser: a query, then a text that is followed while it is read. A lost
 * connection costs nothing but time.
 *
 *   node dist/plain.js [url]
 */
import { BertqlClient, EntitiesDocument } from 'bertql/client';
import { runAsProgram } from './program.js';

export async function run(url: string): Promise<string[]> {
  const client = new BertqlClient({ url });
  const lines: string[] = [];
  const text = 'Angela Merkel met Emmanuel Macron in Paris.';
  const { entities } = await client.query(EntitiesDocument, { text });
  for (const entity of entities) lines.push(`${entity.text} ${entity.type}`);
  for await (const event of client.events({ text })) lines.push(event.__typename);
  await client.dispose();
  return lines;
}

await runAsProgram(import.meta.url, run);
