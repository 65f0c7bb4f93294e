import { digestOf } from '../digest.ts';

/** The types of the graph whose objects have an id. */
export type IdentifiedType =
  | 'Document'
  | 'Embedding'
  | 'Entity'
  | 'EntityGroup'
  | 'Sentence'
  | 'SentimentResult'
  | 'Tokenization';

/**
 * The id of a result, for clients that cache by id: a hash of its type and everything that its fields depend on. The
 * same id means the same fields, except for timing, in every run, on every transport and on every machine.
 *
 * @param parts what the fields depend on: such as the text's hash, the model with its revision, and the options
 */
export function resultId(type: IdentifiedType, parts: readonly unknown[]): string {
  return digestOf(JSON.stringify([type, ...parts]));
}

/** The hash of a text, as part of an id. */
export function textHash(text: string): string {
  return digestOf(text, 43);
}

/** The id of a group of entities, made from the ids of its mentions, which determine the group. */
export function groupId(mentions: readonly string[]): string {
  return resultId('EntityGroup', mentions);
}
