import { LRUCache } from 'lru-cache';

/** Characters of documents that are remembered; prose sent inside a document is not worth remembering. */
const MAX_CHARACTERS = 4_000_000;
const LONGEST = 20_000;

/**
 * A cache of what comes of documents, bounded by their length. Yoga's own is bounded by number,
 * and a thousand documents with a megabyte of text in each would fill the memory.
 */
export function boundedDocuments<T extends object>() {
  const known = new LRUCache<string, T>({ maxSize: MAX_CHARACTERS, maxEntrySize: LONGEST, sizeCalculation: sizeOf });
  return { get: (key: string) => known.get(key), set: (key: string, value: T) => void known.set(key, value) };
}

function sizeOf(_value: object, document: string): number {
  return document.length + 1;
}
