import { checkTextCount } from '../../documents/text.ts';
import { BertqlError } from '../../errors.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import type { Operation } from '../../schema/context.ts';
import { jsonSize } from '../../schema/json-size.ts';
import { resultTooLarge } from '../../schema/result-size.ts';
import { isTurnOver, nextTurn } from '../../turns.ts';
import type { OperationArgs } from '../call.ts';
import type { ClientLimits } from './client-limits.ts';
import { costOf, type OperationCost } from './operation-cost.ts';
import { type Foreknowledge, leastSizeOf } from './result-estimate.ts';

/** Special tokens around a text. */
const SPECIAL_TOKENS = 2;
/** The most tokens that one UTF-16 code unit becomes: a Hangul syllable is decomposed into three. */
const TOKENS_A_UNIT = 3;
/** UTF-16 code units that count as at least one token, whatever a model makes of them; in prose a token has four. */
const UNITS_A_TOKEN = 16;
/** The most items of a list in the variables; ids of `detokenize` are the only long ones. */
const MAX_LIST = 100_000;
/** The most levels of lists and input objects in variables; the graph has fewer. */
const DEEPEST_INPUT = 8;

export interface AdmissionLimits {
  readonly maxResultSize: number;
  readonly maxTexts: number;
  readonly maxTextLength: number;
  readonly maxRequestTokens: number;
}

/**
 * Refuses an operation with too many tokens, or whose client has too many under way, before any inference. The tokens
 * are counted exactly only if a cheap estimate is not enough.
 */
export async function admit(args: OperationArgs, limits: AdmissionLimits, clients: ClientLimits): Promise<undefined> {
  const { operation, lifetime, call } = args.contextValue;
  // Its document, if that is a long one, and its variables, some of which no field may read, stay in memory until it ends.
  const held = clients.hold(call.address);
  lifetime.onEnd(() => held.release());
  held.add((args.document.loc?.source.body.length ?? 0) + lengthOf(args.variableValues));
  const cost = costOf(args);
  checkTextCount(cost.longestList, limits.maxTexts);
  // A text that is too long fails by itself, so that its siblings in a list succeed.
  const texts = cost.texts.filter(({ text }) => text.length <= limits.maxTextLength);
  const segments = await segmentsOf(texts, operation.signal);
  checkResultSize(cost, segments, limits, operation.registry);
  const { id, budget } = call.caller;
  // What is paid for is counted; otherwise an estimate will do for a short text.
  const isPaid = budget.tokensPerMinute > 0;
  const tokens = await tokensWithin(limits.maxRequestTokens, { ...cost, texts }, segments, operation, isPaid);
  lifetime.onEnd(await clients.begin(id, budget, tokens));
  // GraphQL checks all variables in one go.
  if (isTurnOver()) await nextTurn(operation.signal);
}

/**
 * The characters of all strings of a value. Throws QUERY_TOO_COSTLY if it has a list that is too long: GraphQL checks
 * all of its items in one go.
 */
function lengthOf(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value) && value.length > MAX_LIST) {
    throw new BertqlError(
      'QUERY_TOO_COSTLY',
      `A list in the variables has ${value.length} items, but at most ${MAX_LIST} are accepted. Send it in parts.`,
      { limit: MAX_LIST, actual: value.length },
    );
  }
  if (typeof value !== 'object' || value === null || depth === DEEPEST_INPUT) return 0;
  return Object.values(value).reduce<number>((sum, each) => sum + lengthOf(each, depth + 1), 0);
}

type Segments = ReadonlyMap<string, number>;

/** The segments of each text. */
async function segmentsOf(texts: OperationCost['texts'], signal: AbortSignal): Promise<Segments> {
  const segments = new Map<string, number>();
  for (const { text } of texts) {
    if (segments.has(text)) continue;
    segments.set(text, countSegments(text));
    if (isTurnOver()) await nextTurn(signal);
  }
  return segments;
}

/**
 * The tokens of an operation. Throws QUERY_TOO_COSTLY. Counting stops as soon as the limit is exceeded, so that it costs
 * no more than an accepted operation.
 *
 * @param exact whether they are counted even if the longest that they can be is within the limit
 */
async function tokensWithin(
  limit: number,
  { texts, numbers }: OperationCost,
  segments: Segments,
  operation: Operation,
  exact: boolean,
): Promise<number> {
  const sum = (tokens: (text: string) => number) =>
    texts.reduce((total, { text, passes }) => total + passes * (tokens(text) + SPECIAL_TOKENS), numbers);
  const most = sum((text) => TOKENS_A_UNIT * text.length);
  if (most <= limit && !exact) return Math.ceil(most / TOKENS_A_UNIT);
  const least = sum((text) => Math.max(segments.get(text) ?? 0, leastTokens(text)));
  if (least > limit) throw tooCostly(limit, least);

  let counted = numbers;
  for (const { text, model, passes } of texts) {
    const tokens = await operation.countTokens(text, model);
    counted += passes * (SPECIAL_TOKENS + Math.max(tokens, leastTokens(text)));
    if (counted > limit) throw tooCostly(limit, counted);
  }
  return counted;
}

/**
 * The least tokens that a text counts as. A word of a million letters is one token for a model, but it must be split,
 * hashed and written like any other text.
 */
function leastTokens(text: string): number {
  return Math.ceil(text.length / UNITS_A_TOKEN);
}

/** Throws QUERY_TOO_COSTLY if the result would be too large, whatever the models find. */
function checkResultSize(
  { fields }: OperationCost,
  segments: Segments,
  { maxResultSize }: AdmissionLimits,
  registry: ModelRegistry,
): void {
  const sizes = new Map<string, number>();
  const known: Foreknowledge = {
    countTokens: (text) => segments.get(text) ?? 0,
    sizeOfText: (text) => {
      const size = sizes.get(text) ?? jsonSize(text);
      sizes.set(text, size);
      return size;
    },
    dimensionsOf: (id) => {
      const model = id === undefined ? registry.models.find(({ task }) => task === 'EMBEDDING') : registry.find(id);
      return model?.dimensions ?? 0;
    },
  };
  let least = 0;
  for (const field of fields) least += leastSizeOf(field, known);
  if (least > maxResultSize) throw resultTooLarge(maxResultSize, least);
}

/** Number of runs without white space, each of which is at least one token. */
function countSegments(text: string): number {
  let count = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const isSpace = text.charCodeAt(at) <= 0x20;
    if (!isSpace && !inside) count++;
    inside = !isSpace;
  }
  return count;
}

function tooCostly(limit: number, actual: number): BertqlError {
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `The operation needs at least ${actual} tokens of work (all its texts, once for each time that a model reads them), but at most ${limit} are accepted in one request. Select less, or send the texts in several requests.`,
    { limit, actual },
  );
}
