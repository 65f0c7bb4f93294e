import { CommandFailure, GraphFailure } from './failure.ts';

interface AnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What a server answers, as GraphQL over HTTP has it. */
export interface GraphAnswer {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[] | undefined;
}

/** The addresses of a server: queries go over HTTP, streams over SSE or, where its URL says so, over WebSocket. */
export interface ServerAddress {
  readonly http: string;
  readonly socket: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** The answer in a body. Throws where it is none. */
export function answerOf(body: string): GraphAnswer {
  const answer: unknown = JSON.parse(body);
  if (isAnswer(answer)) return answer;
  throw new Error('It has neither data nor errors.');
}

function isAnswer(answer: unknown): answer is GraphAnswer {
  if (typeof answer !== 'object' || answer === null) return false;
  return 'errors' in answer ? Array.isArray(answer.errors) : 'data' in answer;
}

export function notReached(url: string, error: unknown): CommandFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const reason = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new CommandFailure(`${url} cannot be reached: ${reason}. Start a server with \`bertql serve\`.`, {
    cause: error,
  });
}

/** The first error of an answer. */
export function failureOf({ errors }: GraphAnswer): GraphFailure {
  const [error] = errors ?? [];
  const code = error?.extensions?.['code'];
  return new GraphFailure(error?.message ?? 'the server gave no data.', typeof code === 'string' ? code : undefined);
}
