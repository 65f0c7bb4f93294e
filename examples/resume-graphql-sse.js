/**
 * Follows an analysis over SSE, through any number of lost connections, without losing or repeating an event.
 *
 *   npm start                                      # in another terminal
 *   node examples/resume-graphql-sse.js book.txt [url]
 *
 * graphql-sse, too, connects again by itself and reads the payload again, so a cursor in `variables` that moves with
 * every event is all that is needed.
 */
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-sse';
import { EVENTS, show, startAnalysis } from './analysis.js';

const [file = 'README.md', url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const id = await startAnalysis(url, readFileSync(file, 'utf8'));

const client = createClient({
  url,
  retryAttempts: Number.POSITIVE_INFINITY,
  retry: async (retries) => {
    await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** retries, 5000) * (0.5 + Math.random())));
  },
});

/** @type {{ id: string, after: string | null }} */
const variables = { id, after: null };
let done = false;

while (!done) {
  await new Promise((resolve) => {
    client.subscribe(
      { query: EVENTS, variables },
      {
        next: ({ data, errors }) => {
          if (errors) {
            console.error(errors[0]?.message);
            // Of these, trying again would not help. Others, as STORE_UNAVAILABLE or SHUTTING_DOWN, end this stream only.
            done = ['ANALYSIS_NOT_FOUND', 'CURSOR_EXPIRED', 'BAD_ARGUMENT'].includes(
              `${errors[0]?.extensions?.['code']}`,
            );
            return;
          }
          const event = /** @type {import('./analysis.js').Event} */ (data?.['analysisEvents']);
          variables.after = event.cursor;
          done = show(event);
        },
        error: (error) => {
          console.error(error);
          setTimeout(resolve, 1000);
        },
        complete: () => setTimeout(resolve, done ? 0 : 200),
      },
    );
  });
}
client.dispose();
