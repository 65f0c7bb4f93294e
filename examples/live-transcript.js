/**
 * A transcript that comes word by word, as a speech recognizer gives it, and the names in it while somebody still speaks.
 *
 *   npm start                                      # in another terminal
 *   node examples/live-transcript.js [url]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { followParts } from './open-text.js';

const [url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const SPOKEN =
  'Good evening from Berlin. Chancellor Angela Merkel received Emmanuel Macron today. The two spoke about Siemens and Airbus, and Macron invited her to Paris. ';

async function* words() {
  for (const word of SPOKEN.match(/\S+\s*/g) ?? []) {
    await delay(20);
    yield word;
  }
}

await followParts(url, words());
