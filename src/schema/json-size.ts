import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** Bytes of a list besides its items. */
export const PUNCTUATION = 2;
/** The least bytes that an object counts as: a small one costs more time and memory than its bytes suggest. */
const LEAST_OBJECT = 160;
/** Bytes of `null`. */
const NULL = 4;
/** The most bytes that numbers and booleans of the graph take: positions in the longest text, and probabilities. */
const SCALARS: Readonly<Record<string, number>> = { Int: 7, Float: 20, Boolean: 5 };

/** Bytes of a text as a JSON string, with its quotes and escapes, in UTF-8. */
export function jsonSize(text: string): number {
  if (text.length < LONG_TEXT) return measureText(text);
  // A long text is often selected more than once, under several aliases.
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

/** Bytes of a leaf of a type, whatever its value; only the quotes of a text. */
export function fixedSize(type: GraphQLNamedType): number {
  if (isEnumType(type)) return 2 + Math.max(...type.getValues().map(({ name }) => name.length));
  return SCALARS[type.name] ?? 2;
}

interface Selection {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** By fields and type, since parsed documents are cached and their fields return many objects. */
const known = new WeakMap<FieldNode | readonly FieldNode[], Map<string, number>>();

/**
 * Bytes of an object with its selected fields, whatever their values: braces, keys with their aliases, numbers and
 * nulls. Texts, objects and lists in it are not counted.
 *
 * @param nodes the fields with one response key, whose selections are merged in the object
 */
export function objectSize(nodes: readonly FieldNode[], type: GraphQLNamedType, selection: Selection): number {
  const [only] = nodes;
  const key = only && nodes.length === 1 ? only : nodes;
  let byType = known.get(key);
  if (!byType) known.set(key, (byType = new Map()));
  let bytes = byType.get(type.name);
  if (bytes === undefined) byType.set(type.name, (bytes = measure(nodes, type, selection)));
  return Math.max(bytes, LEAST_OBJECT);
}

function measure(nodes: readonly FieldNode[], type: GraphQLNamedType, selection: Selection): number {
  if (isAbstractType(type)) {
    const sizes = selection.schema.getPossibleTypes(type).map((possible) => measure(nodes, possible, selection));
    return Math.max(0, ...sizes);
  }
  if (!isObjectType(type)) return 0;
  let bytes = PUNCTUATION;
  for (const [key, [{ name, selectionSet }]] of selectedFields(nodes, type, selection)) {
    const definition = type.getFields()[name.value];
    // A key has quotes, a colon and a comma.
    bytes += key.length + 4;
    if (!definition) bytes += type.name.length + 2;
    else bytes += selectionSet ? NULL : fixedSize(getNamedType(definition.type));
  }
  return bytes;
}

/**
 * The fields that are selected of an object, by the key of their result.
 * @param certain leaves out what has directives, so that it may not be in the result
 */
export function selectedFields(
  nodes: readonly FieldNode[],
  type: GraphQLObjectType,
  { schema, fragments }: Selection,
  certain = false,
): ReadonlyMap<string, readonly [FieldNode, ...FieldNode[]]> {
  const fields = new Map<string, [FieldNode, ...FieldNode[]]>();
  const seen = new Set<string>();
  const collect = (set: SelectionSetNode) => {
    for (const each of set.selections) {
      if (certain && each.directives && each.directives.length > 0) continue;
      if (each.kind === Kind.FIELD) {
        const key = (each.alias ?? each.name).value;
        const others = fields.get(key);
        if (others) others.push(each);
        else fields.set(key, [each]);
        continue;
      }
      const isSpread = each.kind === Kind.FRAGMENT_SPREAD;
      if (isSpread && seen.has(each.name.value)) continue;
      if (isSpread) seen.add(each.name.value);
      const inner = isSpread ? fragments[each.name.value] : each;
      const condition = inner?.typeCondition?.name.value;
      if (inner && (condition === undefined || applies(condition, type.name, schema))) collect(inner.selectionSet);
    }
  };
  for (const { selectionSet } of nodes) if (selectionSet) collect(selectionSet);
  return fields;
}

function applies(condition: string, name: string, schema: GraphQLSchema): boolean {
  if (condition === name) return true;
  const abstract = schema.getType(condition);
  const type = schema.getType(name);
  return isAbstractType(abstract) && isObjectType(type) && schema.isSubType(abstract, type);
}
