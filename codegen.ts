import type { CodegenConfig } from '@graphql-codegen/cli';
import { getDocumentNodeFromSchema } from '@graphql-tools/utils';
import { type DocumentNode, Kind, print, visit } from 'graphql';
import { errorsPage, settingsPage } from './scripts/generated-docs.ts';
import { schema } from './src/schema/index.ts';

/**
 * Writes the contract from the code: the SDL, and the one typed client of tests, command line, library and page, with
 * the example operations and those that `bertql/client`, the page and the command line run themselves; and the docs that
 * list settings and errors. `npm run generate` writes them, `npm run check` fails if they have drifted.
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
    // The plugins of the client preset without the preset, which writes two more files that nothing needs.
    'src/client/graphql.ts': {
      schema: print(withoutFailures(contract)),
      documents: ['schema', 'src/client', 'src/page', 'src/cli'].map((folder) => `${folder}/operations/*.graphql`),
      plugins: ['typescript', 'typescript-operations', 'typed-document-node'],
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        immutableTypes: true,
        scalars: { ID: 'string', DateTime: 'string' },
        inputMaybeValue: 'T | null | undefined',
        // What a browser does not use is left out of its bundle.
        pureMagicComment: true,
      },
    },
    'docs/settings.md': page(settingsPage()),
    'docs/errors.md': page(errorsPage()),
  },
};

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

function page(content: string): CodegenConfig['generates'][string] {
  return { schema: print(contract), plugins: [{ add: { content } }] };
}

export default config;
