/** A React hook on `bertql/client`, and a component that shows what it gives. */
import { BertqlClient, NOTHING_READ, type Reading } from 'bertql/client';
import { useEffect, useState } from 'react';

// One for the whole application: its socket is opened with the first stream and closed after the last.
const client = new BertqlClient({ url: 'http://localhost:4000/graphql' });

/** What is known of a text while it is read. */
export interface Analysis extends Reading {
  readonly error?: string;
}

/** Analyzes a text while the component is mounted. Another text starts anew; a lost connection resumes where it was. */
export function useAnalysis(text: string): Analysis {
  const [analysis, setAnalysis] = useState<Analysis>(NOTHING_READ);

  useEffect(() => {
    setAnalysis(NOTHING_READ);
    if (text.trim() === '') return;
    const unmounted = new AbortController();
    const { signal } = unmounted;
    (async () => {
      try {
        for await (const reading of client.follow({ text }, { signal })) setAnalysis(reading);
      } catch (error) {
        if (!signal.aborted)
          setAnalysis((now) => ({ ...now, error: error instanceof Error ? error.message : String(error) }));
      }
    })();
    return () => unmounted.abort();
  }, [text]);

  return analysis;
}

/** The entities of a text, as they are found. */
export function Entities({ text }: { readonly text: string }) {
  const { entities, progress, state, error } = useAnalysis(text);
  return (
    <section aria-busy={state === 'reading' && error === undefined}>
      <progress value={progress?.fraction ?? 0} />
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
