/* eslint-disable */
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
  /** A point in time as in ISO 8601, in UTC: `2026-11-25T16:50:27.123Z`. */
  DateTime: { input: string; output: string; }
};

/** How the labels of pieces become entities, as in the token-classification pipeline of the Python package transformers. */
export type Aggregation =
  /** A word has the label of its pieces’ mean probabilities. */
  | 'AVERAGE'
  /** A word has the label of its first piece; neighbouring words of one type make an entity. */
  | 'FIRST'
  /** A word has the label of its most certain piece. */
  | 'MAX'
  /** Each labelled piece is an entity of its own; its type is the raw label, as in `B-PER`. */
  | 'NONE'
  /** Neighbouring pieces of one type make an entity. A word may be split. */
  | 'SIMPLE';

/** The analysis of a text as a job. It goes on whether anybody watches or not. */
export type Analysis = {
  readonly __typename?: 'Analysis';
  /** Why it ended, unless it completed. */
  readonly code?: Maybe<ErrorCode>;
  /** When it was started. */
  readonly createdAt: Scalars['DateTime']['output'];
  /** Entities found so far. */
  readonly entityCount: Scalars['Int']['output'];
  /** When it ended. */
  readonly finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What `analysis`, `analysisEvents` and `cancelAnalysis` take. */
  readonly id: Scalars['ID']['output'];
  /** The same in words. */
  readonly message?: Maybe<Scalars['String']['output']>;
  /** How far it is; all zero until its first event. */
  readonly progress: Progress;
  /** When a worker first took it. */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Where it is in its life. */
  readonly state: AnalysisState;
};

/** The whole text was read. It is the last event. */
export type AnalysisCompleted = AnalysisStep & {
  readonly __typename?: 'AnalysisCompleted';
  /** Give it back as `after` to resume after this event; after a failure, to resume where it stopped. */
  readonly cursor: Scalars['String']['output'];
  /** Entities of all events together. */
  readonly entityCount: Scalars['Int']['output'];
  /** The entities of all events by name, the most mentioned first. */
  readonly entityGroups: ReadonlyArray<EntityGroup>;
  /** All of it. */
  readonly progress: Progress;
  /** The sentiment of the whole text as under WINDOWS; null where it has nothing to read. As for a chunk, it is computed only when it is asked for. */
  readonly sentiment?: Maybe<SentimentResult>;
  /** Number of the event: 0, 1, 2 … without a gap. */
  readonly sequence: Scalars['Int']['output'];
};

/** What happens while a text is read. */
export type AnalysisEvent = AnalysisCompleted | AnalysisFailed | ChunkAnalyzed;

/** The reading stopped. It is the last event; what came before it stands. */
export type AnalysisFailed = AnalysisStep & {
  readonly __typename?: 'AnalysisFailed';
  /** Why it stopped. */
  readonly code: ErrorCode;
  /** Give it back as `after` to resume after this event; after a failure, to resume where it stopped. */
  readonly cursor: Scalars['String']['output'];
  /** What happened and what to do. */
  readonly message: Scalars['String']['output'];
  /** Number of the event: 0, 1, 2 … without a gap. */
  readonly sequence: Scalars['Int']['output'];
};

/** Where an analysis is in its life. */
export type AnalysisState =
  /** Was cancelled. Its events stand. */
  | 'CANCELLED'
  /** All of the text was read. */
  | 'COMPLETED'
  /** Ended early; `code` and `message` tell why. Its events stand. */
  | 'FAILED'
  /** Waits for a worker. */
  | 'QUEUED'
  /** Is being read, or waits to be taken over from a worker that died. */
  | 'RUNNING';

/** An event that is kept, so that a stream can resume after it. */
export type AnalysisStep = {
  /** Give it back as `after` to resume after this event; after a failure, to resume where it stopped. */
  readonly cursor: Scalars['String']['output'];
  /** Number of the event: 0, 1, 2 … without a gap. */
  readonly sequence: Scalars['Int']['output'];
};

