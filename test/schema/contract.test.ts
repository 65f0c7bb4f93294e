import { readdirSync, readFileSync } from 'node:fs';
import { isEnumType, isInputObjectType, isObjectType, OperationTypeNode, parse, specifiedScalarTypes } from 'graphql';
import { afterEach, describe, expect, test } from 'vitest';
import { TypedDocumentString } from '../../src/client/graphql.ts';
import { ERROR_CATALOGUE } from '../../src/errors.ts';
import { schema } from '../../src/schema/index.ts';
import { useService } from '../service.ts';

const service = useService();
const folder = new URL('../../schema/operations/', import.meta.url);
const examples = readdirSync(folder).map((file) => ({ file, source: readFileSync(new URL(file, folder), 'utf8') }));

const ours = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__') && !isScalarName(name));

/** GraphQL's own scalars need no description of ours. */
function isScalarName(name: string): boolean {
  return specifiedScalarTypes.some((scalar) => scalar.name === name);
}

describe('every type, field, argument and value has a description:', () => {
  test.each(ours.map((type) => ({ name: type.name, type })))('$name', ({ type }) => {
    expect(type.description).toBeTruthy();
    const values = isEnumType(type) ? type.getValues() : [];
    const fields = isObjectType(type) || isInputObjectType(type) ? Object.values(type.getFields()) : [];
    const args = fields.flatMap((field) => ('args' in field ? field.args : []));
    for (const { name, description } of [...values, ...fields, ...args]) expect(description, name).toBeTruthy();
  });
});

test('every root field has an example, and so has the search in a document', () => {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
  const expected = [...fields, 'search'].map((field) => `${field}.graphql`);
  expect(examples.map(({ file }) => file).sort()).toEqual(expected.sort());
});

describe('every example runs unchanged:', () => {
  afterEach(() => expect(service.failures).toEqual([]));

  // Those of one analysis name the id that follows from the idempotency key of the example that starts it.
  const prefetchInOrder = examples.toSorted(
    (a, b) => Number(b.file === 'startAnalysis.graphql') - Number(a.file === 'startAnalysis.graphql'),
  );

  test.each(prefetchInOrder)('$file', async ({ source }) => {
    const { definitions } = parse(source);
    const [definition] = definitions;
    if (definition?.kind !== 'OperationDefinition') throw new Error('An example holds one operation.');
    const stream = definition.operation === OperationTypeNode.SUBSCRIPTION;
    const response = await service.server.graph.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: stream ? 'text/event-stream' : 'application/json' },
      body: JSON.stringify({ query: source }),
    });
    const body = await response.text();
    expect(response.status).toBe(200);
    expect(body).not.toContain('"errors"');
  });
});

test('the error codes of the graph are those of the catalogue', () => {
  const type = schema.getType('ErrorCode');
  if (!isEnumType(type)) throw new Error('ErrorCode is an enum.');
  expect(
    type
      .getValues()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(Object.keys(ERROR_CATALOGUE).sort());
});

test('an unexpected failure is masked and reported', async () => {
  const broken = new TypedDocumentString<unknown, Record<string, never>>('{ models { id } }');
  const { registry } = service.server.inference;
  const models = registry.models;
  Object.defineProperty(registry, 'models', {
    get: () => {
      throw new Error('secret detail');
    },
    configurable: true,
  });
  try {
    const { errors } = await service.ask(broken, {});
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'Unexpected error.',
        path: ['models'],
        extensions: { code: 'INTERNAL', requestId: expect.stringMatching(/^[\w-]{36}$/) },
      }),
    ]);
    expect(service.failures).toEqual([expect.objectContaining({ message: 'secret detail' })]);
  } finally {
    Object.defineProperty(registry, 'models', { value: models, configurable: true });
  }
});
