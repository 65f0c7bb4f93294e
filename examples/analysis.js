/** What both examples share: how an analysis is started, what is asked of its events, and how they are shown. */
import { setTimeout as delay } from 'node:timers/promises';

const START = `mutation ($input: StartAnalysisInput!) { startAnalysis(input: $input) { id } }`;

export const EVENTS = `subscription ($id: ID!, $after: String) {
  analysisEvents(id: $id, after: $after) {
    __typename
    ... on ChunkAnalyzed { cursor sequence progress { fraction } entities { text type } }
    ... on AnalysisCompleted { cursor sequence entityCount entityGroups { text type count } }
    ... on AnalysisFailed { cursor sequence code message }
  }
}`;

/**
 * @typedef {{ __typename: 'ChunkAnalyzed', cursor: string, sequence: number, progress: { fraction: number },
 *   entities: { text: string, type: string }[] }} Chunk
 * @typedef {{ __typename: 'AnalysisCompleted', cursor: string, sequence: number, entityCount: number,
 *   entityGroups: { text: string, type: string, count: number }[] }} Completed
 * @typedef {{ __typename: 'AnalysisFailed', cursor: string, sequence: number, code: string, message: string }} Failed
 * @typedef {Chunk | Completed | Failed} Event
 */

/**
 * Starts the analysis of a text and gives its id. The same text gives the same analysis, so asking again after a lost
 * answer does no harm.
 * @param {string} url
 * @param {string} text
 * @returns {Promise<string>}
 */
export async function startAnalysis(url, text) {
  while (true) {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: START, variables: { input: { text } } }),
      });
      const { data, errors } = await answer.json();
      if (data) return data.startAnalysis.id;
      console.error(errors[0].message);
      if (errors[0].extensions?.retryAfterMs === undefined) process.exit(1);
      await delay(errors[0].extensions.retryAfterMs);
    } catch (error) {
      console.error(`No answer from ${url}: ${error}`);
      await delay(1000);
    }
  }
}

/**
 * Shows an event; tells whether it was the last one.
 * @param {Event} event
 * @returns {boolean}
 */
export function show(event) {
  switch (event.__typename) {
    case 'ChunkAnalyzed': {
      const names = event.entities.map(({ text, type }) => `${text.replaceAll(/\s+/g, ' ')} (${type})`);
      console.log(`${event.sequence}  ${Math.round(100 * event.progress.fraction)} %  ${names.join(', ')}`);
      return false;
    }
    case 'AnalysisCompleted':
      console.log(`${event.sequence}  done: ${event.entityCount} entities`);
      return true;
    case 'AnalysisFailed':
      console.log(`${event.sequence}  ${event.code}: ${event.message}`);
      return true;
  }
}
