import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
export type MakeOptional<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]?: Maybe<T[SubKey]> };
export type MakeMaybe<T, K extends keyof T> = Omit<T, K> & { [SubKey in K]: Maybe<T[SubKey]> };
export type MakeEmpty<T extends { [key: string]: unknown }, K extends keyof T> = { [_ in K]?: never };
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A point in time in ISO 8601, in UTC: `2026-11-25T16:50:27.123Z`. */
  DateTime: { input: string; output: string; }
};

/** How the labels of tokens become entities, as in the token-classification pipeline of the Python package transformers. */
export type Aggregation =
  /** A word has the most probable label of its tokens on average. */
  | 'AVERAGE'
  /** A word has the label of its first token; neighbouring words of one type make an entity. */
  | 'FIRST'
  /** A word has the label of its most certain token. */
  | 'MAX'
  /** Each labelled token is an entity of its own; its type is the raw label, as in `B-PER`. */
  | 'NONE'
  /** Neighbouring tokens of one type make an entity. A word may be split. */
  | 'SIMPLE';

/** The analysis of a text as a job, which runs whether or not anybody follows it. */
export type Analysis = {
  readonly __typename?: 'Analysis';
  /** How the labels of tokens become entities. */
  readonly aggregation: Aggregation;
  /** Why it ended early, if it did. */
  readonly code?: Maybe<ErrorCode>;
  /** When it was started. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** The entities that are settled so far, without reading the text again. Pages stay valid while more are found: all pages together are the entities of all events. */
  readonly entities: EntityConnection;
  /** Number of entities found so far. */
  readonly entityCount: Scalars['Int']['output'];
  /** The same, grouped by name, most mentions first. Later pages group the same entities as the first. */
  readonly entityGroups: EntityGroupConnection;
  /** When it ended. */
  readonly finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What `analysis`, `analysisEvents`, `appendText`, `finishText` and `cancelAnalysis` take. */
  readonly id: Scalars['ID']['output'];
  /** Length of its text so far, in UTF-16 code units: the `at` of the next `appendText`. */
  readonly length: Scalars['Int']['output'];
  /** What happened and what to do about it. */
  readonly message?: Maybe<Scalars['String']['output']>;
  /** The least confidence of its entities. */
  readonly minConfidence: Scalars['Float']['output'];
  /** The models that read it: one for entities and, if `sentiment` was set, one for sentiment. */
  readonly models: ReadonlyArray<Scalars['ID']['output']>;
  /** The unit of all its positions. */
  readonly offsetEncoding: OffsetEncoding;
  /** Whether more text can be appended with `appendText`. */
  readonly open: Scalars['Boolean']['output'];
  /** How much has been read; all zero until its first event. */
  readonly progress: Progress;
  /** The sentiment of the whole text; null before it is complete, or unless `sentiment` was set. */
  readonly sentiment?: Maybe<SentimentResult>;
  /** When a worker first took it. */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its state. */
  readonly state: AnalysisState;
  /** Its text so far; null once its events are no longer kept. */
  readonly text?: Maybe<Scalars['String']['output']>;
  /** The types of its entities; null for all. */
  readonly types?: Maybe<ReadonlyArray<Scalars['String']['output']>>;
};


/** The analysis of a text as a job, which runs whether or not anybody follows it. */
export type AnalysisEntitiesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  from?: InputMaybe<Scalars['Int']['input']>;
  minConfidence?: InputMaybe<Scalars['Float']['input']>;
  to?: InputMaybe<Scalars['Int']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** The analysis of a text as a job, which runs whether or not anybody follows it. */
export type AnalysisEntityGroupsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
};

/** The whole text was read. It is the last event. */
export type AnalysisCompleted = AnalysisStep & {
  readonly __typename?: 'AnalysisCompleted';
  /** Whether the server closed an open text because nothing was appended for a time (`OPEN_TEXT_IDLE_MS`). */
  readonly abandoned: Scalars['Boolean']['output'];
  /** Send it as `after` to resume after this event or, if it is a failure, where the analysis stopped. */
  readonly cursor: Scalars['String']['output'];
  /** Number of entities of all events together. */
  readonly entityCount: Scalars['Int']['output'];
  /** The entities of all events, grouped by name, most mentions first. */
  readonly entityGroups: ReadonlyArray<EntityGroup>;
  /** The totals: everything has been read. */
  readonly progress: Progress;
  /** The sentiment of the whole text as under WINDOWS; null if it has nothing to read. As for a chunk, it is computed only on request. */
  readonly sentiment?: Maybe<SentimentResult>;
  /** Number of the event: 0, 1, 2, … without gaps. */
  readonly sequence: Scalars['Int']['output'];
};

