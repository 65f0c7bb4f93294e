import type { Model } from '../models/registry.ts';
import { type LengthCount, planBatch } from './batch-plan.ts';
import { Fifo } from './fifo.ts';
import type { Lane, QueuedWork } from './work.ts';

/** Padded tokens that a lane gets for each one of the other, while both wait. */
const LANE_WEIGHTS: Readonly<Record<Lane, number>> = { INTERACTIVE: 4, BULK: 1 };

/** What a run costs beside its tokens, in tokens: measured on the bundled models, in a busy server. */
const RUN_COST_TOKENS = 15;
/** The same on a GPU, which computes padding beside the tokens: there a batch is filled while anything waits. */
const GPU_RUN_COST_TOKENS = 1e6;

/** Something that is served in turns: the one that was served least, by its weight, is next. */
interface Share {
  served: number;
}

interface Group extends Share {
  readonly line: Fifo<QueuedWork>;
}

interface LaneQueue extends Share {
  readonly weight: number;
  readonly groups: Map<object, Group>;
  /** The same work by model and length, for filling a batch with what pads least. */
  readonly byLength: Map<Model, Map<number, Fifo<QueuedWork>>>;
}

/** In the interactive lane all work is one group: the oldest goes first. */
const EVERYBODY = {};

/**
 * The work that waits for a worker. A batch starts with the oldest work of whoever was served least
 * and is filled with the nearest lengths, as {@link planBatch} chooses them, so that little of it is padding
 * (start-time fair queuing over lanes and, in the bulk lane, over documents).
 */
export class WorkQueue {
  readonly #runCostTokens: number;
  readonly #lanes: Readonly<Record<Lane, LaneQueue>> = {
    INTERACTIVE: { served: 0, weight: LANE_WEIGHTS.INTERACTIVE, groups: new Map(), byLength: new Map() },
    BULK: { served: 0, weight: LANE_WEIGHTS.BULK, groups: new Map(), byLength: new Map() },
  };
  #tokens = 0;
  #size = 0;

  constructor(runCostTokens = RUN_COST_TOKENS) {
    this.#runCostTokens = runCostTokens;
  }

  /** Tokens that wait, without padding. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Sequences that wait. */
  get size(): number {
    return this.#size;
  }

  push(work: QueuedWork): void {
    const lane = this.#lanes[work.lane];
    const key = groupOf(work);
    if (lane.groups.size === 0) lane.served = Math.max(lane.served, this.#leastServedLane()?.served ?? 0);
    let group = lane.groups.get(key);
    if (!group) {
      const least = leastServed(lane.groups.values())?.served ?? 0;
      group = { served: least, line: new Fifo() };
      lane.groups.set(key, group);
    }
    group.line.push(work);
    lineOf(lane, work).push(work);
    this.#tokens += work.length;
    this.#size++;
  }

  /** Takes waiting work out, whether to run or to drop it. Does nothing where it has left already. */
  remove(work: QueuedWork): void {
    if (!work.queued) return;
    work.queued = false;
    const lane = this.#lanes[work.lane];
    const group = lane.groups.get(groupOf(work));
    group?.line.sweep();
    if (group?.line.size === 0) lane.groups.delete(groupOf(work));
    const lengths = lane.byLength.get(work.model);
    const line = lengths?.get(work.length);
    line?.sweep();
    if (line?.size === 0) lengths?.delete(work.length);
    this.#tokens -= work.length;
    this.#size--;
  }

  /**
   * Takes the next batch: all of one model and lane, at most `budget` padded tokens,
   * except that a single longer sequence goes alone. Empty where nothing waits.
   */
  take(budget: number | ((model: Model) => number)): readonly QueuedWork[] {
    const lane = this.#leastServedLane();
    const first = lane && leastServed(lane.groups.values())?.line.first();
    if (!first) return [];
    const most = typeof budget === 'number' ? budget : budget(first.model);
    const runCost = first.model.device === 'cpu' ? this.#runCostTokens : GPU_RUN_COST_TOKENS;
    const batch: QueuedWork[] = [];
    const take = (work: QueuedWork) => {
      const group = lane.groups.get(groupOf(work));
      if (group) group.served += work.length;
      this.remove(work);
      batch.push(work);
    };
    take(first);
    const lines = lane.byLength.get(first.model) ?? new Map<number, Fifo<QueuedWork>>();
    const waiting = [...lines].map(([length, { size }]) => ({ length, count: size })).sort(byLength);
    let longest = first.length;
    for (const { length, count } of planBatch(waiting, first.length, most, runCost)) {
      longest = Math.max(longest, length);
      for (const work of lines.get(length)?.oldest(count) ?? []) take(work);
    }
    lane.served += (longest * batch.length) / lane.weight;
    return batch;
  }

  #leastServedLane(): LaneQueue | undefined {
    return leastServed(Object.values(this.#lanes).filter((lane) => lane.groups.size > 0));
  }
}

function groupOf(work: QueuedWork): object {
  return work.lane === 'BULK' ? work.group : EVERYBODY;
}

function leastServed<T extends Share>(shares: Iterable<T>): T | undefined {
  let least: T | undefined;
  for (const share of shares) if (!least || share.served < least.served) least = share;
  return least;
}

function lineOf(lane: LaneQueue, work: QueuedWork): Fifo<QueuedWork> {
  let lengths = lane.byLength.get(work.model);
  if (!lengths) lane.byLength.set(work.model, (lengths = new Map()));
  let line = lengths.get(work.length);
  if (!line) lengths.set(work.length, (line = new Fifo()));
  return line;
}

function byLength(a: LengthCount, b: LengthCount): number {
  return a.length - b.length;
}
