import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { BertqlError } from '../../errors.ts';
import { isTurnOver, nextTurn } from '../../turns.ts';
import type { CallContext, ServerContext } from '../call.ts';
import { documentOf, type PersistedOperations } from '../limits/persisted-operations.ts';
import { checkAcceptable } from './answers.ts';
import type { HttpContext } from './http-context.ts';
import { excessOf } from './json-shape.ts';
import { badRequest, type RequestBodies } from './request-body.ts';

type Parse = (text: string) => GraphQLParams | Promise<GraphQLParams>;

/** The most characters of a form: unlike JSON, it is read in one go. */
const LONGEST_FORM = 1_000_000;

/** The supported types of bodies. */
const PARSERS: Readonly<Record<string, Parse>> = {
  'application/json': fromJson,
  'application/graphql+json': fromJson,
  'application/graphql': (query) => ({ query }),
  'application/x-www-form-urlencoded': (text) => fromForm(parseForm(text)),
};

const CHARSETS = new Set(['utf-8', 'utf8', 'us-ascii']);

/**
 * Reads the parameters of a request (GraphQL over HTTP, section 5). Yoga's own parsers read any charset as UTF-8, do
 * not accept types in capitals, have no timeout, and echo broken JSON.
 */
export function useRequestParams(
  bodies: RequestBodies,
  persisted: PersistedOperations | undefined,
): Plugin<ServerContext, HttpContext & CallContext> {
  return {
    onRequestParse: ({ request, serverContext, setRequestParser }) => {
      const { method, headers } = request;
      if (method === 'GET') setRequestParser(() => fromForm(new URL(request.url).searchParams));
      if (method === 'POST') {
        const parse = parserFor(headers.get('content-type'));
        checkEncoding(headers.get('content-encoding'));
        setRequestParser(async () => {
          const source = serverContext.req ?? request.body;
          return parse(await bodies.text(source, headers.get('content-length'), serverContext.call.address));
        });
      }
      checkAcceptable(headers.get('accept'));
    },
    onParams: ({ params, setParams }) => {
      // Other members are dropped: some clients send an id.
      const { variables, extensions, operationName } = checked(params);
      const query = documentOf(params, persisted);
      setParams({ query, operationName: operationName || undefined, variables, extensions } as GraphQLParams);
    },
  };
}

function checked(params: GraphQLParams): GraphQLParams {
  const { query, operationName, variables, extensions }: Record<string, unknown> = { ...params };
  for (const [name, value] of Object.entries({ query, operationName })) {
    if (value != null && typeof value !== 'string') throw badRequest(`${name} must be a string.`);
  }
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (value != null && (typeof value !== 'object' || Array.isArray(value))) {
      throw badRequest(`${name} must be an object.`);
    }
  }
  return params;
}

function parserFor(contentType: string | null): Parse {
  // A list of types is not valid, but some clients send one.
  const [type = '', ...parameters] = (contentType?.split(',')[0] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  const parse = Object.hasOwn(PARSERS, type) ? PARSERS[type] : undefined;
  if (!parse) {
    const came = type === '' ? 'none' : `"${type}"`;
    throw badRequest(`The type of the body must be application/json, but it is ${came}.`, 415);
  }
  for (const parameter of parameters) {
    const [, charset] = /^charset="?([^"]*)"?$/.exec(parameter) ?? [];
    if (charset !== undefined && !CHARSETS.has(charset)) {
      throw badRequest(`The charset of the body must be utf-8, but it is "${charset}".`, 415);
    }
  }
  return parse;
}

function checkEncoding(encoding: string | null): void {
  if (encoding === null || encoding.trim().toLowerCase() === 'identity') return;
  throw badRequest(`The body must not be compressed, but its Content-Encoding is "${encoding}".`, 415);
}

async function fromJson(text: string): Promise<GraphQLParams> {
  if (isTurnOver()) await nextTurn();
  const excess = excessOf(text);
  if (excess !== undefined) throw badRequest(`The JSON of the body has ${excess}, which no request needs.`);
  if (isTurnOver()) await nextTurn();
  const params = parseJson(text);
  if (isTurnOver()) await nextTurn();
  if (typeof params !== 'object' || params === null) {
    const came = params === null ? 'null' : `a ${typeof params}`;
    throw badRequest(`The body must be an object with a query, but it is ${came}.`);
  }
  return params;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error quotes the text.
    throw badRequest('The body is not valid JSON.');
  }
}

function parseForm(text: string): URLSearchParams {
  if (text.length <= LONGEST_FORM) return new URLSearchParams(text);
  throw new BertqlError(
    'REQUEST_TOO_LARGE',
    `The form has ${text.length} characters, but at most ${LONGEST_FORM} are accepted. Send JSON.`,
    { limit: LONGEST_FORM, actual: text.length },
  );
}

function fromForm(form: URLSearchParams): GraphQLParams {
  const object = (name: string): Record<string, unknown> | undefined => {
    const text = form.get(name);
    if (!text) return undefined;
    try {
      const value: unknown = excessOf(text) === undefined ? JSON.parse(text) : undefined;
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
      if (value === null) return undefined;
    } catch {
      // Reported below, without the text.
    }
    throw badRequest(`The parameter ${name} must be a JSON object.`, 400, 'BAD_ARGUMENT');
  };
  const params: { query?: string; operationName?: string; variables?: object; extensions?: object } = {};
  const query = form.get('query');
  const operationName = form.get('operationName');
  const variables = object('variables');
  const extensions = object('extensions');
  if (query) params.query = query;
  if (operationName) params.operationName = operationName;
  if (variables) params.variables = variables;
  if (extensions) params.extensions = extensions;
  return params as GraphQLParams;
}
