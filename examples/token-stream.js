/**
 * The answer of a language model, token by token, and the names in it before the answer is complete. Put the stream of your
 * model in the place of `tokens`.
 *
 *   npm start                                      # in another terminal
 *   node examples/token-stream.js [url]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { followParts } from './open-text.js';

const [url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const ANSWER =
  'Apple was founded by Steve Jobs, Steve Wozniak and Ronald Wayne in Los Altos, California. Jobs later led Pixar, which The Walt Disney Company bought. ';

/** Tokens of a model end anywhere, also inside words. */
async function* tokens() {
  for (const token of ANSWER.match(/.{1,4}/gs) ?? []) {
    await delay(5);
    yield token;
  }
}

await followParts(url, tokens());
