/**
 * Follows an analysis over WebSocket, through any number of lost connections, without losing or repeating an event.
 *
 *   npm start                                      # in another terminal
 *   node examples/resume-graphql-ws.js book.txt [url]
 *
 * graphql-ws connects again by itself and sends each operation once more. It then reads the payload again, so a cursor
 * in `variables` that moves with every event is all that is needed.
 */
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { EVENTS, show, startAnalysis } from './analysis.js';

const [file = 'README.md', url = 'http://localhost:4000/graphql'] = process.argv.slice(2);
const id = await startAnalysis(url, readFileSync(file, 'utf8'));

const client = createClient({
  url: url.replace('http', 'ws'),
  webSocketImpl: WebSocket,
  retryAttempts: Number.POSITIVE_INFINITY,
  // Also if the server is not there at all for a while, as during a deployment.
  shouldRetry: () => true,
  retryWait: async (retries) => {
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
          // An error ends this stream, not the analysis: STORE_UNAVAILABLE, SHUTTING_DOWN. The loop resumes after the cursor.
          if (errors) return console.error(errors[0]?.message);
          const event = /** @type {import('./analysis.js').Event} */ (data?.['analysisEvents']);
          variables.after = event.cursor;
          done = show(event);
        },
        error: (error) => {
          console.error(Array.isArray(error) ? error[0]?.message : error);
          // The request itself was refused, as with ANALYSIS_NOT_FOUND or CURSOR_EXPIRED: trying again would not help.
          done = Array.isArray(error) && error[0]?.extensions?.code !== 'STORE_UNAVAILABLE';
          setTimeout(resolve, 1000);
        },
        complete: () => setTimeout(resolve, done ? 0 : 200),
      },
    );
  });
}
await client.dispose();