/** A page of analyses, newest first. */
export type AnalysisConnection = {
  readonly __typename?: 'AnalysisConnection';
  /** The items of the page, each with its cursor. */
  readonly edges: ReadonlyArray<AnalysisEdge>;
  /** The position of the page in the list. */
  readonly pageInfo: PageInfo;
  /** Number of items of the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** An analysis with its cursor. */
export type AnalysisEdge = {
  readonly __typename?: 'AnalysisEdge';
  /** Send it as `after` to continue after this item. */
  readonly cursor: Scalars['String']['output'];
  /** The item. */
  readonly node: Analysis;
};

/** An event of an analysis. */
export type AnalysisEvent = AnalysisCompleted | AnalysisFailed | ChunkAnalyzed | TailAnalyzed;

/** The analysis stopped early. It is the last event; the events before it remain valid. */
export type AnalysisFailed = AnalysisStep & {
  readonly __typename?: 'AnalysisFailed';
  /** Why it stopped. */
  readonly code: ErrorCode;
  /** Send it as `after` to resume after this event or, if it is a failure, where the analysis stopped. */
  readonly cursor: Scalars['String']['output'];
  /** What happened and what to do about it. */
  readonly message: Scalars['String']['output'];
  /** Number of the event: 0, 1, 2, … without gaps. */
  readonly sequence: Scalars['Int']['output'];
};

/** The state of an analysis. */
export type AnalysisState =
  /** Cancelled. Its events remain valid. */
  | 'CANCELLED'
  /** All of the text was read. */
  | 'COMPLETED'
  /** Ended early; `code` and `message` say why. Its events remain valid. */
  | 'FAILED'
  /** Read to the current end of the text, and waiting for more. */
  | 'OPEN'
  /** Waiting for a worker. */
  | 'QUEUED'
  /** Being read, or waiting for another worker after one has died. */
  | 'RUNNING';

/** An event that is stored, so that a stream can resume after it. */
export type AnalysisStep = {
  /** Send it as `after` to resume after this event or, if it is a failure, where the analysis stopped. */
  readonly cursor: Scalars['String']['output'];
  /** Number of the event: 0, 1, 2, … without gaps. */
  readonly sequence: Scalars['Int']['output'];
};

/** A run of whole sentences that the model reads at once, with context around it. */
export type Chunk = {
  readonly __typename?: 'Chunk';
  /** Where its last token ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** Position among the chunks, from 0. */
  readonly index: Scalars['Int']['output'];
  /** Where its first token starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** Its own tokens, without context and special tokens. */
  readonly tokenCount: Scalars['Int']['output'];
};

/** A chunk was read. There is one such event for every chunk, in order. */
export type ChunkAnalyzed = AnalysisStep & {
  readonly __typename?: 'ChunkAnalyzed';
  /** The chunk. */
  readonly chunk: Chunk;
  /** Send it as `after` to resume after this event or, if it is a failure, where the analysis stopped. */
  readonly cursor: Scalars['String']['output'];
  /** The entities that are settled now: no later chunk can change them. An entity that touches the end of the chunk comes with the next event. */
  readonly entities: ReadonlyArray<Entity>;
  /** How much has been read. */
  readonly progress: Progress;
  /** The sentiment of the chunk; null if it has nothing to read. Under `analyze` it is computed only if it is selected, by the default model; under `startAnalysis` it is null unless `sentiment` was set. */
  readonly sentiment?: Maybe<SentimentResult>;
  /** Number of the event: 0, 1, 2, … without gaps. */
  readonly sequence: Scalars['Int']['output'];
  /** How long the chunk took; `tokenizeMs` is for the whole text. */
  readonly timing: Timing;
};

/** How a document is read. No part of it is left out. */
export type Coverage = {
  readonly __typename?: 'Coverage';
  /** Number of chunks. */
  readonly chunkCount: Scalars['Int']['output'];
  /** The most tokens of a chunk, including its context and special tokens. */
  readonly chunkTokens: Scalars['Int']['output'];
  /** The most tokens of context on each side of a chunk. */
  readonly overlapTokens: Scalars['Int']['output'];
  /** Number of tokens of the text, without special tokens. */
  readonly tokenCount: Scalars['Int']['output'];
};

/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type Document = {
  readonly __typename?: 'Document';
  /** How it is read to find entities. */
  readonly coverage: Coverage;
  /** Its vector. Fails with EMPTY_TEXT if there is nothing to read. */
  readonly embedding: Embedding;
  /** Its named entities, in the order of the text. */
  readonly entities: ReadonlyArray<Entity>;
  /** Its named entities, grouped by name, most mentions first. */
  readonly entityGroups: ReadonlyArray<EntityGroup>;
  /** The same for the same text and unit of positions: a key for caches. */
  readonly id: Scalars['ID']['output'];
  /** The passages that are most similar to a query in meaning, best first. Their vectors are cached, so another search in the same text is fast. */
  readonly search: ReadonlyArray<Passage>;
  /** Its sentences. Together they cover every visible character. */
  readonly sentences: ReadonlyArray<Sentence>;
  /** Its sentiment. Fails with EMPTY_TEXT if there is nothing to read. */
  readonly sentiment: SentimentResult;
  /** The text as it was sent. */
  readonly text: Scalars['String']['output'];
  /** Its tokens, including special tokens, without padding or truncation. */
  readonly tokens: Tokenization;
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentCoverageArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentEmbeddingArgs = {
  as?: EmbeddingUse;
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentEntitiesArgs = {
  aggregation?: Aggregation;
  minConfidence?: Scalars['Float']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentEntityGroupsArgs = {
  aggregation?: Aggregation;
  minConfidence?: Scalars['Float']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentSearchArgs = {
  first?: Scalars['Int']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  query: Scalars['String']['input'];
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentSentimentArgs = {
  longText?: LongText;
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** A text of any length. It is tokenized once per tokenizer, whichever fields are selected. */
export type DocumentTokensArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
};

/** One document of a list. */
export type DocumentOutcome = Document | TextProblem;

/** The vector of a text: texts of similar meaning have vectors of similar direction. A text that is longer than the model’s input is read in windows of whole sentences; its vector is their mean, weighted by tokens and scaled to length 1. */
export type Embedding = {
  readonly __typename?: 'Embedding';
  /** Length of the vector. */
  readonly dimensions: Scalars['Int']['output'];
  /** The same for the same text, model and use. */
  readonly id: Scalars['ID']['output'];
  /** The model that made it. */
  readonly model: Model;
  /** The cosine of this vector and that of another text: -1 to 1, 1 for the same direction. */
  readonly similarity: Scalars['Float']['output'];
  /** How long it took. */
  readonly timing: Timing;
  /** Number of tokens of the text, including special tokens. */
  readonly tokenCount: Scalars['Int']['output'];
  /** Number of tokens that the model read. */
  readonly tokensUsed: Scalars['Int']['output'];
  /** Whether the text was truncated: always false, since long texts are read in windows. */
  readonly truncated: Scalars['Boolean']['output'];
  /** Its numbers, rounded to seven decimals. The vectors of most models have length 1. */
  readonly vector: ReadonlyArray<Scalars['Float']['output']>;
};


/** The vector of a text: texts of similar meaning have vectors of similar direction. A text that is longer than the model’s input is read in windows of whole sentences; its vector is their mean, weighted by tokens and scaled to length 1. */
export type EmbeddingSimilarityArgs = {
  as?: EmbeddingUse;
  to: Scalars['String']['input'];
};

/** The vector of one text of a list. */
export type EmbeddingOutcome = Embedding | TextProblem;

/** What a vector is for. Models such as e5 and bge have different prefixes for queries and passages. */
export type EmbeddingUse =
  /** A text that queries are compared with, or any text for a model without prefixes. */
  | 'PASSAGE'
  /** A question or search. For e5, also texts that are compared with each other. */
  | 'QUERY';

/** A named entity: a stretch of the text that names a person, an organization, a place or the like. */
export type Entity = {
  readonly __typename?: 'Entity';
  /** Index of the chunk of the document in which it begins. */
  readonly chunkIndex: Scalars['Int']['output'];
  /** How sure the model is, 0 to 1: the mean over its words. */
  readonly confidence: Scalars['Float']['output'];
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The same in every run, query and stream for the same text, unit of positions, model, revision, strategy, range and type: a key for caches. In an open text it depends on the analysis instead of the text, so that it never changes. */
  readonly id: Scalars['ID']['output'];
  /** The sentence in which it begins. */
  readonly sentence?: Maybe<Sentence>;
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The stretch of the text, exactly as it stands there. */
  readonly text: Scalars['String']['output'];
  /** Its tokens with their own labels. */
  readonly tokens: ReadonlyArray<EntityToken>;
  /** Its type, as in `PER`; under NONE the raw label, as in `B-PER`. */
  readonly type: Scalars['String']['output'];
};

/** A page of entities in the order of the text. */
export type EntityConnection = {
  readonly __typename?: 'EntityConnection';
  /** The items of the page, each with its cursor. */
  readonly edges: ReadonlyArray<EntityEdge>;
  /** The position of the page in the list. */
  readonly pageInfo: PageInfo;
  /** Number of items of the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** An entity with its cursor. */
export type EntityEdge = {
  readonly __typename?: 'EntityEdge';
  /** Send it as `after` to continue after this item. */
  readonly cursor: Scalars['String']['output'];
  /** The item. */
  readonly node: Entity;
};

/** All mentions of one name: same type, and same text except for case and white space. */
export type EntityGroup = {
  readonly __typename?: 'EntityGroup';
  /** Mean over the mentions, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** Number of mentions. */
  readonly count: Scalars['Int']['output'];
  /** The same for the same mentions: a key for caches. */
  readonly id: Scalars['ID']['output'];
  /** The mentions, in the order of the text. */
  readonly mentions: ReadonlyArray<Entity>;
  /** The sentiment of the sentences that mention it, each counted once. Their probabilities are pooled like those of the windows of a long text. */
  readonly sentiment: SentimentResult;
  /** The most frequent spelling of the name. */
  readonly text: Scalars['String']['output'];
  /** Its type. */
  readonly type: Scalars['String']['output'];
};


/** All mentions of one name: same type, and same text except for case and white space. */
export type EntityGroupSentimentArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
};

/** A page of names, most mentions first. */
export type EntityGroupConnection = {
  readonly __typename?: 'EntityGroupConnection';
  /** The items of the page, each with its cursor. */
  readonly edges: ReadonlyArray<EntityGroupEdge>;
  /** The position of the page in the list. */
  readonly pageInfo: PageInfo;
  /** Number of items of the whole list. */
  readonly totalCount: Scalars['Int']['output'];
};

/** A name with its cursor. */
export type EntityGroupEdge = {
  readonly __typename?: 'EntityGroupEdge';
  /** Send it as `after` to continue after this item. */
  readonly cursor: Scalars['String']['output'];
  /** The item. */
  readonly node: EntityGroup;
};

/** A token of an entity with the label that the model gave it, which explains the entity. */
export type EntityToken = {
  readonly __typename?: 'EntityToken';
  /** How likely that label is, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The token’s own label, as in `B-PER`. */
  readonly label: Scalars['String']['output'];
  /** The token itself, as in `##ing`. */
  readonly piece: Scalars['String']['output'];
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The stretch of the text. */
  readonly text: Scalars['String']['output'];
};

/** What went wrong, in `extensions.code` of an error or in the `code` of a problem. */
export type ErrorCode =
  /** There is no analysis with that id, or it is past its retention. Start the analysis again. */
  | 'ANALYSIS_NOT_FOUND'
  /** An argument has an invalid value. The message names it, the expected value and the actual one. Correct the argument. */
  | 'BAD_ARGUMENT'
  /** The work was stopped before it was done, because the client disconnected or cancelled it. Send the request again if the result is still needed. */
  | 'CANCELLED'
  /** The events after that cursor are no longer kept. Read the analysis from its start. */
  | 'CURSOR_EXPIRED'
  /** The text has nothing that the model can read: it is empty, blank, or consists of control characters. Send a text with at least one visible character. */
  | 'EMPTY_TEXT'
  /** The server refuses such requests: from that web page, without the header that browsers cannot send by accident, or with an operation that is not on its list. Read the message: it names the missing header or setting. */
  | 'FORBIDDEN'
  /** An unexpected error, which is not the fault of the request. The details are only in the log of the server. Try again; if it persists, report it with `extensions.requestId`. */
  | 'INTERNAL'
  /** The text is not well-formed Unicode: it has a surrogate without its partner. Do not cut strings inside a character. `String.prototype.toWellFormed` repairs such a text. */
  | 'INVALID_TEXT'
  /** The model is registered but cannot be used now: its load failed, there is no room for it, or it is still loading and the server does not let requests wait. The message gives the reason. Look at its `state` and `failure` in `models`; try again once it is READY, or after `extensions.retryAfterMs` milliseconds. */
  | 'MODEL_UNAVAILABLE'
  /** The queue is full. No part of the request was run. Try again after `extensions.retryAfterMs` milliseconds. */
  | 'OVERLOADED'
  /** No operation with that hash is on the list of the server. Add the operation to the list, or send one that is on it. */
  | 'PERSISTED_QUERY_NOT_FOUND'
  /** The request has the hash of an operation without its text, and the server does not store operations that clients send. Send the operation itself; the clients of Apollo and urql do so automatically. */
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  /** The operation needs more work than one request may: it has too many tokens of text, or its document is too long, too deep or has too many aliases or directives. No part of it was run. The message has the limit and the size. Select less in one request, or raise the limit of the server. */
  | 'QUERY_TOO_COSTLY'
  /** This client has too much under way, or has spent its budget for the minute. No part of the request was run. Try again after `extensions.retryAfterMs` milliseconds. */
  | 'RATE_LIMITED'
  /** The body of the request has more bytes than the server accepts. A WebSocket message of that size closes its socket with 1009. Send less at once, or raise the limit of the server. */
  | 'REQUEST_TOO_LARGE'
  /** The server is stopping and takes no new work. Try again in a moment; resume a stream with `after` and its last cursor. */
  | 'SHUTTING_DOWN'
  /** The store of analyses, which all machines share, cannot be used now. Analyses resume when it is back. Try again after `extensions.retryAfterMs` milliseconds; resume a stream with `after` and its last cursor. */
  | 'STORE_UNAVAILABLE'
  /** The text of that analysis is closed, so nothing can be appended to it. Start another analysis with `open: true`. */
  | 'TEXT_CLOSED'
  /** The text has more characters than the server accepts. The message has the limit and the size. Split the text, or raise the limit of the server. */
  | 'TEXT_TOO_LONG'
  /** The request took longer than its deadline. Select less in one request, or stream a long text with `analyze`. */
  | 'TIMEOUT'
  /** The list has more texts than one call may have. Send the texts in several calls. */
  | 'TOO_MANY_TEXTS'
  /** The server requires a key or token, and the request has none or an invalid one. Send `Authorization: Bearer …`, or the same in the `connectionParams` of a WebSocket. */
  | 'UNAUTHENTICATED'
  /** No model with that id is registered. Query `models` for the known ids. */
  | 'UNKNOWN_MODEL';

/** A label with its probability. */
export type LabelProbability = {
  readonly __typename?: 'LabelProbability';
  /** The label. */
  readonly label: Scalars['String']['output'];
  /** 0 to 1. */
  readonly probability: Scalars['Float']['output'];
};

/** How to read a text that is longer than the model’s input. */
export type LongText =
  /** Only the beginning is read; `truncated` and `tokensUsed` say how much. */
  | 'TRUNCATE'
  /** All of it is read, in windows of whole sentences. The result is the geometric mean of the windows’ probabilities, weighted by tokens and scaled to add up to 1 (if labels do not exclude each other, each is pooled as a choice between yes and no). */
  | 'WINDOWS';

/** A model, or a tokenizer without a model. */
export type Model = {
  readonly __typename?: 'Model';
  /** Whether it comes with the server, so that no download is needed. */
  readonly bundled: Scalars['Boolean']['output'];
  /** What it is, and how accurate. */
  readonly description: Scalars['String']['output'];
  /** The device it runs on, as in `cpu`. */
  readonly device: Scalars['String']['output'];
  /** Type of its weights, as in `q8` (int8); `none` for TOKENIZATION. */
  readonly dtype: Scalars['String']['output'];
  /** Why its last load failed, while it is FAILED. */
  readonly failure?: Maybe<Scalars['String']['output']>;
  /** What the `model` argument takes. */
  readonly id: Scalars['ID']['output'];
  /** Its labels, in the order of its outputs; empty for TOKENIZATION and EMBEDDING. */
  readonly labels: ReadonlyArray<Scalars['String']['output']>;
  /** SPDX identifier of its licence. */
  readonly license?: Maybe<Scalars['String']['output']>;
  /** Longest input in tokens, including special tokens. */
  readonly maxTokens: Scalars['Int']['output'];
  /** Bytes of all files of its weights, or of its other files for TOKENIZATION; null before they are cached. A Float, since weights may have more bytes than an Int can count. */
  readonly sizeBytes?: Maybe<Scalars['Float']['output']>;
  /** Whether it can be used now. */
  readonly state: ModelState;
  /** Its task. */
  readonly task: ModelTask;
  /** Number of tokens in its vocabulary. */
  readonly vocabularySize: Scalars['Int']['output'];
};

/** The progress of loading a model. */
export type ModelProgress = {
  readonly __typename?: 'ModelProgress';
  /** The file that is being fetched; null if none is. */
  readonly file?: Maybe<Scalars['String']['output']>;
  /** Part of the bytes that has been received, 0 to 1. */
  readonly fraction?: Maybe<Scalars['Float']['output']>;
  /** The model, with its current state. */
  readonly model: Model;
  /** Bytes received of all its files. */
  readonly receivedBytes: Scalars['Float']['output'];
  /** Bytes of all its files; null until all of their sizes are known. */
  readonly totalBytes?: Maybe<Scalars['Float']['output']>;
};

/** Whether a model can be used now. */
export type ModelState =
  /** Registered but not loaded; it is loaded on first use. */
  | 'AVAILABLE'
  /** Its load failed; `failure` says why. It is retried after a pause, or with `loadModel`. */
  | 'FAILED'
  /** Being fetched or loaded. */
  | 'LOADING'
  /** Loaded and warm. */
  | 'READY';

/** A task of models. */
export type ModelTask =
  /** Turns texts and words into vectors, which have similar directions if their meanings are similar. */
  | 'EMBEDDING'
  /** Finds named entities in a text. */
  | 'NER'
  /** Scores the sentiment of a text. */
  | 'SENTIMENT'
  /** Splits text into tokens. Every model can do this with its own tokenizer. */
  | 'TOKENIZATION';

/** Starts, feeds and ends analyses, which outlive their request, and loads models. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Appends to the text of an analysis that was started with `open: true`. Appending the same part again changes nothing, so resend it after a lost connection. */
  readonly appendText: Analysis;
  /** Cancels an analysis in any state. Does nothing if it has ended. */
  readonly cancelAnalysis: Analysis;
  /** Closes an open text: the rest is read, and the analysis completes. Calling it again changes nothing. */
  readonly finishText: Analysis;
  /** Fetches and loads a model before it is used, or again if that has failed or its files have changed. Fails with MODEL_UNAVAILABLE and the reason. On a server with authentication it requires a key or token that may load models. */
  readonly loadModel: Model;
  /** Starts the analysis of a text and returns at once. Follow it with `analysisEvents`. */
  readonly startAnalysis: Analysis;
};


/** Starts, feeds and ends analyses, which outlive their request, and loads models. */
export type MutationAppendTextArgs = {
  at: Scalars['Int']['input'];
  id: Scalars['ID']['input'];
  text: Scalars['String']['input'];
};


/** Starts, feeds and ends analyses, which outlive their request, and loads models. */
export type MutationCancelAnalysisArgs = {
  id: Scalars['ID']['input'];
};


/** Starts, feeds and ends analyses, which outlive their request, and loads models. */
export type MutationFinishTextArgs = {
  id: Scalars['ID']['input'];
};


/** Starts, feeds and ends analyses, which outlive their request, and loads models. */
export type MutationLoadModelArgs = {
  id: Scalars['ID']['input'];
  wait?: Scalars['Boolean']['input'];
};


/** Starts, feeds and ends analyses, which outlive their request, and loads models. */
export type MutationStartAnalysisArgs = {
  input: StartAnalysisInput;
};

/** The unit of positions in a text. "Dani" in "Hi 😀 Dani" starts at 6, 5 or 8. */
export type OffsetEncoding =
  /** Unicode code points, as Python counts. */
  | 'CODE_POINT'
  /** Bytes of the text in UTF-8, as Go and Rust count. */
  | 'UTF8_BYTE'
  /** UTF-16 code units, as JavaScript and Java count: `text.slice(start, end)`. */
  | 'UTF16';

/** How to pad a short input. */
export type Padding =
  /** Padded to `maxLength` with `[PAD]`. */
  | 'MAX_LENGTH'
  /** No padding. */
  | 'NONE';

/** The position of a page in its list. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** Cursor of the last edge; send it as `after` for the next page. */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there are items after this page. */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there are items before this page. */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** Cursor of the first edge; null if the page is empty. */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

/** A passage of one to three whole sentences, as many as fit the model’s input. */
export type Passage = {
  readonly __typename?: 'Passage';
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The cosine of its vector and that of the query: -1 to 1. */
  readonly score: Scalars['Float']['output'];
  /** Its sentences. */
  readonly sentences: ReadonlyArray<Sentence>;
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The passage as it is in the text. */
  readonly text: Scalars['String']['output'];
};

/** How much of a document has been read. */
export type Progress = {
  readonly __typename?: 'Progress';
  /** Chunks read. */
  readonly chunksDone: Scalars['Int']['output'];
  /** Number of chunks in total. */
  readonly chunksTotal: Scalars['Int']['output'];
  /** Part of the tokens that have been read, 0 to 1. */
  readonly fraction: Scalars['Float']['output'];
  /** Tokens read. */
  readonly tokensDone: Scalars['Int']['output'];
  /** Number of tokens in total. */
  readonly tokensTotal: Scalars['Int']['output'];
};

/** Questions about texts, answered by BERT models. */
export type Query = {
  readonly __typename?: 'Query';
  /** The analyses that the caller has started, newest first. */
  readonly analyses: AnalysisConnection;
  /** An analysis; null if there is none with that id, it belongs to somebody else, or it is past its retention. */
  readonly analysis?: Maybe<Analysis>;
  /** Decodes token ids to text. */
  readonly detokenize: Scalars['String']['output'];
  /** A text, with all that can be computed of it. */
  readonly document: Document;
  /** Several texts, each with all that can be computed of it. */
  readonly documents: ReadonlyArray<DocumentOutcome>;
  /** The vector of a text. Fails with EMPTY_TEXT if there is nothing to read. */
  readonly embed: Embedding;
  /** The vector of each text of a list, in order. One call with many texts is faster than many calls. */
  readonly embeddings: ReadonlyArray<EmbeddingOutcome>;
  /** The named entities of a text of any length, in the order of the text. If there are none, as in an empty text, the list is empty. */
  readonly entities: ReadonlyArray<Entity>;
  /** All models of this server. The first of each task is its default. A model that is AVAILABLE is fetched and loaded on first use. */
  readonly models: ReadonlyArray<Model>;
  /** The sentiment of a text. White space is normalized first. Fails with EMPTY_TEXT if there is nothing to read. */
  readonly sentiment: SentimentResult;
  /** The sentiment of each text of a list, in order. One call with many texts is faster than many calls. */
  readonly sentiments: ReadonlyArray<SentimentOutcome>;
  /** The version, the limits and the defaults of this server, for clients that adapt to them. */
  readonly server: Server;
  /** How similar two texts are in meaning: the cosine of their vectors, -1 to 1. It is not a probability. */
  readonly similarity: Scalars['Float']['output'];
  /** Splits a text into the tokens that a model reads. */
  readonly tokenize: Tokenization;
  /** One word in many contexts: each occurrence as a whole word in any case, with its vector, and how similar these are. Fails with BAD_ARGUMENT if none of the texts has it. */
  readonly wordSenses: WordSenses;
};


/** Questions about texts, answered by BERT models. */
export type QueryAnalysesArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  state?: InputMaybe<AnalysisState>;
};


/** Questions about texts, answered by BERT models. */
export type QueryAnalysisArgs = {
  id: Scalars['ID']['input'];
};


/** Questions about texts, answered by BERT models. */
export type QueryDetokenizeArgs = {
  ids: ReadonlyArray<Scalars['Int']['input']>;
  model?: InputMaybe<Scalars['ID']['input']>;
  skipSpecialTokens?: Scalars['Boolean']['input'];
};


/** Questions about texts, answered by BERT models. */
export type QueryDocumentArgs = {
  offsetEncoding?: OffsetEncoding;
  text: Scalars['String']['input'];
};


/** Questions about texts, answered by BERT models. */
export type QueryDocumentsArgs = {
  offsetEncoding?: OffsetEncoding;
  texts: ReadonlyArray<Scalars['String']['input']>;
};


/** Questions about texts, answered by BERT models. */
export type QueryEmbedArgs = {
  as?: EmbeddingUse;
  model?: InputMaybe<Scalars['ID']['input']>;
  text: Scalars['String']['input'];
};


/** Questions about texts, answered by BERT models. */
export type QueryEmbeddingsArgs = {
  as?: EmbeddingUse;
  model?: InputMaybe<Scalars['ID']['input']>;
  texts: ReadonlyArray<Scalars['String']['input']>;
};


/** Questions about texts, answered by BERT models. */
export type QueryEntitiesArgs = {
  aggregation?: Aggregation;
  minConfidence?: Scalars['Float']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
  text: Scalars['String']['input'];
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** Questions about texts, answered by BERT models. */
export type QuerySentimentArgs = {
  longText?: LongText;
  model?: InputMaybe<Scalars['ID']['input']>;
  text: Scalars['String']['input'];
};


/** Questions about texts, answered by BERT models. */
export type QuerySentimentsArgs = {
  longText?: LongText;
  model?: InputMaybe<Scalars['ID']['input']>;
  texts: ReadonlyArray<Scalars['String']['input']>;
};


/** Questions about texts, answered by BERT models. */
export type QuerySimilarityArgs = {
  a: Scalars['String']['input'];
  as?: EmbeddingUse;
  b: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** Questions about texts, answered by BERT models. */
export type QueryTokenizeArgs = {
  addSpecialTokens?: Scalars['Boolean']['input'];
  maxLength?: InputMaybe<Scalars['Int']['input']>;
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
  padding?: Padding;
  text: Scalars['String']['input'];
  truncation?: Scalars['Boolean']['input'];
};


/** Questions about texts, answered by BERT models. */
export type QueryWordSensesArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
  texts: ReadonlyArray<Scalars['String']['input']>;
  word: Scalars['String']['input'];
};

/** A sentence of a document. */
export type Sentence = {
  readonly __typename?: 'Sentence';
  /** Its own vector, read without the sentences around it. */
  readonly embedding: Embedding;
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The entities that begin in it, by the default model and strategy. */
  readonly entities: ReadonlyArray<Entity>;
  /** The same for the same text, unit of positions and range: a key for caches. */
  readonly id: Scalars['ID']['output'];
  /** Position among the sentences, from 0. */
  readonly index: Scalars['Int']['output'];
  /** Its own sentiment, read without the sentences around it. */
  readonly sentiment: SentimentResult;
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The sentence as it is in the text, including line ends. */
  readonly text: Scalars['String']['output'];
};


/** A sentence of a document. */
export type SentenceEmbeddingArgs = {
  as?: EmbeddingUse;
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** A sentence of a document. */
export type SentenceSentimentArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
};

/** The result of one text of a list. */
export type SentimentOutcome = SentimentResult | TextProblem;

/** The sentiment of a text. */
export type SentimentResult = {
  readonly __typename?: 'SentimentResult';
  /** The probability of the label, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** The same for the same text, model, revision and `longText`: a key for caches. */
  readonly id: Scalars['ID']['output'];
  /** The most likely label, as in `POSITIVE`. */
  readonly label: Scalars['String']['output'];
  /** The model that scored it. */
  readonly model: Model;
  /** All labels, in the model’s own order. Their probabilities add up to 1, unless the labels are independent. */
  readonly probabilities: ReadonlyArray<LabelProbability>;
  /** False if the model knows no token of the text: all are `[UNK]`, as for emoji alone. The `label` is then meaningless. */
  readonly readable: Scalars['Boolean']['output'];
  /** The text as it was sent. */
  readonly text: Scalars['String']['output'];
  /** How long it took. */
  readonly timing: Timing;
  /** Number of tokens of the text, including special tokens. */
  readonly tokenCount: Scalars['Int']['output'];
  /** Number of tokens that the model read. */
  readonly tokensUsed: Scalars['Int']['output'];
  /** Whether the text was truncated. */
  readonly truncated: Scalars['Boolean']['output'];
};

/** Facts about the server. */
export type Server = {
  readonly __typename?: 'Server';
  /** The defaults of arguments. */
  readonly defaults: ServerDefaults;
  /** The limits of one request. */
  readonly limits: ServerLimits;
  /** Its version, as in `0.2.0`. */
  readonly version: Scalars['String']['output'];
};

/** The defaults of arguments. */
export type ServerDefaults = {
  readonly __typename?: 'ServerDefaults';
  /** How the labels of tokens become entities. */
  readonly aggregation: Aggregation;
  /** How a text is read that is longer than a model’s input. */
  readonly longText: LongText;
  /** The default model of each task. */
  readonly models: ReadonlyArray<Model>;
  /** The unit of positions. */
  readonly offsetEncoding: OffsetEncoding;
};

/** The limits of one request. A request beyond them is refused before any inference. */
export type ServerLimits = {
  readonly __typename?: 'ServerLimits';
  /** The most aliases of an operation. */
  readonly maxAliases: Scalars['Int']['output'];
  /** The most bytes of a request or of a WebSocket message. */
  readonly maxBodyBytes: Scalars['Float']['output'];
  /** The most levels of nested fields. */
  readonly maxDepth: Scalars['Int']['output'];
  /** The most tokens that models read for one operation. */
  readonly maxRequestTokens: Scalars['Float']['output'];
  /** The most bytes of a result. */
  readonly maxResultSize: Scalars['Float']['output'];
  /** The most operations on one WebSocket at a time. */
  readonly maxSubscriptions: Scalars['Int']['output'];
  /** The most UTF-16 code units of one text. */
  readonly maxTextLength: Scalars['Int']['output'];
  /** The most texts of one list. */
  readonly maxTexts: Scalars['Int']['output'];
  /** The most milliseconds that a query or mutation may take. */
  readonly requestTimeoutMs: Scalars['Int']['output'];
};

/** The text and options of an analysis. */
export type StartAnalysisInput = {
  /** How the labels of tokens become entities. */
  readonly aggregation?: Aggregation;
  /** Starting again with the same key returns the same analysis. Without a key, starting again with the same content does, one that failed or was cancelled is started again, and every open text is a new analysis. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Only entities with at least this confidence, 0 to 1. */
  readonly minConfidence?: Scalars['Float']['input'];
  /** At most one NER and one SENTIMENT model, in any order; the first of `models` by default. */
  readonly models?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** The unit of all positions in the events. */
  readonly offsetEncoding?: OffsetEncoding;
  /** Whether more text will be appended, with `appendText` until `finishText`. Its unsettled end is sent as `TailAnalyzed`. */
  readonly open?: Scalars['Boolean']['input'];
  /** Whether the events have the sentiment of each chunk and of the whole text. */
  readonly sentiment?: Scalars['Boolean']['input'];
  /** Any well-formed text; its beginning if it is open. */
  readonly text?: Scalars['String']['input'];
  /** Only these types, as in `["PER", "ORG"]`; all by default. */
  readonly types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** Live results, over WebSocket (graphql-transport-ws) or SSE. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The events of an analysis: first the existing ones, then each new one, up to the last. Any number of subscribers get all of them. If a text is open, subscribers that select `TailAnalyzed` also get its unsettled end. An error ends the stream, not the analysis. */
  readonly analysisEvents: AnalysisEvent;
  /** Reads a text chunk by chunk and sends its entities as they are settled. Together they are exactly those of `entities`. It stops when the subscriber disconnects. */
  readonly analyze: AnalysisEvent;
  /** The progress of loading a model: now, and on each change until it is READY or FAILED. It does not start a load. */
  readonly modelProgress: ModelProgress;
};


/** Live results, over WebSocket (graphql-transport-ws) or SSE. */
export type SubscriptionAnalysisEventsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  id: Scalars['ID']['input'];
};


/** Live results, over WebSocket (graphql-transport-ws) or SSE. */
export type SubscriptionAnalyzeArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  aggregation?: Aggregation;
  minConfidence?: Scalars['Float']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
  text: Scalars['String']['input'];
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** Live results, over WebSocket (graphql-transport-ws) or SSE. */
export type SubscriptionModelProgressArgs = {
  id: Scalars['ID']['input'];
};

/** The unsettled end of an open text, read as if the text ended here. It replaces the previous tail, and the next `ChunkAnalyzed` replaces it; the settled entities and the last tail together are `entities` of the text so far. It is not stored, has no cursor, and is only sent to subscribers that select it. A slow subscriber misses tails, but never a settled event. */
export type TailAnalyzed = {
  readonly __typename?: 'TailAnalyzed';
  /** Where the text ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The entities that more text may still change. */
  readonly entities: ReadonlyArray<Entity>;
  /** Length of the text that was read, in UTF-16 code units, as for `at` of `appendText`. */
  readonly length: Scalars['Int']['output'];
  /** The sentiment of the tail; null if it has nothing to read, or unless `sentiment` was set. */
  readonly sentiment?: Maybe<SentimentResult>;
  /** Where the first unsettled token starts. */
  readonly start: Scalars['Int']['output'];
};

/** A text of a list that could not be processed. The other texts of the list are not affected. */
export type TextProblem = {
  readonly __typename?: 'TextProblem';
  /** What is wrong with it. */
  readonly code: ErrorCode;
  /** Index of the text in the list. */
  readonly index: Scalars['Int']['output'];
  /** What was expected, what was received, and what to do. */
  readonly message: Scalars['String']['output'];
};

/** How long the parts of a computation took. Texts that are sent at the same time share batches: `batchSize` shows it. */
export type Timing = {
  readonly __typename?: 'Timing';
  /** Number of sequences in the batch; the largest of several windows. */
  readonly batchSize: Scalars['Int']['output'];
  /** Whether the result came from the cache. */
  readonly cached: Scalars['Boolean']['output'];
  /** Milliseconds in the engine for the whole batch; the sum of several windows. */
  readonly inferenceMs: Scalars['Float']['output'];
  /** Milliseconds until a worker was free; the longest wait of several windows. */
  readonly queueMs: Scalars['Float']['output'];
  /** Milliseconds to tokenize the text, including work on other texts meanwhile. */
  readonly tokenizeMs: Scalars['Float']['output'];
};

/** A token: a word or a part of one, or a special token. */
export type Token = {
  readonly __typename?: 'Token';
  /** Whether the model attends to it; false for padding. */
  readonly attended: Scalars['Boolean']['output'];
  /** Where it ends, exclusive; null for special tokens. */
  readonly end?: Maybe<Scalars['Int']['output']>;
  /** Its id in the vocabulary. */
  readonly id: Scalars['Int']['output'];
  /** Position in the sequence. */
  readonly index: Scalars['Int']['output'];
  /** Whether it is not part of the text: `[CLS]`, `[SEP]` or `[PAD]`. */
  readonly special: Scalars['Boolean']['output'];
  /** Where it starts in the text; null for special tokens. */
  readonly start?: Maybe<Scalars['Int']['output']>;
  /** The token itself, as in `##ing`; `[UNK]` if the vocabulary has none that fits. */
  readonly text: Scalars['String']['output'];
  /** Index of the word it belongs to; null for special tokens. */
  readonly wordIndex?: Maybe<Scalars['Int']['output']>;
};

/** The input of a model for a text. For long texts, the lists `ids`, `pieces`, `starts` and `ends` are much cheaper than `tokens`. */
export type Tokenization = {
  readonly __typename?: 'Tokenization';
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: ReadonlyArray<Scalars['Int']['output']>;
  /** Where the tokens end, exclusive; null for special tokens. */
  readonly ends: ReadonlyArray<Maybe<Scalars['Int']['output']>>;
  /** The same for the same text, unit of positions, tokenizer and options: a key for caches. */
  readonly id: Scalars['ID']['output'];
  /** The ids of the tokens. */
  readonly ids: ReadonlyArray<Scalars['Int']['output']>;
  /** The model whose tokenizer was used. */
  readonly model: Model;
  /** The tokens themselves, as in `##ing`. */
  readonly pieces: ReadonlyArray<Scalars['String']['output']>;
  /** Where the tokens start in the text; null for special tokens. */
  readonly starts: ReadonlyArray<Maybe<Scalars['Int']['output']>>;
  /** The text as it was sent. */
  readonly text: Scalars['String']['output'];
  /** Number of tokens before truncation and without padding. */
  readonly tokenCount: Scalars['Int']['output'];
  /** The tokens as objects. */
  readonly tokens: ReadonlyArray<Token>;
  /** Whether the text was truncated. */
  readonly truncated: Scalars['Boolean']['output'];
  /** Segment ids: all 0, since there is one text. */
  readonly typeIds: ReadonlyArray<Scalars['Int']['output']>;
};

/** An occurrence of a word in a text. */
export type WordOccurrence = {
  readonly __typename?: 'WordOccurrence';
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The sentence in which it begins. */
  readonly sentence: Scalars['String']['output'];
  /** Where it starts in its text. */
  readonly start: Scalars['Int']['output'];
  /** The word as it is written there. */
  readonly text: Scalars['String']['output'];
  /** Index of the text in the list. */
  readonly textIndex: Scalars['Int']['output'];
  /** The mean of the vectors of its tokens in this context, of length 1. */
  readonly vector: ReadonlyArray<Scalars['Float']['output']>;
};

/** One word in many contexts: its vectors are similar if it means the same. */
export type WordSenses = {
  readonly __typename?: 'WordSenses';
  /** Its occurrences as a whole word in any case, in the order of the texts. */
  readonly occurrences: ReadonlyArray<WordOccurrence>;
  /** The cosines of the vectors of all pairs of occurrences: a symmetric matrix in their order, with 1 on its diagonal. */
  readonly similarities: ReadonlyArray<ReadonlyArray<Scalars['Float']['output']>>;
  /** The word or phrase, as it was sent. */
  readonly word: Scalars['String']['output'];
};

export type AnalysesQueryVariables = Exact<{
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  state?: InputMaybe<AnalysisState>;
}>;


export type AnalysesQuery = { readonly __typename?: 'Query', readonly analyses: { readonly __typename?: 'AnalysisConnection', readonly totalCount: number, readonly edges: ReadonlyArray<{ readonly __typename?: 'AnalysisEdge', readonly cursor: string, readonly node: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly open: boolean, readonly length: number, readonly entityCount: number, readonly createdAt: string, readonly entities: { readonly __typename?: 'EntityConnection', readonly totalCount: number, readonly edges: ReadonlyArray<{ readonly __typename?: 'EntityEdge', readonly node: { readonly __typename?: 'Entity', readonly text: string, readonly type: string, readonly start: number, readonly end: number } }> } } }>, readonly pageInfo: { readonly __typename?: 'PageInfo', readonly hasNextPage: boolean, readonly endCursor?: string | null } } };

export type AnalysisQueryVariables = Exact<{
  id?: Scalars['ID']['input'];
}>;


export type AnalysisQuery = { readonly __typename?: 'Query', readonly analysis?: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly entityCount: number, readonly createdAt: string, readonly startedAt?: string | null, readonly finishedAt?: string | null, readonly code?: ErrorCode | null, readonly message?: string | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } } | null };

export type AnalysisEventsSubscriptionVariables = Exact<{
  id?: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type AnalysisEventsSubscription = { readonly __typename?: 'Subscription', readonly analysisEvents:
    | { readonly __typename: 'AnalysisCompleted', readonly cursor: string, readonly sequence: number, readonly abandoned: boolean, readonly entityCount: number, readonly entityGroups: ReadonlyArray<{ readonly __typename?: 'EntityGroup', readonly text: string, readonly type: string, readonly count: number, readonly confidence: number, readonly mentions: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string }> }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly confidence: number } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'AnalysisFailed', readonly cursor: string, readonly sequence: number, readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ChunkAnalyzed', readonly cursor: string, readonly sequence: number, readonly chunk: { readonly __typename?: 'Chunk', readonly index: number, readonly start: number, readonly end: number, readonly tokenCount: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number, readonly tokens: ReadonlyArray<{ readonly __typename?: 'EntityToken', readonly text: string, readonly piece: string, readonly label: string, readonly confidence: number, readonly start: number, readonly end: number }>, readonly sentence?: { readonly __typename?: 'Sentence', readonly index: number, readonly start: number, readonly end: number } | null }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly confidence: number, readonly tokenCount: number, readonly model: { readonly __typename?: 'Model', readonly id: string } } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'TailAnalyzed', readonly start: number, readonly end: number, readonly length: number, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly confidence: number } | null }
   };

export type AnalyzeSubscriptionVariables = Exact<{
  text?: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  aggregation?: Aggregation;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input']>;
  minConfidence?: Scalars['Float']['input'];
  offsetEncoding?: OffsetEncoding;
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type AnalyzeSubscription = { readonly __typename?: 'Subscription', readonly analyze:
    | { readonly __typename: 'AnalysisCompleted', readonly cursor: string, readonly sequence: number, readonly entityCount: number, readonly entityGroups: ReadonlyArray<{ readonly __typename?: 'EntityGroup', readonly text: string, readonly type: string, readonly count: number, readonly confidence: number }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly confidence: number } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'AnalysisFailed', readonly cursor: string, readonly sequence: number, readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ChunkAnalyzed', readonly cursor: string, readonly sequence: number, readonly chunk: { readonly __typename?: 'Chunk', readonly index: number, readonly start: number, readonly end: number, readonly tokenCount: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number }, readonly timing: { readonly __typename?: 'Timing', readonly queueMs: number, readonly inferenceMs: number, readonly batchSize: number } }
    | { readonly __typename: 'TailAnalyzed' }
   };

export type AppendTextMutationVariables = Exact<{
  input?: StartAnalysisInput;
  id?: Scalars['ID']['input'];
  at?: Scalars['Int']['input'];
  text?: Scalars['String']['input'];
}>;


export type AppendTextMutation = { readonly __typename?: 'Mutation', readonly startAnalysis: { readonly __typename?: 'Analysis', readonly id: string }, readonly appendText: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly open: boolean, readonly length: number } };

export type CancelAnalysisMutationVariables = Exact<{
  id?: Scalars['ID']['input'];
}>;


export type CancelAnalysisMutation = { readonly __typename?: 'Mutation', readonly cancelAnalysis: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly entityCount: number, readonly createdAt: string, readonly startedAt?: string | null, readonly finishedAt?: string | null, readonly code?: ErrorCode | null, readonly message?: string | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } } };

