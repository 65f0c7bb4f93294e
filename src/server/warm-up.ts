import type { DocumentOptions } from '../documents/document.ts';
import { Document } from '../documents/document.ts';
import type { Inference } from '../inference/inference.ts';

/** Prose with what prose has: names, numbers, quotes, abbreviations, lines that end in the middle, paragraphs. */
const PASSAGE = `Mr. Holmes had been in Bohemia, "on business," as he said; it was 20 March, 1888.
The King's visit (at 8 p.m.!) surprised nobody. Was it Irene Adler's photograph? Dr. Watson
thought so: he wrote to the Daily Telegraph, London, and waited for $1,000.50 in vain.\n\n`;
const REPEATS = 600;

/**
 * Tokenizes a text of some 150,000 characters and cuts it into chunks. Node runs code slowly until it has compiled
 * what runs often; a server does this while its threads load their models, so that the first long text is read as
 * quickly as any other. No model is asked.
 */
export async function warmUp(inference: Inference, options: DocumentOptions): Promise<void> {
  const document = new Document(PASSAGE.repeat(REPEATS), 'UTF16', inference.loaders(), inference.registry, options);
  await document.coverage(null);
}
