import { type GraphQLSchema, getNamedType, isCompositeType, isIntrospectionType, isObjectType } from 'graphql';
import type { Context } from './context.ts';

/** What an object counts beside the text that it brings, in characters. */
const OBJECT_SIZE = 64;

/**
 * Has every object of a result booked with its operation, by wrapping the fields that give objects. Lists inside of
 * lists (the entities of the sentences of the entities …) grow with the product of their lengths, which no limit on
 * the request can see.
 */
export function chargeResults(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (!resolve || !isCompositeType(getNamedType(field.type))) continue;
      field.resolve = (source, args, context: Context, info) => {
        const charged = <T>(value: T): T => {
          context.operation.charge(sizeOf(value));
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