export type DetokenizeQueryVariables = Exact<{
  ids?: ReadonlyArray<Scalars['Int']['input']> | Scalars['Int']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  skipSpecialTokens?: Scalars['Boolean']['input'];
}>;


export type DetokenizeQuery = { readonly __typename?: 'Query', readonly detokenize: string };

export type DocumentQueryVariables = Exact<{
  text?: Scalars['String']['input'];
  offsetEncoding?: OffsetEncoding;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input']>;
  minConfidence?: Scalars['Float']['input'];
}>;


export type DocumentQuery = { readonly __typename?: 'Query', readonly document: { readonly __typename?: 'Document', readonly text: string, readonly tokens: { readonly __typename?: 'Tokenization', readonly tokenCount: number, readonly ids: ReadonlyArray<number> }, readonly sentiment: { readonly __typename?: 'SentimentResult', readonly text: string, readonly label: string, readonly confidence: number, readonly tokenCount: number, readonly tokensUsed: number, readonly truncated: boolean, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }>, readonly model: { readonly __typename?: 'Model', readonly id: string }, readonly timing: { readonly __typename?: 'Timing', readonly tokenizeMs: number, readonly queueMs: number, readonly inferenceMs: number, readonly batchSize: number, readonly cached: boolean } }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly entityGroups: ReadonlyArray<{ readonly __typename?: 'EntityGroup', readonly text: string, readonly type: string, readonly count: number, readonly confidence: number, readonly mentions: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }> }>, readonly sentences: ReadonlyArray<{ readonly __typename?: 'Sentence', readonly index: number, readonly text: string, readonly start: number, readonly end: number, readonly sentiment: { readonly __typename?: 'SentimentResult', readonly label: string, readonly confidence: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly text: string, readonly type: string }> }>, readonly coverage: { readonly __typename?: 'Coverage', readonly tokenCount: number, readonly chunkCount: number, readonly chunkTokens: number, readonly overlapTokens: number } } };

