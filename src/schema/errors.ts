import { ERROR_CATALOGUE, type ErrorCode } from '../errors.ts';
import { builder } from './builder.ts';
import { TextProblem } from './context.ts';

const codes = Object.keys(ERROR_CATALOGUE) as ErrorCode[];

export const ErrorCodeType = builder.enumType('ErrorCode', {
  description: 'What went wrong, in `extensions.code` of an error or in the `code` of a problem.',
  values: Object.fromEntries(
    codes.map((code) => [code, { description: `${ERROR_CATALOGUE[code].when} ${ERROR_CATALOGUE[code].todo}` }]),
  ) as Record<ErrorCode, { description: string }>,
});

export const TextProblemType = builder.objectType(TextProblem, {
  name: 'TextProblem',
  description: 'A text of a list that could not be processed. The other texts of the list are not affected.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Index of the text in the list.' }),
    code: t.expose('code', { type: ErrorCodeType, description: 'What is wrong with it.' }),
    message: t.exposeString('message', { description: 'What was expected, what was received, and what to do.' }),
  }),
});
