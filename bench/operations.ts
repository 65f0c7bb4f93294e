/** What clients ask for here: what an application shows, and no more. */
const ENTITY = '{ type text start end confidence }';

const SENTIMENT = 'query ($text: String!) { sentiment(text: $text) { label confidence } }';
const SENTIMENTS =
  'query ($texts: [String!]!) { sentiments(texts: $texts) { ... on SentimentResult { label confidence } } }';
const ENTITIES = `query ($text: String!) { entities(text: $text) ${ENTITY} }`;
const DOCUMENTS = `query ($texts: [String!]!) { documents(texts: $texts) { ... on Document { entities ${ENTITY} } } }`;

const EMBED = 'query ($text: String!) { embed(text: $text) { vector } }';
const EMBEDDINGS = 'query ($texts: [String!]!) { embeddings(texts: $texts) { ... on Embedding { vector } } }';

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

export type Task = 'SENTIMENT' | 'NER' | 'EMBEDDING';
/** The tasks of most parts; EMBEDDING has a part of its own. */
export const TASKS = ['SENTIMENT', 'NER'] as const satisfies readonly Task[];

const ONE: Readonly<Record<Task, string>> = { SENTIMENT, NER: ENTITIES, EMBEDDING: EMBED };
const MANY: Readonly<Record<Task, string>> = { SENTIMENT: SENTIMENTS, NER: DOCUMENTS, EMBEDDING: EMBEDDINGS };

/** The body of a request about some texts; about one it is the operation for one. */
export function bodyFor(task: Task, texts: readonly string[]): string {
  const [text] = texts;
  if (texts.length === 1) return JSON.stringify({ query: ONE[task], variables: { text } });
  return JSON.stringify({ query: MANY[task], variables: { texts } });
}