export type DocumentsQueryVariables = Exact<{
  texts?: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
  offsetEncoding?: OffsetEncoding;
}>;


export type DocumentsQuery = { readonly __typename?: 'Query', readonly documents: ReadonlyArray<
    | { readonly __typename: 'Document', readonly text: string, readonly sentiment: { readonly __typename?: 'SentimentResult', readonly label: string, readonly confidence: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }> }
    | { readonly __typename: 'TextProblem', readonly index: number, readonly code: ErrorCode, readonly message: string }
  > };

export type EmbedQueryVariables = Exact<{
  text?: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  as?: EmbeddingUse;
  to?: Scalars['String']['input'];
  compare?: Scalars['Boolean']['input'];
}>;


export type EmbedQuery = { readonly __typename?: 'Query', readonly embed: { readonly __typename?: 'Embedding', readonly id: string, readonly vector: ReadonlyArray<number>, readonly dimensions: number, readonly tokenCount: number, readonly tokensUsed: number, readonly truncated: boolean, readonly similarity?: number, readonly model: { readonly __typename?: 'Model', readonly id: string }, readonly timing: { readonly __typename?: 'Timing', readonly tokenizeMs: number, readonly queueMs: number, readonly inferenceMs: number, readonly batchSize: number, readonly cached: boolean } } };

