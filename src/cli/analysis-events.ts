import { setTimeout as delay } from 'node:timers/promises';
import {
  AnalyzeDocument,
  type AnalyzeSubscription,
  type AnalyzeSubscriptionVariables,
  type ErrorCode,
} from '../client/graphql.ts';
import { CommandFailure, GraphFailure } from './failure.ts';
import type { Graph } from './graph.ts';

/** An event of an analysis. */
export type AnalysisEvent = Exclude<AnalyzeSubscription['analyze'], { __typename: 'TailAnalyzed' }>;

/** What passes by itself: a server that is replaced, a store that comes back, a queue that empties. */
const PASSING: readonly string[] = ['SHUTTING_DOWN', 'STORE_UNAVAILABLE', 'OVERLOADED'] satisfies readonly ErrorCode[];

/** How often it is tried again before it counts as lost; with the waits between, that is some twenty seconds. */
const ATTEMPTS = 8;
const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/**
 * The events of the analysis of a text, up to the last one. Once it has begun, it goes on behind its last event where
 * the server stops or cannot be reached for a while.
 */
export async function* analysisEvents(
  graph: Graph,
  variables: AnalyzeSubscriptionVariables,
  signal: AbortSignal,
): AsyncGenerator<AnalysisEvent, void, void> {
  let after: string | null = null;
  for (let attempt = 1; ; attempt++) {
    try {
      for await (const { analyze } of graph.subscribe(AnalyzeDocument, { ...variables, after })) {
        if (analyze.__typename === 'TailAnalyzed') continue;
        if (analyze.__typename === 'AnalysisFailed' && PASSING.includes(analyze.code) && attempt < ATTEMPTS) break;
        yield analyze;
        if (analyze.__typename !== 'ChunkAnalyzed') return;
        after = analyze.cursor;
        attempt = 1;
      }
    } catch (error) {
      if (after === null || attempt >= ATTEMPTS || !passes(error)) throw error;
    }
    signal.throwIfAborted();
    await delay(Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS), undefined, { signal });
  }
}

/** Whether a failure may be gone in a moment: a refusal with a code of those, or no answer at all. */
function passes(error: unknown): boolean {
  if (error instanceof GraphFailure) return PASSING.includes(error.code ?? '');
  return error instanceof CommandFailure;
}
