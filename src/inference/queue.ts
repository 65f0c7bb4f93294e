import type { Model } from '../models/registry.ts';
import { type LengthCount, planBatch } from './batch-plan.ts';
import { Fifo } from './fifo.ts';
import type { Lane, QueuedWork } from './work.ts';

/** Share of padded tokens that each lane gets while both have work. */
const LANE_WEIGHTS: Readonly<Record<Lane, number>> = { INTERACTIVE: 4, BULK: 1 };

/** The fixed cost of a run, in tokens: measured on the bundled models in a busy server. */
const RUN_COST_TOKENS = 15;
/** The same on a GPU, which computes padding in parallel: a batch takes whatever is queued. */
const GPU_RUN_COST_TOKENS = 1e6;

/** A lane or an operation in fair queuing: the one that was served least for its weight is next. */
interface Share {
  served: number;
}

interface Group extends Share {
  readonly line: Fifo<QueuedWork>;
}

interface LaneQueue extends Share {
  readonly weight: number;
  readonly groups: Map<object, Group>;
  /** The same work by model and length, to fill a batch with the least padding. */
  readonly byLength: Map<Model, Map<number, Fifo<QueuedWork>>>;
}

/** The only group of the interactive lane, in which the oldest work goes first. */
const EVERYBODY = {};

/**
 * The work that waits for a worker. A batch starts with the oldest work of the group that was served least and is
 * filled with the nearest lengths, as {@link planBatch} chooses them, so that little of it is padding. This is
 * start-time fair queuing (Goyal, Vin and Cheng, 1996) over lanes and, in the bulk lane, over operations.
 */
export class WorkQueue {
  readonly #lanes: Readonly<Record<Lane, LaneQueue>> = {
    INTERACTIVE: { served: 0, weight: LANE_WEIGHTS.INTERACTIVE, groups: new Map(), byLength: new Map() },
    BULK: { served: 0, weight: LANE_WEIGHTS.BULK, groups: new Map(), byLength: new Map() },
  };
  #tokens = 0;
  #size = 0;

  /** Waiting tokens, without padding. */
  get tokens(): number {
    return this.#tokens;
  }

  /** Waiting sequences. */
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

  /** Removes queued work, to run or to drop it. Does nothing if it was removed before. */
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
   * Takes the next batch: all of one model and lane, at most `budget` padded tokens, except that a single longer
   * sequence runs alone. Empty if nothing waits.
   */
  take(budget: number | ((model: Model) => number)): readonly QueuedWork[] {
    const lane = this.#leastServedLane();
    const first = lane && leastServed(lane.groups.values())?.line.first();
    if (!first) return [];
    const most = typeof budget === 'number' ? budget : budget(first.model);
    const runCost = first.model.device === 'cpu' ? RUN_COST_TOKENS : GPU_RUN_COST_TOKENS;
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
