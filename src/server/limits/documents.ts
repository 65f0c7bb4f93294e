import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  Source,
  specifiedRules,
  TokenKind,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { BertqlError } from '../../errors.ts';
import type { ServerContext } from '../call.ts';
import { type DocumentShape, measureDocument } from './document-shape.ts';
import type { PersistedOperations } from './persisted-operations.ts';

export interface DocumentOptions {
  readonly maxGraphqlTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** The most characters of a text; a document that contains a text may be that long. */
  readonly maxTextLength: number;
  /** Whether introspection is allowed. */
  readonly introspection: boolean;
  /** The only operations that may be run, if they are restricted. */
  readonly persisted: PersistedOperations | undefined;
}

/** Tokens are counted up to this multiple of their limit; the message for a longer document says "more than". */
const COUNTED_TIMES = 4;
/** The most characters of a document besides its longest text. */
const MAX_DOCUMENT_LENGTH = 200_000;
/** The most lines of a document: each may be a comment or part of a block string, whose indentation must be removed. */
const MAX_LINES = 100_000;
/** The most reported errors of one document; finding more would cost more than it helps. */
const MAX_VALIDATION_ERRORS = 20;
/** The most characters of all cached documents. */
const CACHED_CHARACTERS = 4_000_000;
/** A longer document probably contains a text and is not sent again. */
const LONGEST_CACHED = 20_000;

/**
 * Parses and validates documents, and caches valid ones. A document that is too long, too deep or too wide is refused
 * before GraphQL's rules see it: they compare fields with each other, so that a page of text can keep them busy.
 *
 * Own limits instead of graphql-armor's: they are checked once per document and then cached with it, they expand
 * fragments in linear time, and an error has our code, the limit and the count. The cache is limited by characters;
 * Yoga's is limited by documents, whatever their length.
 */
export function useDocuments(options: DocumentOptions): Plugin<ServerContext> {
  const good = new LRUCache<string, DocumentNode>({
    maxSize: CACHED_CHARACTERS,
    maxEntrySize: LONGEST_CACHED,
    sizeCalculation: (_document, source) => source.length + 1,
  });
  const valid = new WeakSet<DocumentNode>();
  const rules = options.introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const validation = { maxErrors: MAX_VALIDATION_ERRORS, hideSuggestions: !options.introspection };

  function check(schema: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
    const problem = shapeProblem(measureDocument(document), options);
    return problem ? [problem] : validate(schema, document, rules, validation);
  }

  return {
    onParse: ({ params, setParseFn, setParsedDocument }) => {
      const source = params.source.toString();
      const cached = good.get(source);
      if (cached) return setParsedDocument(cached);
      setParseFn(() => {
        options.persisted?.check(source);
        return parseWithin(source, options);
      });
    },
    onValidate: ({ params: { documentAST }, setResult, setValidationFn }) => {
      if (valid.has(documentAST)) return setResult([]);
      setValidationFn(check);
      return ({ result }) => {
        if (result.length > 0) return;
        valid.add(documentAST);
        const source = documentAST.loc?.source.body;
        if (source !== undefined) good.set(source, documentAST);
      };
    },
  };
}

function parseWithin(source: string, { maxGraphqlTokens, maxTextLength }: DocumentOptions): DocumentNode {
  const most = maxTextLength + MAX_DOCUMENT_LENGTH;
  if (source.length > most) throw tooCostly('characters', most, String(source.length), source.length);
  const lines = source.length > MAX_LINES ? countLines(source) : 0;
  if (lines > MAX_LINES) throw tooCostly('lines', MAX_LINES, String(lines), lines);
  try {
    return parse(source, { maxTokens: maxGraphqlTokens });
  } catch (error) {
    checkTokens(source, maxGraphqlTokens);
    throw error;
  }
}

function countLines(source: string): number {
  let lines = 1;
  for (let at = 0; at < source.length; at++) {
    const unit = source.charCodeAt(at);
    if (unit === LINE_FEED || unit === CARRIAGE_RETURN) lines++;
  }
  return lines;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

function checkTokens(document: string, most: number): void {
  const lexer = new Lexer(new Source(document));
  let count = 0;
  // A syntax error ends the count; the parser has reported it.
  while (count <= most * COUNTED_TIMES && advance(lexer)) count++;
  if (count <= most) return;
  const actual = count > most * COUNTED_TIMES ? `more than ${most * COUNTED_TIMES}` : String(count);
  throw tooCostly('GraphQL tokens', most, actual, count);
}

function advance(lexer: Lexer): boolean {
  try {
    return lexer.advance().kind !== TokenKind.EOF;
  } catch {
    return false;
  }
}

function shapeProblem(shape: DocumentShape, limits: DocumentOptions): BertqlError | undefined {
  if (shape.cycle) {
    return new BertqlError(
      'QUERY_TOO_COSTLY',
      `The fragments ${shape.cycle.slice(0, 5).join(' → ')}${shape.cycle.length > 5 ? ' → …' : ''} spread each other in a cycle of ${shape.cycle.length - 1}, which is not allowed: it would never end.`,
    );
  }
  const { depth, aliases, directives, longestName, selections, fragments, pairs } = shape;
  if (depth > limits.maxDepth) return tooCostly('levels of nested fields', limits.maxDepth, String(depth), depth);
  if (aliases > limits.maxAliases) return tooCostly('aliases', limits.maxAliases, String(aliases), aliases);
  if (directives > limits.maxDirectives) {
    return tooCostly('directives', limits.maxDirectives, String(directives), directives);
  }
  if (selections > MAX_SELECTIONS) {
    return tooCostly('fields after expanding fragments', MAX_SELECTIONS, String(selections), selections);
  }
  if (longestName > MAX_NAME_LENGTH) {
    return tooCostly('characters in a name', MAX_NAME_LENGTH, String(longestName), longestName);
  }
  if (fragments > MAX_FRAGMENTS) return tooCostly('fragments', MAX_FRAGMENTS, String(fragments), fragments);
  if (pairs > MAX_PAIRS) return tooCostly('pairs of fields of one key', MAX_PAIRS, String(pairs), pairs);
  return undefined;
}

/** The most fields after expanding all fragments: fragments that each spread two others soon lead to billions. */
const MAX_SELECTIONS = 5000;
/** The most characters of a name. GraphQL compares an unknown name with all known ones to suggest one. */
const MAX_NAME_LENGTH = 200;
/** The most fragments: GraphQL compares the fields of each with those of all others. */
const MAX_FRAGMENTS = 100;
/**
 * The most pairs of fields that GraphQL may have to compare: 170 fields with fields of their own, or three levels of
 * them in 100 aliases.
 */
const MAX_PAIRS = 150_000;

function tooCostly(what: string, limit: number, words: string, actual: number): BertqlError {
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `The document has ${words} ${what}, but at most ${limit} are accepted. Select less in one request.`,
    { limit, actual },
  );
}
