/** How long the benchmark takes over each part. */
export interface Effort {
  /** How often what is compared is measured in turn. */
  readonly rounds: number;
  /** Length of a window in seconds, once the load is steady. */
  readonly windowSeconds: number;
  readonly warmUpSeconds: number;
  /** Seconds of requests before anything is measured, so that Node has compiled what it runs often. */
  readonly compileSeconds: number;
  /** Number of sequential requests whose latency is measured on an idle server. */
  readonly idleRequests: number;
  /** Clients, each with one request of one text under way. */
  readonly concurrencies: readonly number[];
  /** Readings of the long document, after the first, before one counts. */
  readonly warmUpReadings: number;
  /** Characters of the long document. */
  readonly documentLength: number;
  readonly memoryRequests: number;
  readonly shutdowns: number;
}

export const FULL: Effort = {
  rounds: 5,
  windowSeconds: 2,
  warmUpSeconds: 0.4,
  compileSeconds: 8,
  idleRequests: 400,
  concurrencies: [1, 2, 4, 8, 16, 32, 64, 128],
  warmUpReadings: 2,
  documentLength: 1_000_000,
  memoryRequests: 10_000,
  shutdowns: 50,
};

/** Under a minute, for a look: its figures are noisy. */
export const SHORT: Effort = {
  rounds: 1,
  windowSeconds: 0.6,
  warmUpSeconds: 0.2,
  compileSeconds: 4,
  idleRequests: 100,
  concurrencies: [1, 8, 64],
  warmUpReadings: 0,
  documentLength: 250_000,
  memoryRequests: 300,
  shutdowns: 1,
};
