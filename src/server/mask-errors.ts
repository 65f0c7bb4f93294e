import { GraphQLError } from 'graphql';
import { asBertqlError } from '../errors.ts';

/**
 * Decides what a client learns of an error. Expected failures and the errors of GraphQL itself (syntax,
 * validation, variables) pass; anything else is reported and becomes INTERNAL without its message.
 */
export function errorMask(reportFailure: (error: unknown) => void): (error: unknown) => Error {
  return function maskError(error) {
    const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
    const expected = asBertqlError(error);
    if (expected) return new GraphQLError(expected.message, { ...place, extensions: expected.extensions });
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) return error;
    reportFailure(original);
    return new GraphQLError('Unexpected error.', { ...place, extensions: { code: 'INTERNAL' } });
  };
}
