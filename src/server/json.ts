import { randomUUID } from 'node:crypto';
import type { ExecutionResult, FormattedExecutionResult } from 'graphql';
import { isTurnOver, nextTurn } from '../turns.ts';

/** The most values that are written at once. */
const VALUES_AT_ONCE = 1000;

/**
 * Writes a large result as JSON before it is sent, and yields to the event loop meanwhile: `JSON.stringify` blocks it
 * for 10 ms per megabyte.
 */
export async function writeInTurns(result: ExecutionResult): Promise<void> {
  let json = '';
  for (const part of parts(result)) {
    json += part;
    if (isTurnOver()) await nextTurn();
  }
  Object.defineProperty(result, 'stringify', { value: () => json });
}

/** A result as JSON. */
export function toJson(result: object): string {
  return writtenJson(result) ?? JSON.stringify(result);
}

/** The JSON that {@link writeInTurns} stored in the property that Yoga reads. */
function writtenJson(result: object): string | undefined {
  return 'stringify' in result && typeof result.stringify === 'function' ? String(result.stringify()) : undefined;
}

/** JSON of results, by the placeholder that replaces it until the message is sent. */
const placed = new Map<string, string>();

/** A result for graphql-ws, which only uses `JSON.stringify`: a placeholder if its JSON is written already. */
export function asPlaceholder(result: object): FormattedExecutionResult | undefined {
  const json = writtenJson(result);
  if (json === undefined) return undefined;
  const placeholder = `json:${randomUUID()}`;
  placed.set(placeholder, json);
  const payload = { toJSON: () => placeholder };
  return payload as FormattedExecutionResult;
}

/** Replaces the placeholder in a message of graphql-ws by the JSON of its result. */
export function withJson(message: string): string {
  const [, placeholder = ''] = /"payload":"(json:[0-9a-f-]{36})"\}$/.exec(message.slice(-64)) ?? [];
  const json = placed.get(placeholder);
  if (json === undefined) return message;
  placed.delete(placeholder);
  return `${message.slice(0, -placeholder.length - 3)}${json}}`;
}

function* parts(value: unknown): Generator<string, void, void> {
  if (countValues(value, VALUES_AT_ONCE) < VALUES_AT_ONCE) {
    yield JSON.stringify(value);
  } else if (Array.isArray(value)) {
    let separator = '[';
    for (const item of value) {
      yield separator;
      yield* parts(item ?? null);
      separator = ',';
    }
    yield ']';
  } else {
    let separator = '{';
    for (const [key, each] of Object.entries(value as object)) {
      if (each === undefined) continue;
      yield `${separator}${JSON.stringify(key)}:`;
      yield* parts(each);
      separator = ',';
    }
    yield '}';
  }
}

/** Counts the nested values of a value, up to a limit. */
function countValues(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (Array.isArray(value) && value.length >= limit) return limit;
  let count = 1;
  for (const key in value) {
    count += countValues((value as Record<string, unknown>)[key], limit - count);
    if (count >= limit) return limit;
  }
  return count;
}
