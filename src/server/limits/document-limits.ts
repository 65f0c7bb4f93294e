import { Lexer, Source, TokenKind } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Limits } from '../../config.ts';
import { BertqlError } from '../../errors.ts';
import { type DocumentShape, measureDocument } from './document-shape.ts';

/** Tokens are counted up to this multiple of their limit; a longer document is only said to have more. */
const COUNTED_TIMES = 4;

/**
 * Refuses documents that are too long, too deep or too wide, before they are parsed or validated: GraphQL's own
 * rules compare fields with each other, so a document that is no longer than a page can keep them busy.
 */
export function useDocumentLimits(limits: Limits): Plugin {
  return {
    onParse: ({ setParseFn, parseFn }) => {
      setParseFn((source, options) => {
        checkTokens(source.toString(), limits.maxGraphqlTokens);
        return parseFn(source, options);
      });
    },
    onValidate: ({ params, setResult }) => {
      const problem = shapeProblem(measureDocument(params.documentAST), limits);
      if (problem) setResult([problem]);
    },
  };
}

function checkTokens(document: string, most: number): void {
  const lexer = new Lexer(new Source(document));
  let count = 0;
  // A syntax error ends the count; the parser will report it.
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

function shapeProblem(shape: DocumentShape, limits: Limits): BertqlError | undefined {
  if (shape.cycle) {
    return new BertqlError(
      'QUERY_TOO_COSTLY',
      `The fragments ${shape.cycle.slice(0, 5).join(' → ')}${shape.cycle.length > 5 ? ' → …' : ''} spread each other in a circle of ${shape.cycle.length - 1}, but none may: it would never end.`,
    );
  }
  const { depth, aliases, directives } = shape;
  if (depth > limits.maxDepth) return tooCostly('levels of nested fields', limits.maxDepth, String(depth), depth);
  if (aliases > limits.maxAliases) return tooCostly('aliases', limits.maxAliases, String(aliases), aliases);
  if (directives > limits.maxDirectives) {
    return tooCostly('directives', limits.maxDirectives, String(directives), directives);
  }
  return undefined;
}

function tooCostly(what: string, limit: number, words: string, actual: number): BertqlError {
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `The document has ${words} ${what}, but at most ${limit} are accepted. Ask for less in one request.`,
    { limit, actual },
  );
}
