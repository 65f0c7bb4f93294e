/** `bertql/client`: a typed client for browsers and for Node, which resumes by itself after a lost connection. */
export { BertqlClient } from './client.ts';
export type { AnalysisTarget, FollowOptions, TextTarget } from './follow.ts';
export type { ClientOptions, GraphClient } from './graph-client.ts';
export * from './graphql.ts';
export { OpenText, type OpenTextOptions } from './open-text.ts';
export {
  type ChunkEvent,
  type CompletedEvent,
  type FailedEvent,
  type FoundEntity,
  NOTHING_READ,
  type Reading,
  type ReadingEvent,
  type ReadingProgress,
  reduceReading,
  type TailEvent,
} from './reading.ts';
export { CONNECTION_LOST, RequestError } from './request-error.ts';
