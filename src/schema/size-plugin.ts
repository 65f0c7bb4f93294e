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
import { errorOf } from '../thrown.ts';
import { foresee, isTurnOver, nextTurn } from '../turns.ts';
import { fixedSize, jsonSize, objectSize, PUNCTUATION } from './json-size.ts';
import type { ResultSize } from './result-size.ts';
import { bytesOfWaysBack } from './way-back.ts';

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
    { type, args: accepted }: PothosOutputFieldConfig<Types>,
  ): GraphQLFieldResolver<unknown, Types['Context'], object> {
    // Numbers, booleans and enums are charged with the object that they belong to. Only arguments can make them fail.
    const isFixed = type.kind === 'Enum' || (type.kind === 'Scalar' && NUMBERS.has(String(type.ref)));
    if (isFixed && Object.keys(accepted).length === 0) return resolve;
    const isLeaf = type.kind === 'Scalar';
    return (source, args, context, info) => {
      const { operation } = context as { readonly operation: ChargedOperation };
      const run = (): unknown => {
        if (operation.resultSize.stopped) return never();
        let value: unknown;
        try {
          value = resolve(source, args, context, info);
        } catch (error) {
          return failure(error, operation.resultSize, info);
        }
        if (!isPromise(value)) return checked(value, operation, info);
        return value.then(
          (resolved) => checked(resolved, operation, info),
          (error: unknown) => failure(error, operation.resultSize, info),
        );
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

/** Charges an error that the result has in the place of a field, and throws it. */
function failure(error: unknown, resultSize: ResultSize, { path }: GraphQLResolveInfo): Promise<never> {
  if (resultSize.stopped) return never();
  const message = jsonSize(errorOf(error).message);
  let keys = 0;
  for (let at: typeof path | undefined = path; at; at = at.prev) keys += String(at.key).length + 3;
  resultSize.chargeError(LEAST_ERROR + message + keys);
  if (resultSize.stopped) return never();
  throw error;
}

/** Bytes of an error besides its message and path: its location, its code and what else its extensions say. */
const LEAST_ERROR = 250;

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
