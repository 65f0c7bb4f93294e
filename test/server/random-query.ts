import fc, { type GeneratorValue } from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  type OperationTypeNode,
} from 'graphql';

/** What random operations are made of besides the schema. */
export interface Ingredients {
  readonly schema: GraphQLSchema;
  /** Texts for arguments and lists of them, which become variables. */
  readonly texts: readonly string[];
  /** Ids for arguments of type `ID`, by the name of the argument. */
  readonly ids: Readonly<Record<string, readonly string[]>>;
  /** Fields of one selection at the most. */
  readonly width: number;
  readonly depth: number;
}

/** The first of the random numbers, so that a run can be repeated. */
export const SEED = 20_261_129;

const MODELS = ['bertql/sst2-minilm', 'bertql/conll-ner-minilm', 'bertql/all-minilm-l6-v2', 'nobody/nothing'];
/** Ids of the bundled models, and of nothing. */
export const IDS: Ingredients['ids'] = {
  model: MODELS,
  models: MODELS,
  id: [...MODELS, 'B3BhYmNkZWZnaGlq'],
  types: ['PER', 'LOC', 'POSITIVE'],
};

/** The results in an answer, as JSON: one, or the events of a stream that came as a whole. */
export function resultsIn(body: string, accept: string): readonly string[] {
  if (accept !== 'text/event-stream') return [body];
  return [...body.matchAll(/^event: next\ndata: (.*)\n\n/gm)].map(([, data = '']) => data);
}

/** A random operation that GraphQL's own rules find valid. */
export interface RandomOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Arguments that take a text. */
const TEXTS = new Set(['text', 'texts', 'a', 'b', 'to', 'query']);
/** Aliases that a document may have. */
const MOST_ALIASES = 100;

/** Makes a random operation over the whole schema: aliases, nesting, lists, fragments and directives. */
export function randomOperation(g: GeneratorValue, type: OperationTypeNode, parts: Ingredients): RandomOperation {
  return new OperationMaker(g, parts).make(type);
}

class OperationMaker {
  readonly #g: GeneratorValue;
  readonly #parts: Ingredients;
  readonly #declared = new Map<string, string>();
  readonly #variables: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  #names = 0;
  #aliases = 0;

  constructor(g: GeneratorValue, parts: Ingredients) {
    this.#g = g;
    this.#parts = parts;
  }

