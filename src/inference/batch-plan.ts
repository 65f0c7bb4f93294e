/** The number of sequences of one length. */
export interface LengthCount {
  readonly length: number;
  readonly count: number;
}

interface Plan {
  /** Computed tokens per token of text, including padding and the fixed cost of the run. */
  readonly cost: number;
  readonly fill: readonly LengthCount[];
}

/**
 * Chooses the batch-mates of a sequence: of all ranges of lengths around its own, the one whose batch costs least per
 * token, counting padding and the fixed cost of a run. A batch takes all sequences with lengths inside the range, and
 * as many of its shortest and longest as fit the budget.
 *
 * @param waiting the sequences to choose from, shortest first
 * @param first the length of the sequence
 * @param budget the most padded tokens in the batch
 * @param runCost the fixed cost of a run, in tokens
 */
export function planBatch(
  waiting: readonly LengthCount[],
  first: number,
  budget: number,
  runCost: number,
): readonly LengthCount[] {
  const above = waiting.findIndex(({ length }) => length > first);
  const longer = above < 0 ? [] : waiting.slice(above);
  const others = waiting.slice(0, waiting.length - longer.length);
  let best = fillDown(others, { longest: first, sequences: 1, tokens: first }, budget, runCost);
  const between: LengthCount[] = [];
  let sequences = 1;
  let tokens = first;
  for (const { length, count } of longer) {
    const taken = Math.min(count, Math.floor(budget / length) - sequences);
    if (taken <= 0) break;
    const top = { length, count: taken };
    const start = { longest: length, sequences: sequences + taken, tokens: tokens + taken * length };
    const { cost, fill } = fillDown(others, start, budget, runCost);
    if (cost < best.cost) best = { cost, fill: [...between, top, ...fill] };
    between.push({ length, count });
    sequences += count;
    tokens += count * length;
  }
  return best.fill;
}

interface Start {
  readonly longest: number;
  readonly sequences: number;
  readonly tokens: number;
}

/** Adds shorter and shorter sequences as long as each lowers the cost per token. */
function fillDown(shorter: readonly LengthCount[], start: Start, budget: number, runCost: number): Plan {
  const { longest } = start;
  const most = Math.floor(budget / longest);
  let { sequences, tokens } = start;
  const fill: LengthCount[] = [];
  for (let at = shorter.length - 1; at >= 0 && sequences < most; at--) {
    const { length, count } = shorter[at] ?? { length: 0, count: 0 };
    // A sequence lowers the cost per token if its own tokens cost less than those before it.
    if (longest * tokens >= (longest * sequences + runCost) * length) break;
    const taken = Math.min(count, most - sequences);
    fill.push({ length, count: taken });
    sequences += taken;
    tokens += taken * length;
  }
  return { cost: (longest * sequences + runCost) / tokens, fill };
}