export type EmbeddingsQueryVariables = Exact<{
  texts?: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  as?: EmbeddingUse;
}>;


export type EmbeddingsQuery = { readonly __typename?: 'Query', readonly embeddings: ReadonlyArray<
    | { readonly __typename: 'Embedding', readonly id: string, readonly vector: ReadonlyArray<number>, readonly dimensions: number, readonly tokenCount: number, readonly tokensUsed: number, readonly truncated: boolean }
    | { readonly __typename: 'TextProblem', readonly index: number, readonly code: ErrorCode, readonly message: string }
  > };

export type EntitiesQueryVariables = Exact<{
  text?: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  aggregation?: Aggregation;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input']>;
  minConfidence?: Scalars['Float']['input'];
  offsetEncoding?: OffsetEncoding;
}>;


export type EntitiesQuery = { readonly __typename?: 'Query', readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number, readonly tokens: ReadonlyArray<{ readonly __typename?: 'EntityToken', readonly text: string, readonly piece: string, readonly label: string, readonly confidence: number, readonly start: number, readonly end: number }>, readonly sentence?: { readonly __typename?: 'Sentence', readonly index: number, readonly text: string } | null }> };

export type FinishTextMutationVariables = Exact<{
  id?: Scalars['ID']['input'];
}>;


export type FinishTextMutation = { readonly __typename?: 'Mutation', readonly finishText: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly open: boolean, readonly length: number } };

export type LoadModelMutationVariables = Exact<{
  id?: Scalars['ID']['input'];
  wait?: Scalars['Boolean']['input'];
}>;


export type LoadModelMutation = { readonly __typename?: 'Mutation', readonly loadModel: { readonly __typename?: 'Model', readonly id: string, readonly state: ModelState, readonly failure?: string | null, readonly dtype: string, readonly sizeBytes?: number | null } };

export type ModelProgressSubscriptionVariables = Exact<{
  id?: Scalars['ID']['input'];
}>;


export type ModelProgressSubscription = { readonly __typename?: 'Subscription', readonly modelProgress: { readonly __typename?: 'ModelProgress', readonly file?: string | null, readonly receivedBytes: number, readonly totalBytes?: number | null, readonly fraction?: number | null, readonly model: { readonly __typename?: 'Model', readonly id: string, readonly state: ModelState, readonly failure?: string | null } } };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { readonly __typename?: 'Query', readonly models: ReadonlyArray<{ readonly __typename?: 'Model', readonly id: string, readonly task: ModelTask, readonly state: ModelState, readonly bundled: boolean, readonly labels: ReadonlyArray<string>, readonly maxTokens: number, readonly vocabularySize: number, readonly device: string, readonly dtype: string, readonly sizeBytes?: number | null, readonly description: string, readonly license?: string | null, readonly failure?: string | null }> };

