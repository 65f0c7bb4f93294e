import type { CodegenConfig } from '@graphql-codegen/cli';
import { printSchema } from 'graphql';
import { schema } from './src/schema/index.ts';

/**
 * Writes the contract from the code: the SDL, and the typed client of the example operations that the
 * tests and tools use. `npm run generate` writes both, `npm run check` fails where they have drifted.
 */
const config: CodegenConfig = {
  schema: printSchema(schema),
  importExtension: '.ts',
  generates: {
    'schema/schema.graphql': {
      plugins: ['schema-ast'],
      config: { includeDirectives: true },
    },
    'src/client/': {
      documents: 'schema/operations/*.graphql',
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
    },
  },
};

export default config;
