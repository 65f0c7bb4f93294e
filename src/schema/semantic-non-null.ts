import { DirectiveLocation, GraphQLDirective, GraphQLInt, GraphQLList } from 'graphql';

/**
 * Marks fields that are null only if they failed, as the proposals of the GraphQL nullability working group and the
 * clients of Relay and Apollo have it: a client that throws on errors may take them for non-null.
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
 * Options of a field that runs a model, or that can fail by its arguments. It is nullable, so that its failure leaves
 * its siblings alone.
 *
 * @example
 * ```ts
 * t.field({ type: SentimentResultType, ...failable, resolve: … })
 * ```
 */
export const failable = { nullable: true, extensions: { directives: { semanticNonNull: {} } } } as const;
