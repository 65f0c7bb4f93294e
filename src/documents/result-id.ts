import { digestOf } from '../digest.ts';

/** Types of the graph whose objects have an id. */
export type IdentifiedType =
  | 'Document'
  | 'Embedding'
  | 'Entity'
  | 'EntityGroup'
  | 'Sentence'
  | 'SentimentResult'
  | 'Tokenization';

/**
 * The id of a result for clients that cache by id: a hash of its type and of everything that its fields depend on, so that
 * the same id means the same fields, in every run, on every transport and on every machine, except for timing.
 *
 * @param parts what the fields depend on: the text's hash, the model with its revision, each option
 */
export function resultId(type: IdentifiedType, parts: readonly unknown[]): string {
  return digestOf(JSON.stringify([type, ...parts]));
}

/** The hash of a text as a part of an id. */
export function textHash(text: string): string {
  return digestOf(text, 43);
}

/** The id of a group of entities: that of its mentions, on which all of it depends. */
export function groupId({ mentions }: { readonly mentions: readonly { readonly id: string }[] }): string {
  return resultId(
    'EntityGroup',
    mentions.map(({ id }) => id),
  );
}
