import {
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

/** A text of an operation, the model it is for, and how many times models read it. */
interface TextCost {
  readonly text: string;
  readonly model: string | undefined;
  /** How many times models read the text; at least 1, since it is always tokenized. */
  readonly passes: number;
}

/** The cost of an operation, known before it is run. */
export interface OperationCost {
  readonly texts: readonly TextCost[];
  /** Number of texts of the longest list. */
  readonly longestList: number;
  /** Number of numbers in lists, such as the ids of `detokenize`. */
  readonly numbers: number;
  /** The root fields with texts. */
  readonly fields: readonly RootField[];
}

/** A root field with the texts of its arguments. */
export interface RootField {
  readonly node: FieldNode;
  readonly variables: Variables;
  readonly type: GraphQLOutputType;
  readonly texts: readonly string[];
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** The types that a model computes, with the task of that model; a field of such a type reads the text. */
const COMPUTED_BY: Readonly<Record<string, string>> = {
  SentimentResult: 'SENTIMENT',
  Entity: 'NER',
  EntityGroup: 'NER',
  Analysis: 'NER',
  AnalysisEvent: 'NER',
  Embedding: 'EMBEDDING',
  Passage: 'EMBEDDING',
  WordSenses: 'EMBEDDING',
};

/** The names of arguments with texts, of root fields and nested ones. */
const TEXT_ARGUMENTS = new Set(['text', 'texts', 'a', 'b', 'to', 'query']);

type Variables = Readonly<Record<string, unknown>>;

/**
 * Computes the cost of an operation. It knows no field by name: any string or list of strings under one of the names in
 * {@link TEXT_ARGUMENTS}, even inside an `input`, counts as texts, so that future fields are covered. Expects a
 * validated document.
 */
export function costOf({ schema, document, operationName, variableValues }: ExecutionArgs): OperationCost {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!operation || !root) return { texts: [], longestList: 0, numbers: 0, fields: [] };
  const variables: Record<string, unknown> = {};
  for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
    const { value: name } = variable.name;
    const given = variableValues?.[name];
    variables[name] = given !== undefined || !defaultValue ? given : valueFromASTUntyped(defaultValue);
  }
  const walk = { schema, variables, fragments: fragmentsOf(document) };

  const texts: TextCost[] = [];
  let numbers = 0;
  let longestList = 0;
  const fields: RootField[] = [];
  const fragments = Object.fromEntries(walk.fragments);
  for (const field of rootFields(walk, operation.selectionSet).values()) {
    const args = argumentsOf(field, variables);
    numbers += Object.values(args).reduce<number>((sum, value) => sum + countNumbers(value), 0);
    const brought = textsOf(args);
    if (brought.length === 0) continue;
    longestList = Math.max(longestList, brought.length);
    const definition = root.getFields()[field.name.value];
    if (definition) fields.push({ node: field, type: definition.type, texts: brought, variables, schema, fragments });
    const { passes, nested } = readingsOf(walk, root, field, args);
    const model = typeof args['model'] === 'string' ? args['model'] : undefined;
    for (const text of brought) texts.push({ text, model, passes });
    // A nested query or text to compare with is read once for each text of the list.
    for (const text of nested) texts.push({ text, model, passes: brought.length });
  }
  return { texts, longestList, numbers, fields };
}

/** The operation of a document to run, or `undefined` if none has that name. */
export function operationOf({
  document,
  operationName,
}: Pick<ExecutionArgs, 'document' | 'operationName'>): OperationDefinitionNode | undefined {
  return getOperationAST(document, operationName) ?? undefined;
}

/** The names of the root fields that an operation selects, each once. */
export function rootFieldsOf(args: ExecutionArgs): readonly string[] {
  const { schema, document, variableValues } = args;
  const operation = operationOf(args);
  if (!operation) return [];
  const walk = { schema, variables: variableValues ?? {}, fragments: fragmentsOf(document) };
  const names = new Set<string>();
  eachField(walk, operation.selectionSet, ({ name }) => names.add(name.value));
  return [...names];
}

