import { readFile } from 'node:fs/promises';

/** A JSON object whose values are unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses JSON. Ignores a byte order mark, which some editors on Windows write. */
export function parseJson(text: string): unknown {
  return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
}

/** Reads and parses a JSON file. Throws the system's error or a SyntaxError. */
export async function readJson(path: string): Promise<unknown> {
  return parseJson(await readFile(path, 'utf8'));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
