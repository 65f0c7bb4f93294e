/** A React hook on a subscription, and a component that shows what it gives. */
import { createClient } from 'graphql-ws';
import { useEffect, useState } from 'react';
import { ANALYZE, type AnalysisEvent } from './operations.js';

type Entities = Extract<AnalysisEvent, { __typename: 'ChunkAnalyzed' }>['entities'];

/** How far the analysis of a text is, and what it has found so far. */
export interface AnalysisState {
  readonly entities: Entities;
  /** Share of the text that has been read, 0 to 1. */
  readonly fraction: number;
  readonly done: boolean;
  readonly error?: string;
}

const NOTHING: AnalysisState = { entities: [], fraction: 0, done: false };

// One socket for the whole application; it is opened with the first subscription and closed after the last.
const client = createClient({ url: 'ws://localhost:4000/graphql', retryAttempts: 10, shouldRetry: () => true });

/** Analyses a text while the component is mounted. Another text starts anew; a lost connection goes on where it was. */
export function useAnalysis(text: string): AnalysisState {
  const [state, setState] = useState(NOTHING);

  useEffect(() => {
    setState(NOTHING);
    if (text.trim() === '') return;
    // graphql-ws reads the variables anew when it connects again, so the cursor in them moves along.
    const variables: Record<string, unknown> = { text, after: null };
    return client.subscribe<{ analyze: AnalysisEvent }>(
      { query: ANALYZE, variables },
      {
        next: ({ data, errors }) => {
          const event = data?.analyze;
          if (!event) return setState((now) => ({ ...now, done: true, error: errors?.[0]?.message ?? 'No data.' }));
          variables['after'] = event.cursor;
          setState((now) => reduce(now, event));
        },
        error: (error) => setState((now) => ({ ...now, done: true, error: messageOf(error) })),
        complete: () => setState((now) => ({ ...now, done: true })),
      },
    );
  }, [text]);

  return state;
}

function reduce(state: AnalysisState, event: AnalysisEvent): AnalysisState {
  switch (event.__typename) {
    case 'ChunkAnalyzed':
      return { ...state, entities: [...state.entities, ...event.entities], fraction: event.progress.fraction };
    case 'AnalysisCompleted':
      return { ...state, fraction: 1, done: true };
    case 'AnalysisFailed':
      return { ...state, done: true, error: event.message };
  }
}

function messageOf(error: unknown): string {
  if (Array.isArray(error)) return String(error[0]?.message);
  return error instanceof Error ? error.message : 'The connection was lost.';
}

/** The entities of a text, as they are found. */
export function Entities({ text }: { readonly text: string }) {
  const { entities, fraction, done, error } = useAnalysis(text);
  return (
    <section aria-busy={!done}>
      <progress value={fraction} />
      {error && <p role="alert">{error}</p>}
      <ul>
        {entities.map(({ id, text, type }) => (
          <li key={id}>
            {text} <small>{type}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}
