/**
 * Uses the models in this process, without a server.
 *
 *   node examples/library.js
 */
import { BertqlError, createBertql } from 'bertql';

const bertql = await createBertql({ workers: 1 });
try {
  const { label, confidence } = await bertql.sentiment('I absolutely love this product!');
  console.log(label, confidence.toFixed(4));

  for (const { text, type } of await bertql.entities('Angela Merkel met Emmanuel Macron in Paris.')) {
    console.log(text, type);
  }

  for await (const event of bertql.analyze('Irene Adler left London for Trieste.')) {
    if (event.__typename === 'ChunkAnalyzed') console.log(event.entities.map(({ text }) => text).join(', '));
  }

  await bertql.sentiment('');
} catch (error) {
  if (!(error instanceof BertqlError)) throw error;
  console.log(error.code);
} finally {
  await bertql.close();
}
