import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, OperationTypeNode } from 'graphql';
import { schema } from '../schema/index.ts';
import type { Call, ServerContext } from './call.ts';
import type { HttpCalls } from './http-calls.ts';
import { type MediaType, mediaTypeOf, sendResult } from './json-answers.ts';
import type { KnownOperations } from './known-operations.ts';
import type { ErrorMask } from './mask-errors.ts';
import type { Queries } from './queries.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';
import type { GraphServer } from './yoga.ts';

export interface JsonPostsOptions {
  readonly graph: GraphServer;
  readonly calls: HttpCalls;
  readonly known: KnownOperations;
  readonly queries: Queries;
  readonly contextOf: (call: Call) => ServerContext;
  readonly errors: ErrorMask;
  /** Bytes of a body. */
  readonly maxBodyBytes: number;
  /** Whether pages of other origins may ask: Yoga tells them so. */
  readonly crossOrigin: boolean;
}

/** An operation that was asked for before, with the variables of this time. */
type Asked = Pick<ExecutionArgs, 'document' | 'operationName' | 'variableValues'>;

/**
 * Answers what nearly all clients send, a POST of JSON with an operation that was asked for before, straight from
 * Node's request to Node's response. Whatever is out of the ordinary goes to Yoga: its way through the objects of
 * the Fetch API costs more processor time than the inference of a short text, and the answers are the same.
 */
export class JsonPosts {
  readonly #options: JsonPostsOptions;

  constructor(options: JsonPostsOptions) {
    this.#options = options;
  }

  /** Answers a request of any kind. */
  readonly handle = (req: IncomingMessage, res: ServerResponse): void => {
    const mediaType = this.#isOrdinary(req) ? mediaTypeOf(req.headers.accept) : undefined;
    if (!mediaType) return void this.#options.graph(req, res);
    this.#answer(req, res, mediaType).catch((error: unknown) => {
      // Nobody is left to tell where the client has gone; else the mask reports it.
      if (!res.destroyed) this.#options.errors.mask(error);
      res.destroy();
    });
  };

  #isOrdinary({ method, url, headers }: IncomingMessage): boolean {
    const { graph, maxBodyBytes, crossOrigin } = this.#options;
    return (
      method === 'POST' &&
      url === graph.graphqlEndpoint &&
      JSON_TYPES.has(headers['content-type'] ?? '') &&
      Number(headers['content-length'] ?? Number.NaN) <= maxBodyBytes &&
      headers['content-encoding'] === undefined &&
      !(crossOrigin && headers.origin !== undefined)
    );
  }

  async #answer(req: IncomingMessage, res: ServerResponse, mediaType: MediaType): Promise<void> {
    const body = await bodyOf(req);
    if (body === undefined) return;
    const asked = this.#find(body);
    const call = asked && (await this.#admit(req, res));
    if (!asked || !call) return this.#answerByYoga(req, res, body);
    const result = await this.#execute(asked, call, res);
    sendResult(res, result, mediaType, call.requestId);
  }

  /** The operation that is asked for; nothing where it was not asked for before, or streams. */
  #find(body: string): Asked | undefined {
    const params = paramsOf(body);
    const known = params && this.#options.known.find(params.query, params.operationName);
    if (!known || known.operation.operation === OperationTypeNode.SUBSCRIPTION) return undefined;
    return { document: known.document, operationName: params.operationName, variableValues: params.variables };
  }

  /** Whose call it is; nothing where it may not come in: Yoga's way refuses it again, with the answer that belongs to it. */
  async #admit(req: IncomingMessage, res: ServerResponse): Promise<Call | undefined> {
    const { calls, graph } = this.#options;
    const header = (name: string) => req.headers[name]?.toString();
    const requestId = requestIdOf(header(REQUEST_ID_HEADER));
    try {
      return await calls.admit({ method: 'POST', path: graph.graphqlEndpoint, header, requestId }, { req, res });
    } catch {
      return undefined;
    }
  }

  async #execute(asked: Asked, call: Call, res: ServerResponse): Promise<ExecutionResult> {
    const { queries, contextOf, errors } = this.#options;
    const contextValue = contextOf(call);
    onClientGone(res, contextValue.operation.clientGone);
    try {
      return await queries.run({ schema, ...asked, contextValue });
    } catch (error) {
      return { errors: [errors.mask(error, call.requestId)] };
    }
  }

  async #answerByYoga(req: IncomingMessage, res: ServerResponse, body: string): Promise<void> {
    const { graph } = this.#options;
    const client = new AbortController();
    onClientGone(res, () => client.abort());
    const url = `http://${req.headers.host ?? 'localhost'}${req.url}`;
    const headers = Object.entries(req.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const request = new graph.fetchAPI.Request(url, { method: 'POST', headers, body, signal: client.signal });
    const response = await graph.handleRequest(request, { req, res });
    const answer = await response.text();
    if (!res.destroyed) res.writeHead(response.status, [...response.headers].flat()).end(answer);
  }
}

/** Types of content that are read here. */
const JSON_TYPES = new Set(['application/json', 'application/json; charset=utf-8', 'application/json;charset=utf-8']);

/** Does something when the client goes before its answer is sent, at once where it has gone. */
function onClientGone(res: ServerResponse, farewell: () => void): void {
  const leave = () => {
    if (!res.writableFinished) farewell();
  };
  if (res.destroyed) leave();
  else res.once('close', leave);
}

/** The whole body; nothing where the client went before its end. */
function bodyOf(req: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.once('end', () => resolve((parts.length === 1 ? parts[0] : Buffer.concat(parts))?.toString('utf8')));
    req.once('error', () => resolve(undefined));
    req.once('close', () => resolve(undefined));
  });
}

/** What is sent about one operation, where all of it has the type that it should have. */
interface Params {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

const NAMES_OF_PARAMS = new Set(['query', 'operationName', 'variables', 'extensions']);

function paramsOf(body: string): Params | undefined {
  const params = parse(body);
  return isParams(params) ? params : undefined;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isParams(value: unknown): value is Params {
  if (!isObject(value) || typeof value['query'] !== 'string') return false;
  const { operationName = null, variables = null, extensions = null } = value;
  return (
    (operationName === null || typeof operationName === 'string') &&
    (variables === null || isObject(variables)) &&
    (extensions === null || isObject(extensions)) &&
    Object.keys(value).every((name) => NAMES_OF_PARAMS.has(name))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
