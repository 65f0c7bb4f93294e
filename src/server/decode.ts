import { isTurnOver, nextTurn } from '../turns.ts';

/** Bytes that are decoded at once. */
const STEP_BYTES = 65_536;

/**
 * Decodes UTF-8, without a byte order mark at its start. Yields to the event loop on a long text; rejects with a
 * TypeError if it is not UTF-8.
 *
 * @param chunks the bytes, cut anywhere
 */
export async function decodeYielding(chunks: Iterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  for (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += STEP_BYTES) {
      text += decoder.decode(chunk.subarray(at, at + STEP_BYTES), { stream: true });
      if (isTurnOver()) await nextTurn();
    }
  }
  return text + decoder.decode();
}
