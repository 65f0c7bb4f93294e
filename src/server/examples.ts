import { readFileSync } from 'node:fs';

const NAMES = [
  'entities',
  'sentiment',
  'tokenize',
  'document',
  'analyze',
  'startAnalysis',
  'analysisEvents',
  'analysis',
  'cancelAnalysis',
  'sentiments',
  'documents',
  'detokenize',
  'models',
];

/** An operation for every root field, each complete in itself: what GraphiQL opens with. */
export const EXAMPLES: readonly string[] = NAMES.map((name) =>
  readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8'),
);
