import { checkTextCount } from '../../documents/text.ts';
import { BertqlError } from '../../errors.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import type { Operation } from '../../schema/context.ts';
import { resultTooLarge } from '../../schema/result-size.ts';
import type { OperationArgs } from '../call.ts';
import type { ClientLimits } from './client-limits.ts';
import { costOf, type OperationCost } from './operation-cost.ts';
import { leastSizeOf } from './result-estimate.ts';

/** Special tokens around a text. */
const SPECIAL_TOKENS = 2;
/** The most tokens that one UTF-16 code unit becomes: a Hangul syllable is decomposed into three. */
const TOKENS_A_UNIT = 3;

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
  const cost = costOf(args);
  checkTextCount(cost.longestList, limits.maxTexts);
  checkResultSize(cost, limits, operation.registry);
  // A text that is too long fails by itself, so that its siblings in a list succeed.
  const texts = cost.texts.filter(({ text }) => text.length <= limits.maxTextLength);
  const tokens = await tokensWithin(limits.maxRequestTokens, { ...cost, texts }, operation);
  lifetime.onEnd(await clients.begin(call.caller.id, call.caller.budget, tokens));
}

/**
 * The tokens of an operation, or an upper estimate if that is within the limit. Throws QUERY_TOO_COSTLY. Counting stops
 * as soon as the limit is exceeded, so that it costs no more than an accepted operation.
 */
async function tokensWithin(limit: number, { texts, numbers }: OperationCost, operation: Operation): Promise<number> {
  const sum = (tokens: (text: string) => number) =>
    texts.reduce((total, { text, passes }) => total + passes * (tokens(text) + SPECIAL_TOKENS), numbers);
  const most = sum((text) => TOKENS_A_UNIT * text.length);
  if (most <= limit) return Math.ceil(most / TOKENS_A_UNIT);
  const segments = new Map<string, number>();
  const least = sum((text) => {
    const known = segments.get(text) ?? countSegments(text);
    segments.set(text, known);
    return known;
  });
  if (least > limit) throw tooCostly(limit, least);

  let counted = numbers;
  for (const { text, model, passes } of texts) {
    counted += passes * (SPECIAL_TOKENS + (await operation.countTokens(text, model)));
    if (counted > limit) throw tooCostly(limit, counted);
  }
  return counted;
}

/** Throws QUERY_TOO_COSTLY if the result would be too large, whatever the models find. */
function checkResultSize(
  { fields }: OperationCost,
  { maxResultSize, maxTextLength }: AdmissionLimits,
  registry: ModelRegistry,
): void {
  const counts = new Map<string, number>();
  const countTokens = (text: string) => {
    let count = counts.get(text);
    if (count === undefined) counts.set(text, (count = text.length > maxTextLength ? 0 : countSegments(text)));
    return count;
  };
  const dimensionsOf = (id: string | undefined) => {
    const model = id === undefined ? registry.models.find(({ task }) => task === 'EMBEDDING') : registry.find(id);
    return model?.dimensions ?? 0;
  };
  let least = 0;
  for (const field of fields) least += leastSizeOf(field, { countTokens, dimensionsOf });
  if (least > maxResultSize) throw resultTooLarge(maxResultSize, least);
}

/** Number of runs without white space, each of which is at least one token. */
function countSegments(text: string): number {
  let count = 0;
  let inside = false;
  for (let at = 0; at < text.length; at++) {
    const blank = text.charCodeAt(at) <= 0x20;
    if (!blank && !inside) count++;
    inside = !blank;
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
