import {
  type FieldNode,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
} from 'graphql';
import { fixedSize, jsonSize, objectSize, selectedFields } from '../../schema/json-size.ts';
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
  const { node, type, texts } = field;
  const { fixed, eachToken, copies } = sizeOf([node], getNamedType(type), field);
  let bytes = fixed * texts.length;
  for (const text of texts) {
    if (eachToken > 0) bytes += eachToken * countTokens(text);
    if (copies > 0) bytes += copies * jsonSize(text);
  }
  return bytes;
}

/** Bytes of a result: what it has for any text, for each token of the text, and how often it has the text itself. */
interface Size {
  readonly fixed: number;
  readonly eachToken: number;
  readonly copies: number;
}

function sizeOf(nodes: readonly FieldNode[], type: GraphQLNamedType, selection: RootField): Size {
  if (!isObjectType(type)) return { fixed: 0, eachToken: 0, copies: 0 };
  let fixed = objectSize(nodes, type, selection);
  let eachToken = 0;
  let copies = 0;
  for (const fields of selectedFields(nodes, type, selection, true).values()) {
    const [{ name, selectionSet }] = fields;
    const definition = type.getFields()[name.value];
    if (!definition) continue;
    const named = getNamedType(definition.type);
    if (isListType(getNullableType(definition.type))) {
      if (type.name !== PER_TOKEN) continue;
      eachToken += selectionSet ? objectSize(fields, named, selection) : Math.min(2, fixedSize(named));
    } else if (selectionSet) {
      const inner = sizeOf(fields, named, selection);
      fixed += inner.fixed;
      eachToken += inner.eachToken;
      copies += inner.copies;
    } else if (definition.name === 'text' && WITH_TEXT.has(type.name)) {
      copies++;
    }
  }
  return { fixed, eachToken, copies };
}