interface Walk {
  readonly schema: GraphQLSchema;
  readonly variables: Variables;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** The selected fields by response key: fields with one key are merged. */
function rootFields(walk: Walk, set: SelectionSetNode): ReadonlyMap<string, FieldNode> {
  const fields = new Map<string, FieldNode>();
  eachField(walk, set, (field) => fields.set((field.alias ?? field.name).value, field));
  return fields;
}

/** Visits the fields of a selection, including those of fragments, each fragment once. */
function eachField(
  walk: Walk,
  set: SelectionSetNode,
  visit: (field: FieldNode, typeCondition: string | undefined) => void,
  typeCondition?: string,
  seen: Set<string> = new Set(),
): void {
  for (const selection of set.selections) {
    if (!isIncluded(selection.directives ?? [], walk.variables)) continue;
    if (selection.kind === Kind.FIELD) {
      visit(selection, typeCondition);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      eachField(walk, selection.selectionSet, visit, selection.typeCondition?.name.value ?? typeCondition, seen);
    } else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      const fragment = walk.fragments.get(selection.name.value);
      if (fragment) eachField(walk, fragment.selectionSet, visit, fragment.typeCondition.name.value, seen);
    }
  }
}

/**
 * Counts how many times the text of a root field is read, and finds the texts of nested fields. Fields that share work
 * count once.
 */
function readingsOf(
  walk: Walk,
  root: GraphQLObjectType,
  field: FieldNode,
  args: Variables,
): { readonly passes: number; readonly nested: readonly string[] } {
  const readings = new Set<string>();
  const nested: string[] = [];
  const visit = (parent: GraphQLObjectType, node: FieldNode, inherited: unknown) => {
    const definition = parent.getFields()[node.name.value];
    if (!definition) return;
    const type = getNamedType(definition.type);
    const given = argumentsOf(node, walk.variables);
    const model = given['model'] ?? inherited;
    const kind = COMPUTED_BY[type.name];
    if (kind === 'SENTIMENT') readings.add(`${parent.name} ${kind} ${String(model)} ${String(given['longText'])}`);
    if (kind === 'NER') readings.add(`${kind} ${String(model)}`);
    if (kind === 'EMBEDDING') readings.add(`${parent.name} ${type.name} ${String(model)} ${String(given['as'])}`);
    if (node !== field) nested.push(...textsOf(given));
    if (!node.selectionSet) return;
    eachField(walk, node.selectionSet, (child, condition) => {
      const below = condition === undefined ? type : walk.schema.getType(condition);
      const parents = isAbstractType(below) ? walk.schema.getPossibleTypes(below) : [below];
      for (const each of parents) if (isObjectType(each)) visit(each, child, model);
    });
  };
  visit(root, field, args['model']);
  if (isTrue(args['input'], 'sentiment')) readings.add('SENTIMENT input');
  return { passes: Math.max(1, readings.size), nested };
}

function isTrue(input: unknown, name: string): boolean {
  return isObject(input) && input[name] === true;
}

/** Most fields have no arguments. */
const NO_ARGUMENTS: Variables = {};

/** The arguments of a field or directive that the document names. */
export function argumentsOf(node: { readonly arguments?: readonly ArgumentNode[] }, variables: Variables): Variables {
  if (!node.arguments?.length) return NO_ARGUMENTS;
  const args: Record<string, unknown> = {};
  for (const { name, value } of node.arguments) args[name.value] = valueFromASTUntyped(value, variables);
  return args;
}

const NO_TEXTS: readonly string[] = [];

function textsOf(args: Variables): readonly string[] {
  if (args === NO_ARGUMENTS) return NO_TEXTS;
  const texts: string[] = [];
  for (const name in args) {
    const value = args[name];
    if (isObject(value)) for (const text of textsOf(value)) texts.push(text);
    if (!TEXT_ARGUMENTS.has(name)) continue;
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) for (const each of value) if (typeof each === 'string') texts.push(each);
  }
  return texts;
}

function countNumbers(value: unknown): number {
  return Array.isArray(value) && typeof value[0] === 'number' ? value.length : 0;
}

function isIncluded(directives: readonly DirectiveNode[], variables: Variables): boolean {
  return directives.every((directive) => {
    const { if: condition } = argumentsOf(directive, variables);
    if (directive.name.value === 'skip') return condition !== true;
    return directive.name.value !== 'include' || condition !== false;
  });
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  return fragments;
}

function isObject(value: unknown): value is Variables {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
