/** What both examples of texts that grow share: they append part by part, and print what is settled and what is not. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const EVENTS = `subscription ($id: ID!) {
  analysisEvents(id: $id) {
    ... on ChunkAnalyzed { entities { text type } }
    ... on TailAnalyzed { length entities { text type } }
    ... on AnalysisCompleted { entityCount }
    ... on AnalysisFailed { code message }
  }
}`;

/**
 * Appends parts to an open text as they come, and prints its names: settled ones firmly, those of the tail in brackets.
 *
 * @param {string} url
 * @param {AsyncIterable<string>} parts
 */
export async function followParts(url, parts) {
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
  const ask = async (/** @type {string} */ query, /** @type {Record<string, unknown>} */ variables) => {
    for await (const { data, errors } of client.iterate({ query, variables })) {
      if (errors) throw new Error(errors[0]?.message);
      return /** @type {any} */ (data);
    }
  };
  const { startAnalysis } = await ask('mutation { startAnalysis(input: { open: true }) { id } }', {});
  const { id } = startAnalysis;

  const events = client.iterate({ query: EVENTS, variables: { id } });
  const shown = (async () => {
    for await (const { data } of events) {
      const event = /** @type {any} */ (data)?.analysisEvents;
      const names = (event?.entities ?? []).map((/** @type {any} */ { text, type }) => `${text} (${type})`);
      if (event?.length !== undefined) console.log(`  [${names.join(', ')}]`);
      else if (event?.entityCount !== undefined) console.log(`${event.entityCount} names in all`);
      else for (const name of names) console.log(name);
    }
  })();

  // `at` is the length so far, so a part that was sent twice after a lost connection is there once.
  let at = 0;
  for await (const text of parts) {
    const { appendText } = await ask(
      'mutation ($id: ID!, $at: Int!, $text: String!) { appendText(id: $id, at: $at, text: $text) { length } }',
      { id, at, text },
    );
    at = appendText.length;
  }
  await ask('mutation ($id: ID!) { finishText(id: $id) { id } }', { id });
  await shown;
  await client.dispose();
}
