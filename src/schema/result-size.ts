import SchemaBuilder, { BasePlugin, type PothosOutputFieldConfig, type SchemaTypes } from '@pothos/core';
import {
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLType,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isScalarType,
} from 'graphql';
import { BertqlError } from '../errors.ts';
import { foresee, isTurnOver, nextTurn } from '../turns.ts';
import { fixedSize, jsonSize, objectSize, PUNCTUATION } from './json-size.ts';
import { bytesOfWaysBack } from './way-back.ts';

/** The bytes of one result, counted while it is made. */
export class ResultSize {
  readonly #limit: number;
  /** Called once, with the reason, when the result is stopped. */
  onStop: ((reason: BertqlError) => void) | undefined;
  #stopped: BertqlError | undefined;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Why the result was stopped, if it was: nobody will get it. */
  get stopped(): BertqlError | undefined {
    return this.#stopped;
  }

  /** Counts a part of the result, and stops the result if it becomes too large. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    // The error is made once: what is under way may charge thousands of parts more.
    if (this.#bytes > this.#limit && !this.#stopped) this.stop(resultTooLarge(this.#limit));
  }

  /** Stops the result and throws QUERY_TOO_COSTLY if a part that is about to be computed would make it too large. */
  check(bytes: number): void {
    if (this.#bytes + bytes > this.#limit) this.stop(resultTooLarge(this.#limit, this.#bytes + bytes));
    if (this.#stopped) throw this.#stopped;
  }

  /** Prevents any further resolver from running. */
  stop(reason: BertqlError): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    this.onStop?.(reason);
  }

  /** Begins the next result of a stream. */
  reset(): void {
    this.#bytes = 0;
  }
}

/** @param least the least bytes that the result would have, if that is known before it is made */
export function resultTooLarge(limit: number, least?: number): BertqlError {
  const size = least === undefined ? `more than ${limit}` : `at least ${least}`;
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `The result would have ${size} bytes, but at most ${limit} are sent at once. Select less, send a shorter text, or stream it with analyze.`,
    { limit, ...(least === undefined ? {} : { actual: least }) },
  );
}

/** The part of the operation that the plugin needs. */
interface ChargedOperation {
  readonly resultSize: ResultSize;
  readonly signal: AbortSignal;
}

const PLUGIN = 'resultSize';

declare global {
  export namespace PothosSchemaTypes {
    export interface Plugins<Types extends SchemaTypes> {
      [PLUGIN]: ResultSizePlugin<Types>;
    }
  }
}

/** Lists with more bytes are completed item by item. */
const LONG_LIST_BYTES = 32_768;
/** Milliseconds that it takes to complete what is charged. */
const MS_A_BYTE = 5 / LONG_LIST_BYTES;

/**
 * Charges the bytes of a result to its operation, as early as possible: those of an object with all its keys and
 * numbers, and of a list with all its objects, when they are resolved and before their fields are. Lists inside of
 * lists (the entities of the sentence of each entity) grow with the product of their lengths, which no limit on the
 * request can see. Long lists yield to the event loop while they are completed.
 */
class ResultSizePlugin<Types extends SchemaTypes> extends BasePlugin<Types> {
  override wrapResolve(
    resolve: GraphQLFieldResolver<unknown, Types['Context'], object>,
    { type }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    // Numbers, booleans and enums are charged with the object that they belong to.
    if (type.kind === 'Enum' || (type.kind === 'Scalar' && NUMBERS.has(String(type.ref)))) return resolve;
    const isLeaf = type.kind === 'Scalar';
    return (source, args, context, info) => {
      const { operation } = context as { readonly operation: ChargedOperation };
      const run = (): unknown => {
        if (operation.resultSize.stopped) return never();
        const value: unknown = resolve(source, args, context, info);
        return isPromise(value)
          ? value.then((resolved) => checked(resolved, operation, info))
          : checked(value, operation, info);
      };
      return !isLeaf && isTurnOver() ? nextTurn(operation.signal).then(run) : run();
    };
  }
}

SchemaBuilder.registerPlugin(PLUGIN, ResultSizePlugin);