/** A stretch of whole sentences that is read at once, with context around it. */
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
  /** Give it back as `after` to resume after this event; after a failure, to resume where it stopped. */
  readonly cursor: Scalars['String']['output'];
  /** The entities that are settled now: no later chunk can change them. One that touches the end of the chunk comes with the next. */
  readonly entities: ReadonlyArray<Entity>;
  /** How far the reading is. */
  readonly progress: Progress;
  /** The sentiment of the chunk; null where it has nothing to read. Under `analyze` it is computed only when it is selected, by the default model; under `startAnalysis` it is null unless `sentiment` was asked for. */
  readonly sentiment?: Maybe<SentimentResult>;
  /** Number of the event: 0, 1, 2 … without a gap. */
  readonly sequence: Scalars['Int']['output'];
  /** Where the time of the chunk went; `tokenizeMs` is that of the whole text. */
  readonly timing: Timing;
};

/** How a document is read: nothing of it is left out. */
export type Coverage = {
  readonly __typename?: 'Coverage';
  /** Chunks it is read in. */
  readonly chunkCount: Scalars['Int']['output'];
  /** Most tokens of a chunk, its context and special tokens included. */
  readonly chunkTokens: Scalars['Int']['output'];
  /** Most tokens of context on each side of a chunk. */
  readonly overlapTokens: Scalars['Int']['output'];
  /** Tokens of the text, without special tokens. */
  readonly tokenCount: Scalars['Int']['output'];
};

/** A text of any length. Whatever is asked of it, it is tokenized once a vocabulary. */
export type Document = {
  readonly __typename?: 'Document';
  /** How it is read for entities. */
  readonly coverage: Coverage;
  /** Its named entities in the order of the text. */
  readonly entities: ReadonlyArray<Entity>;
  /** Its named entities by name, the most mentioned first. */
  readonly entityGroups: ReadonlyArray<EntityGroup>;
  /** Its sentences. Together they hold everything that can be seen. */
  readonly sentences: ReadonlyArray<Sentence>;
  /** Its sentiment. Fails with EMPTY_TEXT where there is nothing to read. */
  readonly sentiment: SentimentResult;
  /** The text as it was sent. */
  readonly text: Scalars['String']['output'];
  /** Its tokens, with special tokens, neither padded nor cut. */
  readonly tokens: Tokenization;
};


