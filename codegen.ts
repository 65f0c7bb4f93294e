import type { CodegenConfig } from '@graphql-codegen/cli';
import { getDocumentNodeFromSchema } from '@graphql-tools/utils';
import { type DocumentNode, Kind, print, visit } from 'graphql';
import { schema } from './src/schema/index.ts';

/**
 * Writes the contract from the code: the SDL, and the typed clients: one of the example operations, which
 * the tests and tools use, one of the page's. `npm run generate` writes them, `npm run check` fails where they have drifted.
 */
const contract = getDocumentNodeFromSchema(schema);

const config: CodegenConfig = {
  importExtension: '.ts',
  generates: {
    'schema/schema.graphql': {
      schema: print(contract),
      plugins: ['schema-ast'],
      config: { includeDirectives: true },
    },
    'src/client/': clientOf('schema/operations/*.graphql'),
    'src/page/client/': clientOf('src/page/operations/*.graphql'),
  },
};

/** A typed client of the operations in some files. */
function clientOf(documents: string): CodegenConfig['generates'][string] {
  return {
    schema: print(withoutFailures(contract)),
    documents,
    preset: 'client',
    presetConfig: { fragmentMasking: false },
    config: {
      documentMode: 'string',
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      immutableTypes: true,
      scalars: { ID: 'string', DateTime: 'string' },
    },
  };
}

/**
 * The graph as clients see it that throw on errors, as ours do: what is null only if it failed is not null.
 */
function withoutFailures(document: DocumentNode): DocumentNode {
  return visit(document, {
    FieldDefinition: (field) => {
      const { type } = field;
      if (type.kind === Kind.NON_NULL_TYPE) return undefined;
      if (!field.directives?.some(({ name }) => name.value === 'semanticNonNull')) return undefined;
      return { ...field, directives: [], type: { kind: Kind.NON_NULL_TYPE, type } };
    },
  });
}

export default config;