export type SearchQueryVariables = Exact<{
  text?: Scalars['String']['input'];
  query?: Scalars['String']['input'];
  first?: Scalars['Int']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
}>;


export type SearchQuery = { readonly __typename?: 'Query', readonly document: { readonly __typename?: 'Document', readonly search: ReadonlyArray<{ readonly __typename?: 'Passage', readonly text: string, readonly start: number, readonly end: number, readonly score: number, readonly sentences: ReadonlyArray<{ readonly __typename?: 'Sentence', readonly index: number, readonly text: string }> }> } };

export type SentimentQueryVariables = Exact<{
  text?: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  longText?: LongText;
}>;


export type SentimentQuery = { readonly __typename?: 'Query', readonly sentiment: { readonly __typename?: 'SentimentResult', readonly text: string, readonly label: string, readonly readable: boolean, readonly confidence: number, readonly tokenCount: number, readonly tokensUsed: number, readonly truncated: boolean, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }>, readonly model: { readonly __typename?: 'Model', readonly id: string }, readonly timing: { readonly __typename?: 'Timing', readonly tokenizeMs: number, readonly queueMs: number, readonly inferenceMs: number, readonly batchSize: number, readonly cached: boolean } } };

export type SentimentsQueryVariables = Exact<{
  texts?: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  longText?: LongText;
}>;


export type SentimentsQuery = { readonly __typename?: 'Query', readonly sentiments: ReadonlyArray<
    | { readonly __typename: 'SentimentResult', readonly text: string, readonly label: string, readonly readable: boolean, readonly confidence: number, readonly tokenCount: number, readonly tokensUsed: number, readonly truncated: boolean, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }>, readonly model: { readonly __typename?: 'Model', readonly id: string }, readonly timing: { readonly __typename?: 'Timing', readonly tokenizeMs: number, readonly queueMs: number, readonly inferenceMs: number, readonly batchSize: number, readonly cached: boolean } }
    | { readonly __typename: 'TextProblem', readonly index: number, readonly code: ErrorCode, readonly message: string }
  > };

export type ServerQueryVariables = Exact<{ [key: string]: never; }>;


export type ServerQuery = { readonly __typename?: 'Query', readonly server: { readonly __typename?: 'Server', readonly version: string, readonly limits: { readonly __typename?: 'ServerLimits', readonly maxTextLength: number, readonly maxTexts: number, readonly maxBodyBytes: number, readonly maxRequestTokens: number, readonly maxResultSize: number, readonly maxDepth: number, readonly maxAliases: number, readonly maxSubscriptions: number, readonly requestTimeoutMs: number }, readonly defaults: { readonly __typename?: 'ServerDefaults', readonly aggregation: Aggregation, readonly longText: LongText, readonly offsetEncoding: OffsetEncoding, readonly models: ReadonlyArray<{ readonly __typename?: 'Model', readonly id: string, readonly task: ModelTask }> } } };

export type SimilarityQueryVariables = Exact<{
  a?: Scalars['String']['input'];
  b?: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  as?: EmbeddingUse;
}>;


export type SimilarityQuery = { readonly __typename?: 'Query', readonly similarity: number };

export type StartAnalysisMutationVariables = Exact<{
  input?: StartAnalysisInput;
}>;


export type StartAnalysisMutation = { readonly __typename?: 'Mutation', readonly startAnalysis: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly entityCount: number, readonly createdAt: string, readonly startedAt?: string | null, readonly finishedAt?: string | null, readonly code?: ErrorCode | null, readonly message?: string | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } } };

export type TokenizeQueryVariables = Exact<{
  text?: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  addSpecialTokens?: Scalars['Boolean']['input'];
  maxLength?: InputMaybe<Scalars['Int']['input']>;
  padding?: Padding;
  truncation?: Scalars['Boolean']['input'];
  offsetEncoding?: OffsetEncoding;
}>;


export type TokenizeQuery = { readonly __typename?: 'Query', readonly tokenize: { readonly __typename?: 'Tokenization', readonly text: string, readonly tokenCount: number, readonly truncated: boolean, readonly ids: ReadonlyArray<number>, readonly attentionMask: ReadonlyArray<number>, readonly typeIds: ReadonlyArray<number>, readonly tokens: ReadonlyArray<{ readonly __typename?: 'Token', readonly index: number, readonly id: number, readonly text: string, readonly special: boolean, readonly attended: boolean, readonly start?: number | null, readonly end?: number | null, readonly wordIndex?: number | null }>, readonly model: { readonly __typename?: 'Model', readonly id: string } } };

export type WordSensesQueryVariables = Exact<{
  word?: Scalars['String']['input'];
  texts?: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
}>;


export type WordSensesQuery = { readonly __typename?: 'Query', readonly wordSenses: { readonly __typename?: 'WordSenses', readonly word: string, readonly similarities: ReadonlyArray<ReadonlyArray<number>>, readonly occurrences: ReadonlyArray<{ readonly __typename?: 'WordOccurrence', readonly textIndex: number, readonly text: string, readonly start: number, readonly end: number, readonly sentence: string }> } };

export type SentimentOfSentencesQueryVariables = Exact<{
  text: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
}>;


export type SentimentOfSentencesQuery = { readonly __typename?: 'Query', readonly document: { readonly __typename?: 'Document', readonly sentences: ReadonlyArray<{ readonly __typename?: 'Sentence', readonly sentiment: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } }> } };

export type AppendToReadingMutationVariables = Exact<{
  id: Scalars['ID']['input'];
  at: Scalars['Int']['input'];
  text: Scalars['String']['input'];
}>;


export type AppendToReadingMutation = { readonly __typename?: 'Mutation', readonly appendText: { readonly __typename?: 'Analysis', readonly id: string, readonly length: number } };

export type FinishReadingMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type FinishReadingMutation = { readonly __typename?: 'Mutation', readonly finishText: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState } };

