import type { Job } from './analysis.ts';

/** Texts that one process reads at a time. */
export const TEXT_JOBS = 64;

export class TextRunner {
  async run(_job: Job, _interrupted: AbortSignal): Promise<void> {}
}