  make(type: OperationTypeNode): RandomOperation {
    const root = this.#parts.schema.getRootType(type);
    if (!root) throw new Error(`The schema has no ${type}.`);
    const isStream = type === 'subscription';
    const selection = this.#selection(root, isStream ? 1 : this.#parts.width, this.#parts.depth, !isStream);
    const declared = [...this.#declared].map(([name, typeName]) => `$${name}: ${typeName}`);
    const head = declared.length > 0 ? `${type} Random(${declared.join(', ')})` : `${type} Random`;
    return { query: [`${head} ${selection}`, ...this.#fragments].join('\n'), variables: this.#variables };
  }

  #chance(percent: number): boolean {
    return this.#g(fc.integer, { min: 1, max: 100 }) <= percent;
  }

  #oneOf<T>(values: readonly T[]): T {
    const value = values[this.#g(fc.nat, { max: values.length - 1 })];
    if (value === undefined) throw new Error('There is nothing to choose from.');
    return value;
  }

  #selection(type: GraphQLCompositeType, width: number, depth: number, decorated = true): string {
    const count = this.#g(fc.integer, { min: 1, max: width });
    const parts = Array.from({ length: count }, () => this.#part(type, depth, decorated));
    return `{ ${parts.join(' ')} }`;
  }

  #part(type: GraphQLCompositeType, depth: number, decorated: boolean): string {
    const { schema } = this.#parts;
    if (isAbstractType(type)) {
      if (this.#chance(10)) return '__typename';
      const possible = this.#oneOf(schema.getPossibleTypes(type));
      return `... on ${possible.name} ${this.#selection(possible, this.#parts.width, depth)}`;
    }
    const field = this.#field(type, depth, decorated);
    if (!decorated || !this.#chance(15)) return field;
    const directive = this.#directive();
    if (this.#chance(50)) return `... on ${type.name}${directive} { ${field} }`;
    const name = `F${this.#names++}`;
    this.#fragments.push(`fragment ${name} on ${type.name} { ${field} }`);
    return `...${name}${directive}${this.#chance(30) ? ` ...${name}` : ''}`;
  }

  #directive(): string {
    if (!this.#chance(30)) return '';
    return this.#oneOf([' @include(if: true)', ' @skip(if: false)', ' @include(if: false)', ' @skip(if: true)']);
  }

  #field(type: GraphQLObjectType, depth: number, decorated: boolean): string {
    // A subscription may not select it at its root.
    if (decorated && this.#chance(5)) return '__typename';
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => !isCompositeType(getNamedType(field.type)));
    const field = this.#oneOf(depth > 0 ? all : leaves.length > 0 ? leaves : all);
    const args = this.#args(field);
    const named = getNamedType(field.type);
    // Fields of one key are merged, so what has arguments or more below it needs a key of its own.
    const needsKey = args !== '' || isCompositeType(named);
    const alias = needsKey || this.#chance(10) ? this.#alias(field.name) : '';
    const directive = decorated ? this.#directive() : '';
    const selection = isCompositeType(named) ? ` ${this.#selection(named, this.#parts.width, depth - 1)}` : '';
    return `${alias}${field.name}${args}${directive}${selection}`;
  }

  #alias(name: string): string {
    if (this.#aliases++ >= MOST_ALIASES && this.#chance(95)) return '';
    const length = this.#chance(10) ? this.#g(fc.integer, { min: 1, max: 150 }) : 1;
    return `${'a'.repeat(length)}${this.#names++}_${name}: `;
  }

  #args(field: GraphQLField<unknown, unknown>): string {
    const given = field.args.filter((arg) => isRequiredArgument(arg) || this.#chance(35));
    if (given.length === 0) return '';
    return `(${given.map((arg) => `${arg.name}: ${this.#value(arg, arg.type)}`).join(', ')})`;
  }

  #value(arg: GraphQLArgument | GraphQLInputField, type: GraphQLInputType): string {
    if (isNonNullType(type)) return this.#value(arg, type.ofType);
    if (TEXTS.has(arg.name) && getNamedType(type).name === 'String') return this.#text(isListType(type));
    if (isListType(type)) {
      const length = this.#g(fc.integer, { min: 0, max: 4 });
      return `[${Array.from({ length }, () => this.#value(arg, type.ofType)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.#oneOf(type.getValues().map(({ name }) => name));
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((each) => isRequiredInputField(each) || this.#chance(35));
      return `{ ${fields.map((each) => `${each.name}: ${this.#value(each, each.type)}`).join(', ')} }`;
    }
    switch (type.name) {
      case 'Int':
        return String(this.#oneOf([0, 1, 2, 5, 100, 1000, 65_536, -1]));
      case 'Float':
        return String(this.#oneOf([0, 0.5, 1, -1]));
      case 'Boolean':
        return String(this.#chance(50));
      default:
        return JSON.stringify(this.#oneOf(this.#parts.ids[arg.name] ?? ['', 'Anna', 'x'.repeat(300)]));
    }
  }

  /** A variable with one of the texts, or with a list of them. */
  #text(isList: boolean): string {
    const { texts } = this.#parts;
    const text = () => this.#g(fc.nat, { max: texts.length - 1 });
    if (!isList) {
      const index = text();
      this.#variables[`t${index}`] = texts[index];
      this.#declared.set(`t${index}`, 'String!');
      return `$t${index}`;
    }
    const name = `list${this.#names++}`;
    const length = this.#g(fc.integer, { min: 0, max: 30 });
    this.#variables[name] = Array.from({ length }, () => texts[text()]);
    this.#declared.set(name, '[String!]!');
    return `$${name}`;
  }
}
