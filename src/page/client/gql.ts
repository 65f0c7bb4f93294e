/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "subscription FollowReading($id: ID!, $after: String) {\n  analysisEvents(id: $id, after: $after) {\n    __typename\n    ... on ChunkAnalyzed {\n      cursor\n      chunk {\n        index\n        start\n        end\n      }\n      entities {\n        text\n        type\n        confidence\n        start\n        end\n        chunkIndex\n      }\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisCompleted {\n      cursor\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisFailed {\n      cursor\n      code\n      message\n    }\n  }\n}": typeof types.FollowReadingDocument,
    "query Models {\n  models {\n    id\n    task\n    state\n    labels\n  }\n}": typeof types.ModelsDocument,
    "query Pieces($text: String!, $model: ID) {\n  tokenize(text: $text, model: $model) {\n    tokenCount\n    tokens {\n      text\n      id\n      special\n      start\n      end\n      wordIndex\n    }\n  }\n}": typeof types.PiecesDocument,
    "subscription ReadText($text: String!, $after: String) {\n  analyze(text: $text, after: $after) {\n    __typename\n    ... on ChunkAnalyzed {\n      cursor\n      chunk {\n        index\n        start\n        end\n      }\n      entities {\n        text\n        type\n        confidence\n        start\n        end\n        chunkIndex\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisCompleted {\n      cursor\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisFailed {\n      cursor\n      code\n      message\n    }\n  }\n}": typeof types.ReadTextDocument,
    "query SentenceSentiments($texts: [String!]!) {\n  sentiments(texts: $texts) {\n    __typename\n    ... on SentimentResult {\n      label\n      probabilities {\n        label\n        probability\n      }\n    }\n    ... on TextProblem {\n      index\n      code\n      message\n    }\n  }\n}": typeof types.SentenceSentimentsDocument,
    "query Sentences($text: String!) {\n  document(text: $text) {\n    sentences {\n      start\n      end\n    }\n  }\n}": typeof types.SentencesDocument,
    "mutation StartReading($text: String!, $key: String!) {\n  startAnalysis(input: {text: $text, sentiment: true, idempotencyKey: $key}) {\n    id\n    state\n  }\n}": typeof types.StartReadingDocument,
    "mutation StopReading($id: ID!) {\n  cancelAnalysis(id: $id) {\n    id\n    state\n  }\n}": typeof types.StopReadingDocument,
};
const documents: Documents = {
    "subscription FollowReading($id: ID!, $after: String) {\n  analysisEvents(id: $id, after: $after) {\n    __typename\n    ... on ChunkAnalyzed {\n      cursor\n      chunk {\n        index\n        start\n        end\n      }\n      entities {\n        text\n        type\n        confidence\n        start\n        end\n        chunkIndex\n      }\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisCompleted {\n      cursor\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisFailed {\n      cursor\n      code\n      message\n    }\n  }\n}": types.FollowReadingDocument,
    "query Models {\n  models {\n    id\n    task\n    state\n    labels\n  }\n}": types.ModelsDocument,
    "query Pieces($text: String!, $model: ID) {\n  tokenize(text: $text, model: $model) {\n    tokenCount\n    tokens {\n      text\n      id\n      special\n      start\n      end\n      wordIndex\n    }\n  }\n}": types.PiecesDocument,
    "subscription ReadText($text: String!, $after: String) {\n  analyze(text: $text, after: $after) {\n    __typename\n    ... on ChunkAnalyzed {\n      cursor\n      chunk {\n        index\n        start\n        end\n      }\n      entities {\n        text\n        type\n        confidence\n        start\n        end\n        chunkIndex\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisCompleted {\n      cursor\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisFailed {\n      cursor\n      code\n      message\n    }\n  }\n}": types.ReadTextDocument,
    "query SentenceSentiments($texts: [String!]!) {\n  sentiments(texts: $texts) {\n    __typename\n    ... on SentimentResult {\n      label\n      probabilities {\n        label\n        probability\n      }\n    }\n    ... on TextProblem {\n      index\n      code\n      message\n    }\n  }\n}": types.SentenceSentimentsDocument,
    "query Sentences($text: String!) {\n  document(text: $text) {\n    sentences {\n      start\n      end\n    }\n  }\n}": types.SentencesDocument,
    "mutation StartReading($text: String!, $key: String!) {\n  startAnalysis(input: {text: $text, sentiment: true, idempotencyKey: $key}) {\n    id\n    state\n  }\n}": types.StartReadingDocument,
    "mutation StopReading($id: ID!) {\n  cancelAnalysis(id: $id) {\n    id\n    state\n  }\n}": types.StopReadingDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription FollowReading($id: ID!, $after: String) {\n  analysisEvents(id: $id, after: $after) {\n    __typename\n    ... on ChunkAnalyzed {\n      cursor\n      chunk {\n        index\n        start\n        end\n      }\n      entities {\n        text\n        type\n        confidence\n        start\n        end\n        chunkIndex\n      }\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisCompleted {\n      cursor\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisFailed {\n      cursor\n      code\n      message\n    }\n  }\n}"): typeof import('./graphql.ts').FollowReadingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Models {\n  models {\n    id\n    task\n    state\n    labels\n  }\n}"): typeof import('./graphql.ts').ModelsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Pieces($text: String!, $model: ID) {\n  tokenize(text: $text, model: $model) {\n    tokenCount\n    tokens {\n      text\n      id\n      special\n      start\n      end\n      wordIndex\n    }\n  }\n}"): typeof import('./graphql.ts').PiecesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription ReadText($text: String!, $after: String) {\n  analyze(text: $text, after: $after) {\n    __typename\n    ... on ChunkAnalyzed {\n      cursor\n      chunk {\n        index\n        start\n        end\n      }\n      entities {\n        text\n        type\n        confidence\n        start\n        end\n        chunkIndex\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisCompleted {\n      cursor\n      sentiment {\n        label\n        probabilities {\n          label\n          probability\n        }\n      }\n      progress {\n        chunksDone\n        chunksTotal\n        fraction\n      }\n    }\n    ... on AnalysisFailed {\n      cursor\n      code\n      message\n    }\n  }\n}"): typeof import('./graphql.ts').ReadTextDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query SentenceSentiments($texts: [String!]!) {\n  sentiments(texts: $texts) {\n    __typename\n    ... on SentimentResult {\n      label\n      probabilities {\n        label\n        probability\n      }\n    }\n    ... on TextProblem {\n      index\n      code\n      message\n    }\n  }\n}"): typeof import('./graphql.ts').SentenceSentimentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Sentences($text: String!) {\n  document(text: $text) {\n    sentences {\n      start\n      end\n    }\n  }\n}"): typeof import('./graphql.ts').SentencesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation StartReading($text: String!, $key: String!) {\n  startAnalysis(input: {text: $text, sentiment: true, idempotencyKey: $key}) {\n    id\n    state\n  }\n}"): typeof import('./graphql.ts').StartReadingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation StopReading($id: ID!) {\n  cancelAnalysis(id: $id) {\n    id\n    state\n  }\n}"): typeof import('./graphql.ts').StopReadingDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
