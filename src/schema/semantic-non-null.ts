import { DirectiveLocation, GraphQLDirective, GraphQLInt, GraphQLList } from 'graphql';

/**
 * Marks fields that are null only if they failed, as proposed by the GraphQL nullability working group and supported by
 * Relay and Apollo Client: a client that throws on errors may treat them as non-null.
 */
export const semanticNonNullDirective = new GraphQLDirective({
  name: 'semanticNonNull',
  description: 'The field is null only if it failed; then `errors` has an entry with its path.',
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    levels: {
      type: new GraphQLList(GraphQLInt),
      defaultValue: [0],
      description: 'Depths of the list at which this holds; 0 is the field itself.',
    },
  },
});

/**
 * Options of a field that runs a model or may fail because of its arguments. It is nullable, so that its failure does
 * not affect its siblings.
 *
 * @example
 * ```ts
 * t.field({ type: SentimentResultType, ...failable, resolve: … })
 * ```
 */
export const failable = { nullable: true, extensions: { directives: { semanticNonNull: {} } } } as const;
