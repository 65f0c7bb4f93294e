import type { CodegenConfig } from '@graphql-codegen/cli';
import { printSchema } from 'graphql';
import { schema } from './src/schema/index.ts';

/**
 * Writes the contract from the code: the SDL, and the typed clients: one of the example operations, which
 * the tests and tools use, one of the page's. `npm run generate` writes them, `npm run check` fails where they have drifted.
 */
const config: CodegenConfig = {
  schema: printSchema(schema),
  importExtension: '.ts',
  generates: {
    'schema/schema.graphql': {
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
    documents,
    preset: 'client',
    presetConfig: { fragmentMasking: false },
    config: {
      documentMode: 'string',
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      immutableTypes: true,
      scalars: { ID: 'string' },
    },
  };
}

export default config;
