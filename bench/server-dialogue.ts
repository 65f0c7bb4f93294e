import type { Profiler } from 'node:inspector';

/** What the process of the server under measurement can be asked. */
export interface ServerDialogue {
  /** Starts the server; answers its URL once it is ready. */
  readonly start: { readonly question: undefined; readonly answer: string };
  readonly snapshot: { readonly question: undefined; readonly answer: Snapshot };
  /** Begins to watch the event loop, or stops and tells what it saw. */
  readonly lag: { readonly question: 'begin' | 'end'; readonly answer: Lag };
  /** When the body of the latest request for a stream had been read. */
  readonly streamRead: { readonly question: undefined; readonly answer: number };
  /** Processor time of each thread so far, if the system reports it (Linux). */
  readonly threads: { readonly question: undefined; readonly answer: readonly Thread[] };
  /** Begins to sample the main thread, or stops and gives the profile. */
  readonly profile: { readonly question: 'begin' | 'end'; readonly answer: Profiler.Profile | undefined };
}

/** The values of the server's counters. */
export interface Snapshot {
  readonly atMs: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly batches: number;
  readonly sequences: number;
  readonly tokens: number;
  readonly paddedTokens: number;
}

/** How late the event loop came to a timer, in milliseconds. */
export interface Lag {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Thread {
  readonly id: number;
  readonly name: string;
  readonly main: boolean;
  readonly cpuSeconds: number;
}
