import { type GraphQLSchema, getNamedType, isCompositeType, isIntrospectionType, isObjectType } from 'graphql';
import { BertqlError } from '../errors.ts';
import type { Context } from './context.ts';

/** Bytes that an object counts besides its text. */
const OBJECT_SIZE = 64;

/** The bytes of the results of one operation, counted while they are made. */
export class ResultSize {
  readonly #limit: number;
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws QUERY_TOO_COSTLY if the result has become too large. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limit) throw tooLarge(this.#limit);
  }
}

/** Ends the whole operation: the executor runs no further resolver after an error with this extension. */
function tooLarge(limit: number): BertqlError {
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `The result has more than ${limit} bytes, and at most so many are sent at once. Select less, or send a shorter text.`,
    { limit, CRITICAL_ERROR: true },
  );
}

/** Charges every object of a result to its operation. */
export function chargeResults(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || !isCompositeType(getNamedType(field.type))) continue;
      field.resolve = (source, args, context: Context, info) => {
        const charged = <T>(value: T): T => {
          context.operation.resultSize.charge(sizeOf(value));
          return value;
        };
        const value: unknown = resolve(source, args, context, info);
        return value instanceof Promise ? value.then(charged) : charged(value);
      };
    }
  }
  return schema;
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + sizeOf(item), 0);
  return OBJECT_SIZE + ('text' in value && typeof value.text === 'string' ? value.text.length : 0);
}
