import { type DefinitionNode, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';

/** How big a document is once all its fragments are written out. */
export interface DocumentShape {
  /** Nested fields; those of introspection are left out, they have a rule of their own. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Characters of the longest name, of whatever it is the name. */
  readonly longestName: number;
  /** Names of fragments that spread each other in a circle, or `undefined`. */
  readonly cycle?: readonly string[];
}

const NOTHING: DocumentShape = { depth: 0, aliases: 0, directives: 0, longestName: 0 };

/** Measures a document. Every fragment is looked at once, however often it is spread, so this takes linear time. */
export function measureDocument(document: DocumentNode): DocumentShape {
  let longestName = 0;
  visit(document, {
    Name: ({ value }) => {
      longestName = Math.max(longestName, value.length);
    },
  });
  return { ...measureSelected(document), longestName };
}

function measureSelected(document: DocumentNode): DocumentShape {
  const fragments = new Map<string, DefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, DocumentShape>();
  const path: string[] = [];

  const measureFragment = (name: string): DocumentShape => {
    const measured = known.get(name);
    if (measured) return measured;
    const definition = fragments.get(name);
    if (definition?.kind !== Kind.FRAGMENT_DEFINITION) return NOTHING;
    if (path.includes(name)) return { ...NOTHING, cycle: [...path.slice(path.indexOf(name)), name] };
    path.push(name);
    const inner = measureSelections(definition.selectionSet);
    const shape = { ...inner, directives: inner.directives + (definition.directives?.length ?? 0) };
    path.pop();
    known.set(name, shape);
    return shape;
  };

  const measureSelections = (set: SelectionSetNode | undefined): DocumentShape => {
    let shape = NOTHING;
    for (const selection of set?.selections ?? []) {
      let inner: DocumentShape;
      if (selection.kind === Kind.FRAGMENT_SPREAD) inner = measureFragment(selection.name.value);
      else inner = measureSelections(selection.selectionSet);
      if (inner.cycle) return inner;
      const isField = selection.kind === Kind.FIELD;
      const isIntrospection = isField && selection.name.value.startsWith('__');
      shape = {
        ...shape,
        depth: Math.max(shape.depth, isIntrospection ? 1 : inner.depth + (isField ? 1 : 0)),
        aliases: shape.aliases + inner.aliases + (isField && selection.alias ? 1 : 0),
        directives: shape.directives + inner.directives + (selection.directives?.length ?? 0),
      };
    }
    return shape;
  };

  let whole = NOTHING;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const shape = measureSelections(definition.selectionSet);
    if (shape.cycle) return shape;
    whole = {
      ...whole,
      depth: Math.max(whole.depth, shape.depth),
      aliases: whole.aliases + shape.aliases,
      directives: whole.directives + shape.directives + (definition.directives?.length ?? 0),
    };
  }
  for (const name of fragments.keys()) {
    const { cycle } = measureFragment(name);
    if (cycle) return { ...whole, cycle };
  }
  return whole;
}
