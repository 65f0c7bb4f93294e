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
import { fixedSize, objectSize, selectedFields } from '../../schema/json-size.ts';
import { argumentsOf, type RootField } from './operation-cost.ts';

/** The type whose lists have an item for each token of its text. */
const PER_TOKEN = 'Tokenization';
/** The type whose list is a vector. */
const VECTOR = 'Embedding';
/** The type of a failed outcome. */
const PROBLEM = 'TextProblem';
/** The types whose field `text` is the whole text. */
const WITH_TEXT = new Set(['Document', 'Tokenization', 'SentimentResult']);

/** What is known about texts and models before anything is run. */
export interface Foreknowledge {
  /** A lower bound of the tokens of a text. */
  countTokens(text: string): number;
  /** Bytes of a text as a JSON string. */
  sizeOfText(text: string): number;
  /** Length of a vector of an EMBEDDING model, by default the default one; 0 if it is not known yet. */
  dimensionsOf(model: string | undefined): number;
}

/**
 * The least bytes of the result of a root field that are known before it is run: k selected lists of a text of n tokens
 * have k · n items, and a vector has the length of its model's. What a model will find in a text is unknown. Every text
 * of a list counts as one that can be read.
 */
export function leastSizeOf(field: RootField, known: Foreknowledge): number {
  const { node, type, texts, schema } = field;
  const { fixed, eachToken, copies } = sizeOf([node], successOf(getNamedType(type), schema), field, known);
  let bytes = fixed * texts.length;
  for (const text of texts) {
    if (eachToken > 0) bytes += eachToken * known.countTokens(text);
    if (copies > 0) bytes += copies * known.sizeOfText(text);
  }
  return bytes;
}

/** The type of an outcome if its text can be read. */
function successOf(type: GraphQLNamedType, schema: GraphQLSchema): GraphQLNamedType {
  if (!isUnionType(type)) return type;
  const [success, other] = schema.getPossibleTypes(type).filter(({ name }) => name !== PROBLEM);
  return success && !other ? success : type;
}

/** Bytes of a result: for any text, for each token of the text, and how many times it has the text itself. */
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
