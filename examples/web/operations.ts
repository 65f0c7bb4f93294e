/** What the examples ask, and the types of what comes back. `graphql-codegen` makes these from the schema; see codegen.ts. */
import type { AnalyzeSubscription } from 'bertql';

export type AnalysisEvent = AnalyzeSubscription['analyze'];

export interface Entity {
  readonly text: string;
  readonly type: string;
}

export const ENTITIES = /* GraphQL */ `
  query Entities($text: String!) {
    entities(text: $text) { text type }
  }
`;

export const ANALYZE = /* GraphQL */ `
  subscription Analyze($text: String!, $after: String) {
    analyze(text: $text, after: $after) {
      __typename
      ... on ChunkAnalyzed { cursor entities { id text type start end } progress { fraction } }
      ... on AnalysisCompleted { cursor entityCount entityGroups { text type count } }
      ... on AnalysisFailed { cursor code message }
    }
  }
`;
