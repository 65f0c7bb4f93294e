import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { fixedSize, jsonSize, objectSize } from '../../schema/json-size.ts';
import type { RootField } from './operation-cost.ts';

/** Types whose lists have an item for each token of their text. */
const PER_TOKEN = 'Tokenization';
/** Types that have the text itself in their field `text`. */
const WITH_TEXT = new Set(['Document', 'Tokenization', 'SentimentResult']);

/**
 * Bytes that the result of a root field has at the least, as far as that can be said before it is run: a text of n tokens
 * of which k lists are asked for has k · n items. What a model finds in a text nobody knows before.
 * @param countTokens a lower bound of the tokens of a text
 */
export function leastSizeOf(field: RootField, countTokens: (text: string) => number): number {
  const { node, type, schema, fragments, texts } = field;
  let bytes = 0;
  for (const text of texts) bytes += sizeFor(text, node, getNamedType(type));
  return bytes;

  function sizeFor(text: string, parent: FieldNode, of: GraphQLNamedType): number {
    if (!isObjectType(of) || !parent.selectionSet) return 0;
    const own = objectSize([parent], of, { schema, fragments });
    return own + sizeOfFields(text, parent.selectionSet, of);
  }

  function sizeOfFields(text: string, set: SelectionSetNode, of: GraphQLNamedType): number {
    if (!isObjectType(of)) return 0;
    let sum = 0;
    for (const each of set.selections) {
      if (each.kind !== Kind.FIELD) {
        const inner = each.kind === Kind.INLINE_FRAGMENT ? each : fragments[each.name.value];
        const condition = inner?.typeCondition?.name.value ?? of.name;
        if (inner && condition === of.name) sum += sizeOfFields(text, inner.selectionSet, of);
        continue;
      }
      // Whether it is in the result depends on variables.
      if (each.directives && each.directives.length > 0) continue;
      const definition = of.getFields()[each.name.value];
      if (!definition) continue;
      const named = getNamedType(definition.type);
      if (isList(definition.type)) {
        if (of.name !== PER_TOKEN) continue;
        const item = each.selectionSet
          ? objectSize([each], named, { schema, fragments })
          : Math.min(2, fixedSize(named));
        sum += countTokens(text) * item;
      } else if (each.selectionSet) {
        sum += sizeFor(text, each, named);
      } else if (definition.name === 'text' && WITH_TEXT.has(of.name)) {
        sum += jsonSize(text);
      }
    }
    return sum;
  }
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type));
}
