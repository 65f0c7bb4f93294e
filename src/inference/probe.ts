import type { InferenceSession } from 'onnxruntime-node';
import type { InputBounds, RunReply, RunRequest } from './protocol.ts';
import { engineMessage } from './session.ts';

/** Runs one batch, as an encoder does. */
type RunBatch = (batch: Pick<RunRequest, 'ids' | 'lengths' | 'padId'>) => Promise<RunReply>;

/**
 * Runs a model on the most extreme inputs: the shortest text, the highest id, the longest text, and two texts of
 * unequal length at once, so that it fails now instead of on some later request. Throws the reason if it cannot be
 * used.
 *
 * @returns whether the model takes several sequences at once
 */
export async function probe(runBatch: RunBatch, bounds: InputBounds, session: InferenceSession): Promise<boolean> {
  const { prefix, suffix, padId, highestId, maxTokens } = bounds;
  const isSingle = isExportedForOne(session);
  const around = prefix.length + suffix.length;
  const sequence = (id: number, length: number) =>
    Int32Array.of(...prefix, ...Array(length - around).fill(id), ...suffix);
  const run = async (...sequences: readonly Int32Array[]): Promise<void> => {
    const ids = Int32Array.from(sequences.flatMap((each) => [...each]));
    const lengths = Int32Array.from(sequences, ({ length }) => length);
    const { notFinite } = await runBatch({ ids, lengths, padId });
    if (notFinite.length > 0) throw new NotFinite();
  };
  const shortest = sequence(padId, around + 1);
  await run(shortest);
  await explain(
    run(sequence(highestId, around + 1)),
    `it cannot read the tokenizer's highest id, ${highestId}: its embedding table is too small`,
  );
  await explain(
    run(sequence(highestId, around + 2)),
    `it takes texts of ${around + 1} tokens, but none of ${around + 2}`,
  );
  if (maxTokens !== undefined) {
    await explain(
      run(sequence(highestId, maxTokens)),
      `it cannot read ${maxTokens} tokens, which is its longest input according to its files`,
    );
  }
  if (isSingle) return false;
  try {
    await run(shortest, sequence(highestId, around + 2));
    return true;
  } catch (error) {
    if (error instanceof NotFinite) throw error;
    return false;
  }
}

/**
 * Whether the graph takes exactly one text per run. Throws the reason if it takes any other fixed number of texts, or
 * only texts of one length.
 */
function isExportedForOne({ inputMetadata }: InferenceSession): boolean {
  const shapes = inputMetadata.map((input) => (input.isTensor ? input.shape : []));
  const [batch] = shapes.map(([size]) => size).filter(isFixed);
  const [length] = shapes.map(([, size]) => size).filter(isFixed);
  const advice = 'Export it with dynamic axes for batch and sequence.';
  if (length !== undefined) throw new Error(`it was exported for texts of exactly ${length} tokens. ${advice}`);
  if (batch === undefined || batch === 1) return batch === 1;
  throw new Error(`it was exported for exactly ${batch} texts a run. ${advice}`);
}

/** Whether a dimension has a fixed size; a named or negative one may have any. */
function isFixed(size: number | string | undefined): size is number {
  return typeof size === 'number' && size > 0;
}

class NotFinite extends Error {
  constructor() {
    super('it gives numbers that are not finite (NaN or infinity).');
  }
}

async function explain(run: Promise<void>, failure: string): Promise<void> {
  try {
    await run;
  } catch (error) {
    if (error instanceof NotFinite) throw error;
    throw new Error(`${failure} (${engineMessage(error)}).`, { cause: error });
  }
}
