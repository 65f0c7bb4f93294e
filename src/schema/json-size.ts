import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** Bytes of a list besides what it holds. */
export const PUNCTUATION = 2;
/** Bytes that an object counts at the least: a small one takes more time and memory than its bytes suggest. */
const LEAST_OBJECT = 64;
/** Bytes of `null`. */
const NULL = 4;
/** Bytes that numbers and booleans of the graph take at most: positions in a longest text, and probabilities. */
const SCALARS: Readonly<Record<string, number>> = { Int: 7, Float: 20, Boolean: 5 };

/** Bytes of a text as a JSON string, with its quotes and escapes, in UTF-8. */
export function jsonSize(text: string): number {
  if (text.length < LONG_TEXT) return measureText(text);
  // A long text is often asked for more than once, under several aliases.
  if (text !== last.text) last = { text, bytes: measureText(text) };
  return last.bytes;
}

const LONG_TEXT = 10_000;
let last = { text: '', bytes: 2 };

function measureText(text: string): number {
  let bytes = 2;
  for (let at = 0; at < text.length; at++) bytes += unitSize(text.charCodeAt(at));
  return bytes;
}

function unitSize(unit: number): number {
  if (unit === 0x22 || unit === 0x5c) return 2;
  if (unit < 0x20) return (unit >= 0x08 && unit <= 0x0a) || unit === 0x0c || unit === 0x0d ? 2 : 6;
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  // Each half of a surrogate pair is half of four bytes.
  return unit >= 0xd800 && unit <= 0xdfff ? 2 : 3;
}

/** Bytes that a leaf of a type takes whatever its value; a text only its quotes. */
export function fixedSize(type: GraphQLNamedType): number {
  if (isEnumType(type)) return 2 + Math.max(...type.getValues().map(({ name }) => name.length));
  return SCALARS[type.name] ?? 2;
}

interface Selection {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** By field and type: the same for every object that a field of a document gives, and documents are cached. */
const known = new WeakMap<FieldNode, Map<string, number>>();

/**
 * Bytes that an object takes with the fields that are selected of it, whatever their values: braces, keys with their
 * aliases, numbers and nulls. Texts, objects and lists in it are not counted.
 */
export function objectSize(nodes: readonly FieldNode[], type: GraphQLNamedType, selection: Selection): number {
  let bytes = PUNCTUATION;
  for (const node of nodes) bytes += sizeOfSelection(node, type, selection);
  return Math.max(bytes, LEAST_OBJECT);
}

function sizeOfSelection(node: FieldNode, type: GraphQLNamedType, selection: Selection): number {
  let byType = known.get(node);
  if (!byType) known.set(node, (byType = new Map()));
  let bytes = byType.get(type.name);
  if (bytes === undefined)
    byType.set(type.name, (bytes = node.selectionSet ? measure(node.selectionSet, type, selection) : 0));
  return bytes;
}

function measure(set: SelectionSetNode, type: GraphQLNamedType, selection: Selection): number {
  if (isAbstractType(type)) {
    const sizes = selection.schema.getPossibleTypes(type).map((possible) => measure(set, possible, selection));
    return Math.max(0, ...sizes);
  }
  if (!isObjectType(type)) return 0;
  const fields = type.getFields();
  let bytes = 0;
  for (const each of set.selections) {
    if (each.kind === Kind.FIELD) {
      const definition = fields[each.name.value];
      // A key has quotes, a colon and a comma.
      bytes += (each.alias ?? each.name).value.length + 4;
      if (!definition) bytes += type.name.length + 2;
      else bytes += each.selectionSet ? NULL : fixedSize(getNamedType(definition.type));
      continue;
    }
    const inner = each.kind === Kind.INLINE_FRAGMENT ? each : selection.fragments[each.name.value];
    const condition = inner?.typeCondition?.name.value;
    if (inner && (condition === undefined || applies(condition, type.name, selection.schema))) {
      bytes += measure(inner.selectionSet, type, selection);
    }
  }
  return bytes;
}

function applies(condition: string, name: string, schema: GraphQLSchema): boolean {
  if (condition === name) return true;
  const abstract = schema.getType(condition);
  const type = schema.getType(name);
  return isAbstractType(abstract) && isObjectType(type) && schema.isSubType(abstract, type);
}
