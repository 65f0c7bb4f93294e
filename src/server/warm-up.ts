import type { DocumentOptions } from '../documents/document.ts';
import { Document } from '../documents/document.ts';
import type { Inference } from '../inference/inference.ts';

/** Typical prose: names, numbers, quotes, abbreviations, wrapped lines, paragraphs. */
const PASSAGE = `Mr. Holmes had been in Bohemia, "on business," as he said; it was 20 March, 1888.
The King's visit (at 8 p.m.!) surprised nobody. Was it Irene Adler's photograph? Dr. Watson
thought so: he wrote to the Daily Telegraph, London, and waited for $1,000.50 in vain.\n\n`;
const REPEATS = 600;

/**
 * Tokenizes a text of some 150,000 characters and cuts it into chunks, without running a model. Node runs code slowly
 * until it has optimized hot functions; a server does this while its threads load their models, so that the first long
 * text is read as fast as any other. Also reads the revision of the model, which every entity's id depends on.
 */
export async function warmUp(inference: Inference, options: DocumentOptions): Promise<void> {
  const loaders = inference.loaders();
  try {
    // A new word in each passage, as a text has them.
    const text = Array.from({ length: REPEATS }, (_, index) => `${index}x ${PASSAGE}`).join('');
    const document = new Document(text, 'UTF16', loaders, inference.registry, options);
    await document.coverage(null);
    await (await document.use('NER', null)).revision();
  } finally {
    loaders.dispose();
  }
}
