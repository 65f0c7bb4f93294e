/** What clients ask for here: what an application shows, and no more. */
const ENTITY = '{ type text start end confidence }';

const SENTIMENT = 'query ($text: String!) { sentiment(text: $text) { label confidence } }';
const SENTIMENTS =
  'query ($texts: [String!]!) { sentiments(texts: $texts) { ... on SentimentResult { label confidence } } }';
const ENTITIES = `query ($text: String!) { entities(text: $text) ${ENTITY} }`;
const DOCUMENTS = `query ($texts: [String!]!) { documents(texts: $texts) { ... on Document { entities ${ENTITY} } } }`;

export const ANALYZE = `subscription ($text: String!) {
  analyze(text: $text) {
    __typename
    ... on ChunkAnalyzed {
      chunk { index start end tokenCount }
      entities ${ENTITY}
      progress { fraction }
      timing { tokenizeMs queueMs inferenceMs }
    }
    ... on AnalysisCompleted { entityCount }
    ... on AnalysisFailed { code message }
  }
}`;

export type AnalysisEvent =
  | {
      readonly __typename: 'ChunkAnalyzed';
      readonly chunk: { readonly index: number; readonly tokenCount: number };
      readonly timing: { readonly tokenizeMs: number; readonly queueMs: number; readonly inferenceMs: number };
    }
  | { readonly __typename: 'AnalysisCompleted' | 'AnalysisFailed' };

export type Task = 'SENTIMENT' | 'NER';
export const TASKS: readonly Task[] = ['SENTIMENT', 'NER'];

/** The body of a request about some texts; about one it is the operation for one. */
export function bodyFor(task: Task, texts: readonly string[]): string {
  const [text] = texts;
  if (texts.length === 1) {
    return JSON.stringify({ query: task === 'NER' ? ENTITIES : SENTIMENT, variables: { text } });
  }
  return JSON.stringify({ query: task === 'NER' ? DOCUMENTS : SENTIMENTS, variables: { texts } });
}
