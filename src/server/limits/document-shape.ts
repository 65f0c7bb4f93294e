import { type DefinitionNode, type DocumentNode, Kind, type SelectionSetNode, visit } from 'graphql';

/** The size of a document after expanding all its fragments. */
export interface DocumentShape {
  /** Levels of nested fields, without those of introspection, which have a rule of their own. */
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  /** Number of selected fields and fragments. */
  readonly selections: number;
  /** Characters of the longest name of any kind. */
  readonly longestName: number;
  /** Number of defined fragments. */
  readonly fragments: number;
  /**
   * Pairs of fields with one response key, which GraphQL's rules may compare with each other. Those with arguments or
   * fields of their own count {@link COMPOSITE_PAIR} times. Fragments are not expanded here.
   */
  readonly pairs: number;
  /** Names of fragments that spread each other in a cycle, if there is one. */
  readonly cycle?: readonly string[];
}

/** How many times a pair of fields counts if there is more to compare than names. */
const COMPOSITE_PAIR = 10;

/** The part of the shape that comes from selections. */
type SelectedShape = Pick<DocumentShape, 'depth' | 'aliases' | 'directives' | 'selections' | 'cycle'>;

const NOTHING: SelectedShape = { depth: 0, aliases: 0, directives: 0, selections: 0 };

/** Measures a document in linear time: every fragment is visited once, however often it is spread. */
export function measureDocument(document: DocumentNode): DocumentShape {
  let longestName = 0;
  let fragments = 0;
  let pairs = 0;
  const fields = new Map<string, number>();
  visit(document, {
    Name: ({ value }) => {
      longestName = Math.max(longestName, value.length);
    },
    FragmentDefinition: () => {
      fragments++;
    },
    Field: ({ alias, name, arguments: args = [], selectionSet }) => {
      const key = (alias ?? name).value;
      const before = fields.get(key) ?? 0;
      pairs += before * (selectionSet || args.length > 0 ? COMPOSITE_PAIR : 1);
      fields.set(key, before + 1);
    },
  });
  return { ...measureSelected(document), longestName, fragments, pairs };
}

function measureSelected(document: DocumentNode): SelectedShape {
  const fragments = new Map<string, DefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const known = new Map<string, SelectedShape>();
  const path: string[] = [];

  const measureFragment = (name: string): SelectedShape => {
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

  const measureSelections = (set: SelectionSetNode | undefined): SelectedShape => {
    let shape = NOTHING;
    for (const selection of set?.selections ?? []) {
      let inner: SelectedShape;
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
        selections: shape.selections + inner.selections + 1,
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
      selections: whole.selections + shape.selections,
    };
  }
  for (const name of fragments.keys()) {
    const { cycle } = measureFragment(name);
    if (cycle) return { ...whole, cycle };
  }
  return whole;
}
