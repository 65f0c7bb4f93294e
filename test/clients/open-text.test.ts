import { expect, test } from 'vitest';
import type { GraphAccess } from '../../src/client/graph-client.ts';
import { OpenText, type RequestError } from '../../src/client/index.ts';

/** A server on which every analysis fails at once, as on one that has too much to do. */
function failing(): { readonly graph: GraphAccess; readonly started: () => number } {
  let started = 0;
  const graph = {
    query: async () => ({ startAnalysis: { id: String(++started), state: 'QUEUED', length: 0 } }),
    subscribe: async function* () {
      const failed = { sequence: 0, cursor: 'c', code: 'OVERLOADED', message: 'It is busy.' };
      yield { analysisEvents: { __typename: 'AnalysisFailed', ...failed } };
    },
  };
  return { graph: graph as unknown as GraphAccess, started: () => started };
}

test('a text whose analysis fails every time is started again only as long as onLost allows', async () => {
  const { graph, started } = failing();
  const losses: RequestError[] = [];
  const text = new OpenText(graph, {
    onLost: (error) => {
      losses.push(error);
      if (losses.length === 2) throw error;
    },
  });
  await expect(text.events().next()).rejects.toMatchObject({ code: 'OVERLOADED', message: 'It is busy.' });
  expect(losses).toHaveLength(2);
  expect(started()).toBe(2);
});