export default PLUGIN;

const NUMBERS = new Set(['Int', 'Float', 'Boolean']);

/** Charges a value, unless what the query asks for below it is known to be too large. */
function checked(value: unknown, operation: ChargedOperation, info: GraphQLResolveInfo): unknown {
  const below = bytesOfWaysBack(value, info);
  if (!below) return charged(value, operation, info);
  // What cannot be told ahead fails in its own place.
  const known = below.catch(() => 0);
  return known.then((bytes) => {
    operation.resultSize.check(bytes);
    return charged(value, operation, info);
  });
}

/**
 * A promise that never settles. A stopped operation has its answer already, and the rest of its execution is abandoned:
 * an error in each of its fields would be wasted work.
 */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** Charges a value. Returns it in the form in which the executor should complete it, when there is a turn for that. */
function charged(value: unknown, operation: ChargedOperation, info: GraphQLResolveInfo): unknown {
  if (value === null || value === undefined) return value;
  const { resultSize, signal } = operation;
  if (resultSize.stopped) return never();
  const before = resultSize.bytes;
  charge(value, resultSize, info);
  const bytes = resultSize.bytes - before;
  const complete = (): unknown => {
    if (resultSize.stopped) return never();
    if (isList(value)) {
      const type = getNullableType(info.returnType);
      const items = isListType(type) && isText(type.ofType) ? chargedTexts(value, resultSize) : value;
      if (bytes > LONG_LIST_BYTES) return inTurns(items, operation);
      foresee(bytes * MS_A_BYTE);
      return items;
    }
    // The executor only completes it after all who wait for the same promise have been here.
    if (typeof value === 'object') foresee(bytes * MS_A_BYTE);
    return value;
  };
  if (typeof value === 'string' || resultSize.stopped || !isTurnOver()) return complete();
  return nextTurn(signal).then(complete);
}

/** Charges a text, an object or a list. */
function charge(value: unknown, resultSize: ResultSize, info: GraphQLResolveInfo): void {
  const type = getNullableType(info.returnType);
  if (typeof value === 'string') {
    resultSize.charge(jsonSize(value));
  } else if (isListType(type)) {
    if (isList(value)) chargeList(value, type.ofType, resultSize, info);
  } else {
    const named = getNamedType(type);
    if (isCompositeType(named)) resultSize.charge(objectSize(info.fieldNodes, named, info));
  }
}

/** Charges all items of a list together, except texts, which are charged one by one when they are read. */
function chargeList(list: List, itemType: GraphQLType, resultSize: ResultSize, info: GraphQLResolveInfo): void {
  resultSize.charge(PUNCTUATION);
  const type = getNullableType(itemType);
  if (isListType(type)) {
    for (const item of list) if (isList(item)) chargeList(item, type.ofType, resultSize, info);
    return;
  }
  const named = getNamedType(itemType);
  const size = isCompositeType(named) ? objectSize(info.fieldNodes, named, info) : fixedSize(named);
  resultSize.charge(list.length * (size + 1));
}

/** A list of texts, which are charged when they are read. */
function* chargedTexts(list: List, resultSize: ResultSize): Generator<unknown, void, void> {
  for (const item of list) {
    if (typeof item === 'string') resultSize.charge(jsonSize(item));
    yield item;
  }
}

/** An array, or a list that makes its items while they are read. */
interface List extends Iterable<unknown> {
  readonly length: number;
}

function isList(value: unknown): value is List {
  return typeof value === 'object' && value !== null && Symbol.iterator in value && 'length' in value;
}

function isText(type: GraphQLType): boolean {
  const named = getNamedType(type);
  return isScalarType(named) && !NUMBERS.has(named.name);
}

/** A list whose items are completed one by one, as turns permit. */
async function* inTurns(
  list: Iterable<unknown>,
  { resultSize, signal }: ChargedOperation,
): AsyncGenerator<unknown, void, void> {
  for (const item of list) {
    if (isTurnOver()) await nextTurn(signal);
    if (resultSize.stopped) await never();
    yield item;
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}