/** A text of any length. Whatever is asked of it, it is tokenized once a vocabulary. */
export type DocumentCoverageArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** A text of any length. Whatever is asked of it, it is tokenized once a vocabulary. */
export type DocumentEntitiesArgs = {
  aggregation?: Aggregation;
  minConfidence?: Scalars['Float']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A text of any length. Whatever is asked of it, it is tokenized once a vocabulary. */
export type DocumentEntityGroupsArgs = {
  aggregation?: Aggregation;
  minConfidence?: Scalars['Float']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** A text of any length. Whatever is asked of it, it is tokenized once a vocabulary. */
export type DocumentSentimentArgs = {
  longText?: LongText;
  model?: InputMaybe<Scalars['ID']['input']>;
};


/** A text of any length. Whatever is asked of it, it is tokenized once a vocabulary. */
export type DocumentTokensArgs = {
  model?: InputMaybe<Scalars['ID']['input']>;
};

/** One document of a list. */
export type DocumentOutcome = Document | TextProblem;

/** A named entity: a stretch of the text that names a person, an organization, a place or the like. */
export type Entity = {
  readonly __typename?: 'Entity';
  /** The chunk of the document in which it begins. */
  readonly chunkIndex: Scalars['Int']['output'];
  /** How sure the model is, 0 to 1: the mean over its words. */
  readonly confidence: Scalars['Float']['output'];
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The same in every run, query and stream for the same text, model, strategy, range and type. */
  readonly id: Scalars['ID']['output'];
  /** The sentence in which it begins. */
  readonly sentence?: Maybe<Sentence>;
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The stretch of the text, exactly as it stands there. */
  readonly text: Scalars['String']['output'];
  /** Its pieces with their own labels. */
  readonly tokens: ReadonlyArray<EntityToken>;
  /** Its type, as in `PER`; under NONE the raw label, as in `B-PER`. */
  readonly type: Scalars['String']['output'];
};

/** All mentions of one name: same type, same text but for case and white space. */
export type EntityGroup = {
  readonly __typename?: 'EntityGroup';
  /** Mean over the mentions, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** Number of mentions. */
  readonly count: Scalars['Int']['output'];
  /** The mentions in the order of the text. */
  readonly mentions: ReadonlyArray<Entity>;
  /** The name as it is written most often. */
  readonly text: Scalars['String']['output'];
  /** Its type. */
  readonly type: Scalars['String']['output'];
};

/** A piece of an entity with the label that the model gave it: why the entity is what it is. */
export type EntityToken = {
  readonly __typename?: 'EntityToken';
  /** How likely that label is, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The piece’s own label, as in `B-PER`. */
  readonly label: Scalars['String']['output'];
  /** The piece of the vocabulary, as in `##ing`. */
  readonly piece: Scalars['String']['output'];
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The stretch of the text. */
  readonly text: Scalars['String']['output'];
};

/** What went wrong, in `extensions.code` of an error or in the `code` of a problem. */
export type ErrorCode =
  /** No analysis of that id is known, or it is past its retention. Start the analysis again. */
  | 'ANALYSIS_NOT_FOUND'
  /** An argument has a value that makes no sense. The message names it, what was expected and what came. Correct the argument. */
  | 'BAD_ARGUMENT'
  /** The work was given up before it was done, because nobody waits for it any more or it was cancelled. Send the request again if the result is still wanted. */
  | 'CANCELLED'
  /** The events after that cursor are no longer kept. Read the analysis from its start. */
  | 'CURSOR_EXPIRED'
  /** The text holds nothing that the model can read: it is empty, blank, or made of control characters only. Send a text with at least one visible character. */
  | 'EMPTY_TEXT'
  /** The server takes no such request: from that web page, without the header that browsers cannot send by accident, or with an operation that is not on its list. Read the message: it names the header, the origin or the list that is missing. */
  | 'FORBIDDEN'
  /** Something broke that is not the fault of the request. The details are in the log of the server only. Try again; if it stays, report it with `extensions.requestId`. */
  | 'INTERNAL'
  /** The text is not well-formed Unicode: it holds a surrogate without its partner. Do not cut strings inside a character. `String.prototype.toWellFormed` mends such a text. */
  | 'INVALID_TEXT'
  /** The model is registered but cannot be used now: its load failed, there is no room for it, or it is still loading where the server does not let requests wait. The message gives the reason. Look at its `state` and `failure` in `models`; try again once it is READY, or after `extensions.retryAfterMs` milliseconds. */
  | 'MODEL_UNAVAILABLE'
  /** The queue is full. Nothing of the request was run. Try again after `extensions.retryAfterMs` milliseconds. */
  | 'OVERLOADED'
  /** No operation with that hash is on the list of the server. Add the operation to the list, or send one that is on it. */
  | 'PERSISTED_QUERY_NOT_FOUND'
  /** The request brings the hash of an operation without its text, and the server keeps no operations that clients send. Send the operation itself; the clients of Apollo and urql do so by themselves. */
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  /** The operation asks for more work than one request may: too many tokens of text, or a document that is too long, too deep or has too many aliases or directives. Nothing was run. The message gives the limit and the size. Ask for less in one request, or raise the limit of the server. */
  | 'QUERY_TOO_COSTLY'
  /** This client has too much under way, or has spent its budget of the minute. Nothing of the request was run. Try again after `extensions.retryAfterMs` milliseconds. */
  | 'RATE_LIMITED'
  /** The body of the request has more bytes than the server reads. A WebSocket message of that size closes its socket with 1009. Send less at once, or raise the limit of the server. */
  | 'REQUEST_TOO_LARGE'
  /** The server is stopping and takes no new work. Try again in a moment; a stream goes on with `after` and its last cursor. */
  | 'SHUTTING_DOWN'
  /** The store of analyses, which all machines share, cannot be reached now. Analyses go on once it is back. Try again after `extensions.retryAfterMs` milliseconds; a stream with `after` and its last cursor. */
  | 'STORE_UNAVAILABLE'
  /** The text of that analysis is finished, so nothing can be appended to it. Start another analysis with `open: true`. */
  | 'TEXT_CLOSED'
  /** The text has more characters than the server accepts. The message gives the limit and the size. Split the text, or raise the limit of the server. */
  | 'TEXT_TOO_LONG'
  /** The request took longer than its deadline. Ask for less in one request, or stream a long text with `analyze`. */
  | 'TIMEOUT'
  /** The list has more texts than one call may bring. Send the texts in several calls. */
  | 'TOO_MANY_TEXTS'
  /** The server wants a key or token, and none or a wrong one came. Send `Authorization: Bearer …`, or the same in the `connectionParams` of a WebSocket. */
  | 'UNAUTHENTICATED'
  /** No model of that id is registered. Ask `models` for the ids that there are. */
  | 'UNKNOWN_MODEL';

/** How likely a label is. */
export type LabelProbability = {
  readonly __typename?: 'LabelProbability';
  /** The label. */
  readonly label: Scalars['String']['output'];
  /** 0 to 1. */
  readonly probability: Scalars['Float']['output'];
};

/** What is done with a text that is longer than the model can read at once. */
export type LongText =
  /** Only the beginning is read; `truncated` and `tokensUsed` tell how much. */
  | 'TRUNCATE'
  /** All of it is read, in windows of whole sentences. The result is the geometric mean of the windows’ probabilities, weighted by their tokens and scaled to add up to 1 (with labels that do not exclude each other, of yes and no for each). */
  | 'WINDOWS';

/** A model, or a vocabulary alone. */
export type Model = {
  readonly __typename?: 'Model';
  /** Comes with the server, so that no download is needed. */
  readonly bundled: Scalars['Boolean']['output'];
  /** What it is, and how good. */
  readonly description: Scalars['String']['output'];
  /** Where it runs, as in `cpu`. */
  readonly device: Scalars['String']['output'];
  /** Type of its weights, as in `q8` (int8); `none` for a vocabulary alone. */
  readonly dtype: Scalars['String']['output'];
  /** Why its last load failed, while it is FAILED. */
  readonly failure?: Maybe<Scalars['String']['output']>;
  /** What the `model` argument takes. */
  readonly id: Scalars['ID']['output'];
  /** Its labels, in the order of its outputs; empty for a vocabulary alone. */
  readonly labels: ReadonlyArray<Scalars['String']['output']>;
  /** SPDX identifier of its licence. */
  readonly license?: Maybe<Scalars['String']['output']>;
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: Scalars['Int']['output'];
  /** Size of its file in bytes; null before it is here, and where it is beyond the range of Int. */
  readonly sizeBytes?: Maybe<Scalars['Int']['output']>;
  /** Whether it can be used now. */
  readonly state: ModelState;
  /** What it does. */
  readonly task: ModelTask;
  /** Pieces in its vocabulary. */
  readonly vocabularySize: Scalars['Int']['output'];
};

/** How far a model is on its way to READY. */
export type ModelProgress = {
  readonly __typename?: 'ModelProgress';
  /** The file that is fetched now; null where none is. */
  readonly file?: Maybe<Scalars['String']['output']>;
  /** Share that is here, 0 to 1. */
  readonly fraction?: Maybe<Scalars['Float']['output']>;
  /** The model, with its state now. */
  readonly model: Model;
  /** Bytes of its files that are here. */
  readonly receivedBytes: Scalars['Float']['output'];
  /** Bytes of all its files; null while not all of their sizes are known. */
  readonly totalBytes?: Maybe<Scalars['Float']['output']>;
};

/** Whether a model can be used now. */
export type ModelState =
  /** Known, not loaded. It is when it is used. */
  | 'AVAILABLE'
  /** Its load failed; `failure` says why. It is tried again after a pause, or by `loadModel`. */
  | 'FAILED'
  /** Being fetched or loaded. */
  | 'LOADING'
  /** Loaded and warm. */
  | 'READY';

/** What a model does. */
export type ModelTask =
  /** Makes vectors of texts, of which similar ones point in similar directions. */
  | 'EMBEDDING'
  /** Finds named entities in a text. */
  | 'NER'
  /** Scores the sentiment of a text. */
  | 'SENTIMENT'
  /** Splits text into the pieces of a vocabulary. Every model can do this with its own vocabulary. */
  | 'TOKENIZATION';

/** What changes something: analyses that outlive their request. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Ends an analysis at any point of its life. One that has ended stays as it is. */
  readonly cancelAnalysis: Analysis;
  /** Fetches and loads a model before it is used, or again where that has failed or its files have changed. Fails with MODEL_UNAVAILABLE and the reason. */
  readonly loadModel: Model;
  /** Starts the analysis of a text and returns at once. Follow it with `analysisEvents`. */
  readonly startAnalysis: Analysis;
};


/** What changes something: analyses that outlive their request. */
export type MutationCancelAnalysisArgs = {
  id: Scalars['ID']['input'];
};


/** What changes something: analyses that outlive their request. */
export type MutationLoadModelArgs = {
  id: Scalars['ID']['input'];
  wait?: Scalars['Boolean']['input'];
};


/** What changes something: analyses that outlive their request. */
export type MutationStartAnalysisArgs = {
  input: StartAnalysisInput;
};

/** The unit in which positions in a text are counted. "Dani" in "Hi 😀 Dani" starts at 6, 5 or 8. */
export type OffsetEncoding =
  /** Unicode code points, as Python counts. */
  | 'CODE_POINT'
  /** Bytes of the text in UTF-8, as Go and Rust count. */
  | 'UTF8_BYTE'
  /** UTF-16 code units, as JavaScript and Java count: `text.slice(start, end)`. */
  | 'UTF16';

/** Whether a short input is filled up. */
export type Padding =
  /** Filled up to `maxLength` with `[PAD]`. */
  | 'MAX_LENGTH'
  /** No padding. */
  | 'NONE';

/** How far the reading of a document is. */
export type Progress = {
  readonly __typename?: 'Progress';
  /** Chunks read. */
  readonly chunksDone: Scalars['Int']['output'];
  /** Chunks in all. */
  readonly chunksTotal: Scalars['Int']['output'];
  /** Share of the tokens that are read, 0 to 1. */
  readonly fraction: Scalars['Float']['output'];
  /** Tokens read. */
  readonly tokensDone: Scalars['Int']['output'];
  /** Tokens in all. */
  readonly tokensTotal: Scalars['Int']['output'];
};

/** Questions about texts, answered by BERT models. */
export type Query = {
  readonly __typename?: 'Query';
  /** What is known of an analysis; null where there is none of that id, or it is past its retention. */
  readonly analysis?: Maybe<Analysis>;
  /** The text that token ids stand for. */
  readonly detokenize: Scalars['String']['output'];
  /** A text with everything that can be asked of it. */
  readonly document: Document;
  /** Several texts, each with everything that can be asked of it. */
  readonly documents: ReadonlyArray<DocumentOutcome>;
  /** The named entities of a text of any length, in its order. A text without any, the empty one included, gives an empty list. */
  readonly entities: ReadonlyArray<Entity>;
  /** All models that this server knows. The first of a task is its default. A model that is AVAILABLE is fetched and loaded when it is first used. */
  readonly models: ReadonlyArray<Model>;
  /** The sentiment of a text. White space is normalized first. Fails with EMPTY_TEXT where there is nothing to read. */
  readonly sentiment: SentimentResult;
  /** The sentiment of each text of a list, in its order. One call with many texts is faster than many calls. */
  readonly sentiments: ReadonlyArray<SentimentOutcome>;
  /** Splits a text into the tokens of a vocabulary. */
  readonly tokenize: Tokenization;
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
export type QueryTokenizeArgs = {
  addSpecialTokens?: Scalars['Boolean']['input'];
  maxLength?: InputMaybe<Scalars['Int']['input']>;
  model?: InputMaybe<Scalars['ID']['input']>;
  offsetEncoding?: OffsetEncoding;
  padding?: Padding;
  text: Scalars['String']['input'];
  truncation?: Scalars['Boolean']['input'];
};

/** A sentence of a document. */
export type Sentence = {
  readonly __typename?: 'Sentence';
  /** Where it ends, exclusive. */
  readonly end: Scalars['Int']['output'];
  /** The entities that begin in it, by the default model and strategy. */
  readonly entities: ReadonlyArray<Entity>;
  /** Position among the sentences, from 0. */
  readonly index: Scalars['Int']['output'];
  /** Its own sentiment, read without the sentences around it. */
  readonly sentiment: SentimentResult;
  /** Where it starts in the text. */
  readonly start: Scalars['Int']['output'];
  /** The sentence as it stands in the text, line ends included. */
  readonly text: Scalars['String']['output'];
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
  /** How likely it is, 0 to 1. */
  readonly confidence: Scalars['Float']['output'];
  /** The most likely label, as in `POSITIVE`. */
  readonly label: Scalars['String']['output'];
  /** The model that scored it. */
  readonly model: Model;
  /** All labels in the model’s own order. They add up to 1, unless the model gives each label a probability of its own. */
  readonly probabilities: ReadonlyArray<LabelProbability>;
  /** The text as it was sent. */
  readonly text: Scalars['String']['output'];
  /** Where the time went. */
  readonly timing: Timing;
  /** Tokens of the text, special tokens included. */
  readonly tokenCount: Scalars['Int']['output'];
  /** Tokens that the model was given. */
  readonly tokensUsed: Scalars['Int']['output'];
  /** Something was cut off. */
  readonly truncated: Scalars['Boolean']['output'];
};

/** What to read, and how. */
export type StartAnalysisInput = {
  /** How the labels of pieces become entities. */
  readonly aggregation?: Aggregation;
  /** Starting twice with the same key gives the same analysis. Without one, the same content does, and one that failed or was cancelled starts anew. Who knows the key can derive the id: take a random one. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** Only entities with at least this confidence, 0 to 1. */
  readonly minConfidence?: Scalars['Float']['input'];
  /** At most one NER and one SENTIMENT model, in any order; the first of `models` by default. */
  readonly models?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
  /** The unit of all positions in the events. */
  readonly offsetEncoding?: OffsetEncoding;
  /** Whether the events carry the sentiment of each chunk and of the whole text. */
  readonly sentiment?: Scalars['Boolean']['input'];
  /** Any well-formed text. */
  readonly text: Scalars['String']['input'];
  /** Only these types, as in `["PER", "ORG"]`; all where it is not given. */
  readonly types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};

/** Live results, over WebSocket (graphql-transport-ws) or SSE. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The events of an analysis: those that are there, then each as it comes, the last one last. Any number of subscribers see all of them. An error ends the stream, not the analysis. */
  readonly analysisEvents: AnalysisEvent;
  /** Reads a text chunk by chunk and gives its entities as they are settled. Together they are exactly those of `entities`. It stops when the subscriber goes. */
  readonly analyze: AnalysisEvent;
  /** How far a model is: now, and whenever that changes, until it is READY or FAILED. It loads nothing by itself. */
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

/** A text of a list that could not be processed. The other texts of the list are not affected. */
export type TextProblem = {
  readonly __typename?: 'TextProblem';
  /** What is wrong with it. */
  readonly code: ErrorCode;
  /** Index of the text in the list that was sent. */
  readonly index: Scalars['Int']['output'];
  /** What was expected, what came, and what to do. */
  readonly message: Scalars['String']['output'];
};

/** Where the time of a result went. Texts that are asked for at the same time share batches: `batchSize` shows it. */
export type Timing = {
  readonly __typename?: 'Timing';
  /** Sequences in the batch; of several windows the most. */
  readonly batchSize: Scalars['Int']['output'];
  /** The result came from the cache, so nothing was computed. */
  readonly cached: Scalars['Boolean']['output'];
  /** Milliseconds in the engine, of the whole batch; of several windows the sum. */
  readonly inferenceMs: Scalars['Float']['output'];
  /** Milliseconds until a worker was free; of several windows the longest wait. */
  readonly queueMs: Scalars['Float']['output'];
  /** Milliseconds to tokenize the text, with whatever was tokenized beside it. */
  readonly tokenizeMs: Scalars['Float']['output'];
};

/** One token: a piece of the text, or a special token. */
export type Token = {
  readonly __typename?: 'Token';
  /** The model looks at it; false for padding. */
  readonly attended: Scalars['Boolean']['output'];
  /** Where it ends, exclusive; null for special tokens. */
  readonly end?: Maybe<Scalars['Int']['output']>;
  /** Id in the vocabulary. */
  readonly id: Scalars['Int']['output'];
  /** Position in the sequence. */
  readonly index: Scalars['Int']['output'];
  /** Put in by the tokenizer: `[CLS]`, `[SEP]` or `[PAD]`. */
  readonly special: Scalars['Boolean']['output'];
  /** Where it starts in the text; null for special tokens. */
  readonly start?: Maybe<Scalars['Int']['output']>;
  /** The piece, as in `##ing`; `[UNK]` where the vocabulary has none that fits. */
  readonly text: Scalars['String']['output'];
  /** Which word it belongs to; null for special tokens. */
  readonly wordIndex?: Maybe<Scalars['Int']['output']>;
};

/** What a model is given for a text. For long texts the lists `ids`, `pieces`, `starts` and `ends` are much cheaper than `tokens`. */
export type Tokenization = {
  readonly __typename?: 'Tokenization';
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: ReadonlyArray<Scalars['Int']['output']>;
  /** Where the tokens end, exclusive; null for special tokens. */
  readonly ends: ReadonlyArray<Maybe<Scalars['Int']['output']>>;
  /** The ids of the tokens. */
  readonly ids: ReadonlyArray<Scalars['Int']['output']>;
  /** The model whose vocabulary it is. */
  readonly model: Model;
  /** The pieces of the tokens, as in `##ing`. */
  readonly pieces: ReadonlyArray<Scalars['String']['output']>;
  /** Where the tokens start in the text; null for special tokens. */
  readonly starts: ReadonlyArray<Maybe<Scalars['Int']['output']>>;
  /** The text as it was sent. */
  readonly text: Scalars['String']['output'];
  /** Tokens before truncation and without padding. */
  readonly tokenCount: Scalars['Int']['output'];
  /** The tokens in full. */
  readonly tokens: ReadonlyArray<Token>;
  /** Something was cut off. */
  readonly truncated: Scalars['Boolean']['output'];
  /** Segment ids: all 0, since there is one text. */
  readonly typeIds: ReadonlyArray<Scalars['Int']['output']>;
};

export type FollowReadingSubscriptionVariables = Exact<{
  id: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type FollowReadingSubscription = { readonly __typename?: 'Subscription', readonly analysisEvents:
    | { readonly __typename: 'AnalysisCompleted', readonly cursor: string, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly fraction: number } }
    | { readonly __typename: 'AnalysisFailed', readonly cursor: string, readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ChunkAnalyzed', readonly cursor: string, readonly chunk: { readonly __typename?: 'Chunk', readonly index: number, readonly start: number, readonly end: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly fraction: number } }
   };

export type ModelsQueryVariables = Exact<{ [key: string]: never; }>;


export type ModelsQuery = { readonly __typename?: 'Query', readonly models: ReadonlyArray<{ readonly __typename?: 'Model', readonly id: string, readonly task: ModelTask, readonly state: ModelState, readonly labels: ReadonlyArray<string> }> };

export type PiecesQueryVariables = Exact<{
  text: Scalars['String']['input'];
  model?: InputMaybe<Scalars['ID']['input']>;
}>;


export type PiecesQuery = { readonly __typename?: 'Query', readonly tokenize: { readonly __typename?: 'Tokenization', readonly tokenCount: number, readonly tokens: ReadonlyArray<{ readonly __typename?: 'Token', readonly text: string, readonly id: number, readonly special: boolean, readonly start?: number | null, readonly end?: number | null, readonly wordIndex?: number | null }> } };

export type ReadTextSubscriptionVariables = Exact<{
  text: Scalars['String']['input'];
  after?: InputMaybe<Scalars['String']['input']>;
}>;


export type ReadTextSubscription = { readonly __typename?: 'Subscription', readonly analyze:
    | { readonly __typename: 'AnalysisCompleted', readonly cursor: string, readonly sentiment?: { readonly __typename?: 'SentimentResult', readonly label: string, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> } | null, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly fraction: number } }
    | { readonly __typename: 'AnalysisFailed', readonly cursor: string, readonly code: ErrorCode, readonly message: string }
    | { readonly __typename: 'ChunkAnalyzed', readonly cursor: string, readonly chunk: { readonly __typename?: 'Chunk', readonly index: number, readonly start: number, readonly end: number }, readonly entities: ReadonlyArray<{ readonly __typename?: 'Entity', readonly text: string, readonly type: string, readonly confidence: number, readonly start: number, readonly end: number, readonly chunkIndex: number }>, readonly progress: { readonly __typename?: 'Progress', readonly chunksDone: number, readonly chunksTotal: number, readonly fraction: number } }
   };

export type SentenceSentimentsQueryVariables = Exact<{
  texts: ReadonlyArray<Scalars['String']['input']> | Scalars['String']['input'];
}>;


export type SentenceSentimentsQuery = { readonly __typename?: 'Query', readonly sentiments: ReadonlyArray<
    | { readonly __typename: 'SentimentResult', readonly label: string, readonly probabilities: ReadonlyArray<{ readonly __typename?: 'LabelProbability', readonly label: string, readonly probability: number }> }
    | { readonly __typename: 'TextProblem', readonly index: number, readonly code: ErrorCode, readonly message: string }
  > };

export type SentencesQueryVariables = Exact<{
  text: Scalars['String']['input'];
}>;


export type SentencesQuery = { readonly __typename?: 'Query', readonly document: { readonly __typename?: 'Document', readonly sentences: ReadonlyArray<{ readonly __typename?: 'Sentence', readonly start: number, readonly end: number }> } };

export type StartReadingMutationVariables = Exact<{
  text: Scalars['String']['input'];
  key: Scalars['String']['input'];
}>;


export type StartReadingMutation = { readonly __typename?: 'Mutation', readonly startAnalysis: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState } };

export type StopReadingMutationVariables = Exact<{
  id: Scalars['ID']['input'];
}>;


export type StopReadingMutation = { readonly __typename?: 'Mutation', readonly cancelAnalysis: { readonly __typename?: 'Analysis', readonly id: string, readonly state: AnalysisState } };

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

export const FollowReadingDocument = new TypedDocumentString(`
    subscription FollowReading($id: ID!, $after: String) {
  analysisEvents(id: $id, after: $after) {
    __typename
    ... on ChunkAnalyzed {
      cursor
      chunk {
        index
        start
        end
      }
      entities {
        text
        type
        confidence
        start
        end
        chunkIndex
      }
      sentiment {
        label
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        fraction
      }
    }
    ... on AnalysisCompleted {
      cursor
      sentiment {
        label
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        fraction
      }
    }
    ... on AnalysisFailed {
      cursor
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<FollowReadingSubscription, FollowReadingSubscriptionVariables>;
export const ModelsDocument = new TypedDocumentString(`
    query Models {
  models {
    id
    task
    state
    labels
  }
}
    `) as unknown as TypedDocumentString<ModelsQuery, ModelsQueryVariables>;
export const PiecesDocument = new TypedDocumentString(`
    query Pieces($text: String!, $model: ID) {
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
    `) as unknown as TypedDocumentString<PiecesQuery, PiecesQueryVariables>;
export const ReadTextDocument = new TypedDocumentString(`
    subscription ReadText($text: String!, $after: String) {
  analyze(text: $text, after: $after) {
    __typename
    ... on ChunkAnalyzed {
      cursor
      chunk {
        index
        start
        end
      }
      entities {
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
        fraction
      }
    }
    ... on AnalysisCompleted {
      cursor
      sentiment {
        label
        probabilities {
          label
          probability
        }
      }
      progress {
        chunksDone
        chunksTotal
        fraction
      }
    }
    ... on AnalysisFailed {
      cursor
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReadTextSubscription, ReadTextSubscriptionVariables>;
export const SentenceSentimentsDocument = new TypedDocumentString(`
    query SentenceSentiments($texts: [String!]!) {
  sentiments(texts: $texts) {
    __typename
    ... on SentimentResult {
      label
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
export const SentencesDocument = new TypedDocumentString(`
    query Sentences($text: String!) {
  document(text: $text) {
    sentences {
      start
      end
    }
  }
}
    `) as unknown as TypedDocumentString<SentencesQuery, SentencesQueryVariables>;
export const StartReadingDocument = new TypedDocumentString(`
    mutation StartReading($text: String!, $key: String!) {
  startAnalysis(input: {text: $text, sentiment: true, idempotencyKey: $key}) {
    id
    state
  }
}
    `) as unknown as TypedDocumentString<StartReadingMutation, StartReadingMutationVariables>;
export const StopReadingDocument = new TypedDocumentString(`
    mutation StopReading($id: ID!) {
  cancelAnalysis(id: $id) {
    id
    state
  }
}
    `) as unknown as TypedDocumentString<StopReadingMutation, StopReadingMutationVariables>;