import { EventEmitter, once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { asBertqlError } from '../../src/errors.ts';
import type { Job } from '../../src/jobs/analysis.ts';
import type { RunJob } from '../../src/jobs/queue.ts';
import type { AnalysisStore } from '../../src/jobs/store.ts';
import { TextRunner, type TextRunnerParts } from '../../src/jobs/text-runner.ts';

/** When the next worker dies: at its nth call of the store, before the call reaches the store or after. */
export interface Death {
  readonly calls: number;
  readonly reached: boolean;
}

interface Worker {
  readonly runner: TextRunner;
  readonly died: Promise<unknown>;
}

/** Milliseconds between two tries to reach a store that does not answer, as Redis on a machine that is too busy. */
const RETRY_MS = 50;

/** Does something that may be done twice until the store can be reached. */
export async function patiently<T>(action: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await action();
    } catch (error) {
      if (asBertqlError(error)?.code !== 'STORE_UNAVAILABLE') throw error;
      await delay(RETRY_MS);
    }
  }
}

const NEVER = new Promise<never>(() => undefined);

/**
 * Workers that die as SIGKILL lets them: in the middle of anything, without another word. Each that dies is replaced by
 * one that knows nothing and does its jobs again. Those of one text go from worker to worker.
 */
export class MortalWorkers {
  readonly #parts: TextRunnerParts;
  readonly #workers: Worker[];
  #next: Death | undefined;
  #calls = 0;
  #deaths = 0;

  constructor(parts: TextRunnerParts, count: number) {
    this.#parts = parts;
    this.#workers = Array.from({ length: count }, (_, place) => this.#start(place));
  }

  get deaths(): number {
    return this.#deaths;
  }

  /** Lets a worker die soon. */
  kill(death: Death): void {
    this.#next = death;
    this.#calls = 0;
  }

  readonly run: RunJob = async (job, signal) => {
    const place = (job.wake ?? 0) % this.#workers.length;
    while (true) {
      const worker = this.#workers[place];
      if (!worker) throw new Error(`There is no worker ${place}.`);
      const outcome = await Promise.race([
        patiently(() => worker.runner.run(job, signal)).then((rest): { rest: Job | undefined } => ({ rest })),
        worker.died.then(() => undefined),
      ]);
      if (outcome) return outcome.rest;
    }
  };

  #start(place: number): Worker {
    const life = new EventEmitter();
    let dead = false;
    const die = () => {
      dead = true;
      this.#deaths++;
      this.#next = undefined;
      this.#workers[place] = this.#start(place);
      life.emit('end');
      return NEVER;
    };
    const store = new Proxy(this.#parts.store, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== 'function') return member;
        return async (...args: unknown[]) => {
          if (dead) return NEVER;
          const dies = this.#next !== undefined && ++this.#calls >= this.#next.calls;
          if (dies && !this.#next?.reached) return die();
          const answer: unknown = await member.apply(target, args);
          if (dead) return NEVER;
          return dies && this.#next ? die() : answer;
        };
      },
    }) satisfies AnalysisStore;
    return { runner: new TextRunner({ ...this.#parts, store }), died: once(life, 'end') };
  }
}