export type FollowAnalysisSubscriptionVariables = Exact<{
  id: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type FollowAnalysisSubscription = { readonly __typename?: 'Subscription', readonly analysisEvents:
    | { readonly __typename: 'AnalysisCompleted', readonly sequence: number, readonly cursor: string, readonly entityCount: number, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly confidence: number, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'AnalysisFailed', readonly sequence: number, readonly cursor: string, readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ChunkAnalyzed', readonly sequence: number, readonly cursor: string, readonly chunk: { readonly __typename?: 'Chunk', readonly index: number, readonly start: number, readonly end: number, readonly tokenCount: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly confidence: number, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'TailAnalyzed', readonly start: number, readonly end: number, readonly length: number, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly confidence: number, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null }
   };

export type ReadTextSubscriptionVariables = Exact<{
  text: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  aggregation?: Aggregation;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input']>;
  minConfidence?: Scalars['Float']['input'];
  offsetEncoding?: OffsetEncoding;
  sentiment?: Scalars['Boolean']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ReadTextSubscription = { readonly __typename?: 'Subscription', readonly analyze:
    | { readonly __typename: 'AnalysisCompleted', readonly sequence: number, readonly cursor: string, readonly entityCount: number, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly confidence: number, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'AnalysisFailed', readonly sequence: number, readonly cursor: string, readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ChunkAnalyzed', readonly sequence: number, readonly cursor: string, readonly chunk: { readonly __typename?: 'Chunk', readonly index: number, readonly start: number, readonly end: number, readonly tokenCount: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly id: string, readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly confidence: number, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly tokensDone: number, readonly tokensTotal: number, readonly fraction: number } }
    | { readonly __typename: 'TailAnalyzed' }
   };

export type StartReadingMutationVariables = Exact<{
  input: StartAnalysisInput;
}>;


export type StartReadingMutation = { readonly __typename?: 'Mutation', readonly startAnalysis: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState, readonly length: number } };

export type StopReadingMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type StopReadingMutation = { readonly __typename?: 'Mutation', readonly cancelAnalysis: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState } };

export type SearchTextQueryVariables = Exact<{
  text: Scalars['String']['input'];
  query: Scalars['String']['input'];
  first?: Scalars['Int']['input'];
}>;


export type SearchTextQuery = { readonly __typename?: 'Query', readonly document: { readonly __typename?: 'Document', readonly search: ReadonlyArray<{ readonly __typename?: 'Passage', readonly start: number, readonly end: number, readonly score: number }> } };

export type SensesQueryVariables = Exact<{
  word: Scalars['String']['input'];
  texts: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
}>;


export type SensesQuery = { readonly __typename?: 'Query', readonly wordSenses: { readonly __typename?: 'WordSenses', readonly word: string, readonly similarities: ReadonlyArray<ReadonlyArray<number>>, readonly occurrences: ReadonlyArray<{ readonly __typename?: 'WordOccurrence', readonly start: number, readonly end: number, readonly textIndex: number }> } };

export type SentenceSentimentsQueryVariables = Exact<{
  texts: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
}>;


export type SentenceSentimentsQuery = { readonly __typename?: 'Query', readonly sentiments: ReadonlyArray<
    | { readonly __typename: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> }
    | { readonly __typename: 'TextProblem', readonly index: number, readonly code: ErrorCode, readonly message: string }
  > };

export type SentencesQueryVariables = Exact<{
  text: Scalars['String']['input'];
}>;


export type SentencesQuery = { readonly __typename?: 'Query', readonly document: { readonly __typename?: 'Document', readonly sentences: ReadonlyArray<{ readonly __typename?: 'Sentence', readonly start: number, readonly end: number }> } };

export type TokensQueryVariables = Exact<{
  text: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
}>;


export type TokensQuery = { readonly __typename?: 'Query', readonly tokenize: { readonly __typename?: 'Tokenization', readonly tokenCount: number, readonly tokens: ReadonlyArray<{ readonly __typename?: 'Token', readonly text: string, readonly id: number, readonly special: boolean, readonly start?: number | null, readonly end?: number | null, readonly wordIndex?: number | null }> } };

export type WholeSentimentQueryVariables = Exact<{
  text: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
}>;


export type WholeSentimentQuery = { readonly __typename?: 'Query', readonly sentiment: { readonly __typename?: 'SentimentResult', readonly label: string, readonly readable: boolean, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const AnalysesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Analyses($first: Int, $after: String, $state: AnalysisState) {
  analyses(first: $first, after: $after, state: $state) {
    totalCount
    edges {
      cursor
      node {
        id
        state
        open
        length
        entityCount
        createdAt
        entities(first: 3) {
          totalCount
          edges {
            node {
              text
              type
              start
              end
            }
          }
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<AnalysesQuery, AnalysesQueryVariables>;
export const AnalysisDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Analysis($id: ID! = "KTXxxEhSuz8xFsdlnBJ9LD") {
  analysis(id: $id) {
    id
    state
    progress {
      chunksDone
      chunksTotal
      tokensDone
      tokensTotal
      fraction
    }
    entityCount
    createdAt
    startedAt
    finishedAt
    code
    message
  }
}
    `) as unknown as TypedDocumentString<AnalysisQuery, AnalysisQueryVariables>;
export const AnalysisEventsDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription AnalysisEvents($id: ID! = "KTXxxEhSuz8xFsdlnBJ9LD", $after: String) {
  analysisEvents(id: $id, after: $after) {
    __typename
    ... on ChunkAnalyzed {
      cursor
      sequence
      chunk {
        index
        start
        end
        tokenCount
      }
      entities {
        id
        text
        type
        confidence
        start
        end
        tokens {
          text
          piece
          label
          confidence
          start
          end
        }
        sentence {
          index
          start
          end
        }
        chunkIndex
      }
      sentiment {
        label
        confidence
        tokenCount
        model {
          id
        }
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on TailAnalyzed {
      start
      end
      entities {
        text
        type
        confidence
        start
        end
      }
      sentiment {
        label
        confidence
      }
      length
    }
    ... on AnalysisCompleted {
      cursor
      sequence
      abandoned
      entityCount
      entityGroups {
        text
        type
        count
        confidence
        mentions {
          id
        }
      }
      sentiment {
        label
        confidence
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on AnalysisFailed {
      cursor
      sequence
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<AnalysisEventsSubscription, AnalysisEventsSubscriptionVariables>;
export const AnalyzeDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription Analyze(
$text: String! = """
To Sherlock Holmes she is always THE woman. I have seldom heard
him mention her under any other name. In his eyes she eclipses
and predominates the whole of her sex. It was not that he felt
any emotion akin to love for Irene Adler. All emotions, and that
one particularly, were abhorrent to his cold, precise but
admirably balanced mind. He was, I take it, the most perfect
reasoning and observing machine that the world has seen, but as a
lover he would have placed himself in a false position. He never
spoke of the softer passions, save with a gibe and a sneer. They
were admirable things for the observer--excellent for drawing the
veil from men's motives and actions. But for the trained reasoner
to admit such intrusions into his own delicate and finely
adjusted temperament was to introduce a distracting factor which
might throw a doubt upon all his mental results. Grit in a
sensitive instrument, or a crack in one of his own high-power
lenses, would not be more disturbing than a strong emotion in a
nature such as his. And yet there was but one woman to him, and
that woman was the late Irene Adler, of dubious and questionable
memory.

I had seen little of Holmes lately. My marriage had drifted us
away from each other. My own complete happiness, and the
home-centred interests which rise up around the man who first
finds himself master of his own establishment, were sufficient to
absorb all my attention, while Holmes, who loathed every form of
society with his whole Bohemian soul, remained in our lodgings in
Baker Street, buried among his old books, and alternating from
week to week between cocaine and ambition, the drowsiness of the
drug, and the fierce energy of his own keen nature. He was still,
as ever, deeply attracted by the study of crime, and occupied his
immense faculties and extraordinary powers of observation in
following out those clues, and clearing up those mysteries which
had been abandoned as hopeless by the official police. From time
to time I heard some vague account of his doings: of his summons
to Odessa in the case of the Trepoff murder, of his clearing up
of the singular tragedy of the Atkinson brothers at Trincomalee,
and finally of the mission which he had accomplished so
delicately and successfully for the reigning family of Holland.
Beyond these signs of his activity, however, which I merely
shared with all the readers of the daily press, I knew little of
my former friend and companion.
"""
$model: ID
$aggregation: Aggregation! = FIRST
$types: [String!]
$minConfidence: Float! = 0
$offsetEncoding: OffsetEncoding! = UTF16
$after: String
) {
  analyze(
    text: $text
    model: $model
    aggregation: $aggregation
    types: $types
    minConfidence: $minConfidence
    offsetEncoding: $offsetEncoding
    after: $after
  ) {
    __typename
    ... on ChunkAnalyzed {
      cursor
      sequence
      chunk {
        index
        start
        end
        tokenCount
      }
      entities {
        id
        text
        type
        confidence
        start
        end
        chunkIndex
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
      timing {
        queueMs
        inferenceMs
        batchSize
      }
    }
    ... on AnalysisCompleted {
      cursor
      sequence
      entityCount
      entityGroups {
        text
        type
        count
        confidence
      }
      sentiment {
        label
        confidence
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on AnalysisFailed {
      cursor
      sequence
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<AnalyzeSubscription, AnalyzeSubscriptionVariables>;
export const AppendTextDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AppendText($input: StartAnalysisInput! = {open: true, idempotencyKey: "growing example"}, $id: ID! = "hVriC0hZmTyG6PjmEUpbyH", $at: Int! = 0, $text: String! = "Angela Merkel met Emmanuel Macron in Paris. Then she flew to ") {
  startAnalysis(input: $input) {
    id
  }
  appendText(id: $id, at: $at, text: $text) {
    id
    state
    open
    length
  }
}
    `) as unknown as TypedDocumentString<AppendTextMutation, AppendTextMutationVariables>;
export const CancelAnalysisDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation CancelAnalysis($id: ID! = "KTXxxEhSuz8xFsdlnBJ9LD") {
  cancelAnalysis(id: $id) {
    id
    state
    progress {
      chunksDone
      chunksTotal
      tokensDone
      tokensTotal
      fraction
    }
    entityCount
    createdAt
    startedAt
    finishedAt
    code
    message
  }
}
    `) as unknown as TypedDocumentString<CancelAnalysisMutation, CancelAnalysisMutationVariables>;
export const DetokenizeDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Detokenize($ids: [Int!]! = [101, 1045, 2293, 3698, 4083, 999, 102], $model: ID, $skipSpecialTokens: Boolean! = true) {
  detokenize(ids: $ids, model: $model, skipSpecialTokens: $skipSpecialTokens)
}
    `) as unknown as TypedDocumentString<DetokenizeQuery, DetokenizeQueryVariables>;
export const DocumentDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Document(
$text: String! = """
Angela Merkel met Emmanuel Macron in Paris. The talks in Paris went very well.
President Macron was delighted.
"""
$offsetEncoding: OffsetEncoding! = UTF16
$types: [String!]
$minConfidence: Float! = 0
) {
  document(text: $text, offsetEncoding: $offsetEncoding) {
    text
    tokens {
      tokenCount
      ids
    }
    sentiment {
      text
      label
      confidence
      probabilities {
        label
        probability
      }
      tokenCount
      tokensUsed
      truncated
      model {
        id
      }
      timing {
        tokenizeMs
        queueMs
        inferenceMs
        batchSize
        cached
      }
    }
    entities(types: $types, minConfidence: $minConfidence) {
      id
      text
      type
      confidence
      start
      end
      chunkIndex
    }
    entityGroups(types: $types, minConfidence: $minConfidence) {
      text
      type
      count
      confidence
      mentions {
        id
        text
        type
        confidence
        start
        end
        chunkIndex
      }
    }
    sentences {
      index
      text
      start
      end
      sentiment {
        label
        confidence
      }
      entities {
        text
        type
      }
    }
    coverage {
      tokenCount
      chunkCount
      chunkTokens
      overlapTokens
    }
  }
}
    `) as unknown as TypedDocumentString<DocumentQuery, DocumentQueryVariables>;
export const DocumentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Documents($texts: [String!]! = ["Ada Lovelace was happy in London.", ""], $offsetEncoding: OffsetEncoding! = UTF16) {
  documents(texts: $texts, offsetEncoding: $offsetEncoding) {
    __typename
    ... on Document {
      text
      sentiment {
        label
        confidence
      }
      entities {
        id
        text
        type
        confidence
        start
        end
        chunkIndex
      }
    }
    ... on TextProblem {
      index
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DocumentsQuery, DocumentsQueryVariables>;
export const EmbedDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Embed($text: String! = "The cat sits outside.", $model: ID, $as: EmbeddingUse! = PASSAGE, $to: String! = "A kitten is in the garden.", $compare: Boolean! = true) {
  embed(text: $text, model: $model, as: $as) {
    id
    vector
    dimensions
    tokenCount
    tokensUsed
    truncated
    similarity(to: $to) @include(if: $compare)
    model {
      id
    }
    timing {
      tokenizeMs
      queueMs
      inferenceMs
      batchSize
      cached
    }
  }
}
    `) as unknown as TypedDocumentString<EmbedQuery, EmbedQueryVariables>;
export const EmbeddingsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Embeddings($texts: [String!]! = ["The cat sits outside.", "A kitten is in the garden.", "The bank raised its rates.", "   "], $model: ID, $as: EmbeddingUse! = PASSAGE) {
  embeddings(texts: $texts, model: $model, as: $as) {
    __typename
    ... on Embedding {
      id
      vector
      dimensions
      tokenCount
      tokensUsed
      truncated
    }
    ... on TextProblem {
      index
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EmbeddingsQuery, EmbeddingsQueryVariables>;
export const EntitiesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Entities(
$text: String! = """
Apple CEO Tim Cook announced new AI features at their headquarters in Cupertino, California.
Microsoft and Google are also investing heavily in artificial intelligence research.
"""
$model: ID
$aggregation: Aggregation! = FIRST
$types: [String!]
$minConfidence: Float! = 0
$offsetEncoding: OffsetEncoding! = UTF16
) {
  entities(
    text: $text
    model: $model
    aggregation: $aggregation
    types: $types
    minConfidence: $minConfidence
    offsetEncoding: $offsetEncoding
  ) {
    id
    text
    type
    confidence
    start
    end
    chunkIndex
    tokens {
      text
      piece
      label
      confidence
      start
      end
    }
    sentence {
      index
      text
    }
  }
}
    `) as unknown as TypedDocumentString<EntitiesQuery, EntitiesQueryVariables>;
export const FinishTextDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation FinishText($id: ID! = "hVriC0hZmTyG6PjmEUpbyH") {
  finishText(id: $id) {
    id
    state
    open
    length
  }
}
    `) as unknown as TypedDocumentString<FinishTextMutation, FinishTextMutationVariables>;
export const LoadModelDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation LoadModel($id: ID! = "bertql/conll-ner-minilm", $wait: Boolean! = true) {
  loadModel(id: $id, wait: $wait) {
    id
    state
    failure
    dtype
    sizeBytes
  }
}
    `) as unknown as TypedDocumentString<LoadModelMutation, LoadModelMutationVariables>;
export const ModelProgressDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ModelProgress($id: ID! = "bertql/conll-ner-minilm") {
  modelProgress(id: $id) {
    model {
      id
      state
      failure
    }
    file
    receivedBytes
    totalBytes
    fraction
  }
}
    `) as unknown as TypedDocumentString<ModelProgressSubscription, ModelProgressSubscriptionVariables>;
export const ModelsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Models {
  models {
    id
    task
    state
    bundled
    labels
    maxTokens
    vocabularySize
    device
    dtype
    sizeBytes
    description
    license
    failure
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const SearchDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Search(
$text: String! = """
Sherlock Holmes lives in Baker Street. He plays the violin at night, and keeps his tobacco in a slipper.
Doctor Watson was wounded in Afghanistan. He married in the spring, and has a practice in Paddington.
The King of Bohemia came in a mask. He wants a photograph back before his wedding.
"""
$query: String! = "Which instrument does the detective play?"
$first: Int! = 3
$model: ID
$offsetEncoding: OffsetEncoding! = UTF16
) {
  document(text: $text, offsetEncoding: $offsetEncoding) {
    search(query: $query, first: $first, model: $model) {
      text
      start
      end
      score
      sentences {
        index
        text
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SearchQuery, SearchQueryVariables>;
export const SentimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Sentiment($text: String! = "I absolutely love this product! Would buy again.", $model: ID, $longText: LongText! = WINDOWS) {
  sentiment(text: $text, model: $model, longText: $longText) {
    text
    label
    readable
    confidence
    probabilities {
      label
      probability
    }
    tokenCount
    tokensUsed
    truncated
    model {
      id
    }
    timing {
      tokenizeMs
      queueMs
      inferenceMs
      batchSize
      cached
    }
  }
}
    `) as unknown as TypedDocumentString<SentimentQuery, SentimentQueryVariables>;
export const SentimentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Sentiments($texts: [String!]! = ["This product completely transformed my workflow!", "Terrible experience, would not recommend.", "It's decent for the price, but nothing special.", "   "], $model: ID, $longText: LongText! = WINDOWS) {
  sentiments(texts: $texts, model: $model, longText: $longText) {
    __typename
    ... on SentimentResult {
      text
      label
      readable
      confidence
      probabilities {
        label
        probability
      }
      tokenCount
      tokensUsed
      truncated
      model {
        id
      }
      timing {
        tokenizeMs
        queueMs
        inferenceMs
        batchSize
        cached
      }
    }
    ... on TextProblem {
      index
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SentimentsQuery, SentimentsQueryVariables>;
export const ServerDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Server {
  server {
    version
    limits {
      maxTextLength
      maxTexts
      maxBodyBytes
      maxRequestTokens
      maxResultSize
      maxDepth
      maxAliases
      maxSubscriptions
      requestTimeoutMs
    }
    defaults {
      models {
        id
        task
      }
      aggregation
      longText
      offsetEncoding
    }
  }
}
    `) as unknown as TypedDocumentString<ServerQuery, ServerQueryVariables>;
export const SimilarityDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Similarity($a: String! = "How do I reset my password?", $b: String! = "I cannot log in any more.", $model: ID, $as: EmbeddingUse! = PASSAGE) {
  similarity(a: $a, b: $b, model: $model, as: $as)
}
    `) as unknown as TypedDocumentString<SimilarityQuery, SimilarityQueryVariables>;
export const StartAnalysisDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StartAnalysis($input: StartAnalysisInput! = {text: "Irene Adler left London for Trieste. Sherlock Holmes stayed in Baker Street. Doctor Watson read of it in The Times.", sentiment: true, idempotencyKey: "example"}) {
  startAnalysis(input: $input) {
    id
    state
    progress {
      chunksDone
      chunksTotal
      tokensDone
      tokensTotal
      fraction
    }
    entityCount
    createdAt
    startedAt
    finishedAt
    code
    message
  }
}
    `) as unknown as TypedDocumentString<StartAnalysisMutation, StartAnalysisMutationVariables>;
export const TokenizeDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Tokenize($text: String! = "I love machine learning!", $model: ID, $addSpecialTokens: Boolean! = true, $maxLength: Int, $padding: Padding! = NONE, $truncation: Boolean! = false, $offsetEncoding: OffsetEncoding! = UTF16) {
  tokenize(
    text: $text
    model: $model
    addSpecialTokens: $addSpecialTokens
    maxLength: $maxLength
    padding: $padding
    truncation: $truncation
    offsetEncoding: $offsetEncoding
  ) {
    text
    tokenCount
    truncated
    ids
    attentionMask
    typeIds
    tokens {
      index
      id
      text
      special
      attended
      start
      end
      wordIndex
    }
    model {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<TokenizeQuery, TokenizeQueryVariables>;
export const WordSensesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query WordSenses($word: String! = "bank", $texts: [String!]! = ["He sat on the river bank and watched the water.", "She opened a bank account in the city.", "The grassy bank of the stream was steep.", "The bank refused the loan.", "The patient was taken to the hospital.", "Be patient, the doctor will see you soon.", "The nurse asked the patient how he felt."], $model: ID, $offsetEncoding: OffsetEncoding! = UTF16) {
  wordSenses(
    word: $word
    texts: $texts
    model: $model
    offsetEncoding: $offsetEncoding
  ) {
    word
    similarities
    occurrences {
      textIndex
      text
      start
      end
      sentence
    }
  }
}
    `) as unknown as TypedDocumentString<WordSensesQuery, WordSensesQueryVariables>;
export const SentimentOfSentencesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SentimentOfSentences($text: String!, $model: ID) {
  document(text: $text) {
    sentences {
      sentiment(model: $model) {
        label
        readable
        probabilities {
          label
          probability
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SentimentOfSentencesQuery, SentimentOfSentencesQueryVariables>;
export const AppendToReadingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation AppendToReading($id: ID!, $at: Int!, $text: String!) {
  appendText(id: $id, at: $at, text: $text) {
    id
    length
  }
}
    `) as unknown as TypedDocumentString<AppendToReadingMutation, AppendToReadingMutationVariables>;
export const FinishReadingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation FinishReading($id: ID!) {
  finishText(id: $id) {
    id
    state
  }
}
    `) as unknown as TypedDocumentString<FinishReadingMutation, FinishReadingMutationVariables>;
export const FollowAnalysisDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription FollowAnalysis($id: ID!, $after: String) {
  analysisEvents(id: $id, after: $after) {
    __typename
    ... on ChunkAnalyzed {
      sequence
      cursor
      chunk {
        index
        start
        end
        tokenCount
      }
      entities {
        id
        text
        type
        confidence
        start
        end
        chunkIndex
      }
      sentiment {
        label
        readable
        confidence
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on TailAnalyzed {
      start
      end
      length
      entities {
        id
        text
        type
        confidence
        start
        end
        chunkIndex
      }
      sentiment {
        label
        readable
        confidence
        probabilities {
          label
          probability
        }
      }
    }
    ... on AnalysisCompleted {
      sequence
      cursor
      entityCount
      sentiment {
        label
        readable
        confidence
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on AnalysisFailed {
      sequence
      cursor
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<FollowAnalysisSubscription, FollowAnalysisSubscriptionVariables>;
export const ReadTextDocument = /*#__PURE__*/ new TypedDocumentString(`
    subscription ReadText($text: String!, $model: ID, $aggregation: Aggregation! = FIRST, $types: [String!], $minConfidence: Float! = 0, $offsetEncoding: OffsetEncoding! = UTF16, $sentiment: Boolean! = false, $after: String) {
  analyze(
    text: $text
    model: $model
    aggregation: $aggregation
    types: $types
    minConfidence: $minConfidence
    offsetEncoding: $offsetEncoding
    after: $after
  ) {
    __typename
    ... on ChunkAnalyzed {
      sequence
      cursor
      chunk {
        index
        start
        end
        tokenCount
      }
      entities {
        id
        text
        type
        confidence
        start
        end
        chunkIndex
      }
      sentiment @include(if: $sentiment) {
        label
        readable
        confidence
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on AnalysisCompleted {
      sequence
      cursor
      entityCount
      sentiment {
        label
        readable
        confidence
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        tokensDone
        tokensTotal
        fraction
      }
    }
    ... on AnalysisFailed {
      sequence
      cursor
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReadTextSubscription, ReadTextSubscriptionVariables>;
export const StartReadingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StartReading($input: StartAnalysisInput!) {
  startAnalysis(input: $input) {
    id
    state
    length
  }
}
    `) as unknown as TypedDocumentString<StartReadingMutation, StartReadingMutationVariables>;
export const StopReadingDocument = /*#__PURE__*/ new TypedDocumentString(`
    mutation StopReading($id: ID!) {
  cancelAnalysis(id: $id) {
    id
    state
  }
}
    `) as unknown as TypedDocumentString<StopReadingMutation, StopReadingMutationVariables>;
export const SearchTextDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SearchText($text: String!, $query: String!, $first: Int! = 8) {
  document(text: $text) {
    search(query: $query, first: $first) {
      start
      end
      score
    }
  }
}
    `) as unknown as TypedDocumentString<SearchTextQuery, SearchTextQueryVariables>;
export const SensesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Senses($word: String!, $texts: [String!]!) {
  wordSenses(word: $word, texts: $texts) {
    word
    occurrences {
      start
      end
      textIndex
    }
    similarities
  }
}
    `) as unknown as TypedDocumentString<SensesQuery, SensesQueryVariables>;
export const SentenceSentimentsDocument = /*#__PURE__*/ new TypedDocumentString(`
    query SentenceSentiments($texts: [String!]!, $model: ID) {
  sentiments(texts: $texts, model: $model) {
    __typename
    ... on SentimentResult {
      label
      readable
      probabilities {
        label
        probability
      }
    }
    ... on TextProblem {
      index
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SentenceSentimentsQuery, SentenceSentimentsQueryVariables>;
export const SentencesDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Sentences($text: String!) {
  document(text: $text) {
    sentences {
      start
      end
    }
  }
}
    `) as unknown as TypedDocumentString<SentencesQuery, SentencesQueryVariables>;
export const TokensDocument = /*#__PURE__*/ new TypedDocumentString(`
    query Tokens($text: String!, $model: ID) {
  tokenize(text: $text, model: $model) {
    tokenCount
    tokens {
      text
      id
      special
      start
      end
      wordIndex
    }
  }
}
    `) as unknown as TypedDocumentString<TokensQuery, TokensQueryVariables>;
export const WholeSentimentDocument = /*#__PURE__*/ new TypedDocumentString(`
    query WholeSentiment($text: String!, $model: ID) {
  sentiment(text: $text, model: $model) {
    label
    readable
    probabilities {
      label
      probability
    }
  }
}
    `) as unknown as TypedDocumentString<WholeSentimentQuery, WholeSentimentQueryVariables>;