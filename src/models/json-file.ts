import { readFile } from 'node:fs/promises';

/** A JSON object as it stands in a file, its values unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses JSON. A byte order mark in front of it, as some editors on Windows write one, is passed over. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** Parses a JSON file. Throws what reading and parsing throw. */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(await readFile(path, 'utf8'));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
