import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  isUnionType,
} from 'graphql';
import { fixedSize, jsonSize, objectSize, selectedFields } from '../../schema/json-size.ts';
import { argumentsOf, type RootField } from './operation-cost.ts';

/** Types whose lists have an item for each token of their text. */
const PER_TOKEN = 'Tokenization';
/** The type whose list is a vector. */
const VECTOR = 'Embedding';
/** The type of an outcome that failed. */
const PROBLEM = 'TextProblem';
/** Types that have the text itself in their field `text`. */
const WITH_TEXT = new Set(['Document', 'Tokenization', 'SentimentResult']);

/** What is known of texts and models before they are read. */
export interface Foreknowledge {
  /** A lower bound of the tokens of a text. */
  countTokens(text: string): number;
  /** Numbers of a vector of an EMBEDDING model, by default of the default one; 0 if they are not known yet. */
  dimensionsOf(model: string | undefined): number;
}

/**
 * Bytes that the result of a root field has at the least, as far as that can be said before it is run: a text of n tokens
 * of which k lists are asked for has k · n items, and a vector has as many numbers as its model gives. What a model finds
 * in a text nobody knows before. Of a list of texts, each counts as one that can be read.
 */
export function leastSizeOf(field: RootField, known: Foreknowledge): number {
  const { node, type, texts, schema } = field;
  const { fixed, eachToken, copies } = sizeOf([node], successOf(getNamedType(type), schema), field, known);
  let bytes = fixed * texts.length;
  for (const text of texts) {
    if (eachToken > 0) bytes += eachToken * known.countTokens(text);
    if (copies > 0) bytes += copies * jsonSize(text);
  }
  return bytes;
}

/** What an outcome is if its text can be read. */
function successOf(type: GraphQLNamedType, schema: GraphQLSchema): GraphQLNamedType {
  if (!isUnionType(type)) return type;
  const [success, other] = schema.getPossibleTypes(type).filter(({ name }) => name !== PROBLEM);
  return success && !other ? success : type;
}

/** Bytes of a result: what it has for any text, for each token of the text, and how often it has the text itself. */
interface Size {
  readonly fixed: number;
  readonly eachToken: number;
  readonly copies: number;
}

function sizeOf(nodes: readonly FieldNode[], type: GraphQLNamedType, selection: RootField, known: Foreknowledge): Size {
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
      if (type.name === VECTOR) fixed += known.dimensionsOf(modelOf(nodes, selection)) * (fixedSize(named) + 1);
      if (type.name !== PER_TOKEN) continue;
      eachToken += selectionSet ? objectSize(fields, named, selection) : Math.min(2, fixedSize(named));
    } else if (selectionSet) {
      const inner = sizeOf(fields, named, selection, known);
      fixed += inner.fixed;
      eachToken += inner.eachToken;
      copies += inner.copies;
    } else if (definition.name === 'text' && WITH_TEXT.has(type.name)) {
      copies++;
    }
  }
  return { fixed, eachToken, copies };
}

function modelOf([node]: readonly FieldNode[], { variables }: RootField): string | undefined {
  const model = node && argumentsOf(node, variables)['model'];
  return typeof model === 'string' ? model : undefined;
}
