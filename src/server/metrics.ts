import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Inference } from '../inference/inference.ts';
import type { BatchReport, InferenceObserver } from '../inference/observer.ts';
import type { Analyses } from '../jobs/analyses.ts';
import type { Route } from './http/routes.ts';
import type { OperationReport } from './operation-reports.ts';

/** The sources that metrics read on a scrape. */
export interface MetricSources {
  readonly inference: Inference;
  readonly analyses: Analyses;
  readonly streams: () => number;
  readonly sockets: () => number;
  readonly ready: () => boolean;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const MODEL_STATES = ['AVAILABLE', 'LOADING', 'READY', 'FAILED'] as const;

/**
 * The metrics of one server, for Prometheus. Labels are names of the graph, of models and of codes, so that there are
 * few values and none from a client. Its owner must dispose of it.
 */
export class Metrics implements InferenceObserver {
  readonly #registry = new Registry();
  readonly #lag = monitorEventLoopDelay({ resolution: 20 });
  readonly #of = { registers: [this.#registry] };

  readonly #operations = new Counter({
    name: 'bertql_operations_total',
    help: 'Operations by transport, type, root field and code; "several" if an operation selects several fields.',
    labelNames: ['transport', 'type', 'field', 'code'] as const,
    ...this.#of,
  });
  readonly #durations = new Histogram({
    name: 'bertql_operation_duration_seconds',
    help: 'Duration of an operation; for a stream, until its end.',
    labelNames: ['type', 'field'] as const,
    buckets: SECONDS,
    ...this.#of,
  });
  readonly #waits = new Histogram({
    name: 'bertql_queue_wait_seconds',
    help: 'Time that the oldest sequence of a batch was queued.',
    buckets: SECONDS,
    ...this.#of,
  });
  readonly #batchSizes = new Histogram({
    name: 'bertql_batch_sequences',
    help: 'Number of sequences in a batch.',
    labelNames: ['model', 'task'] as const,
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    ...this.#of,
  });
  readonly #padding = new Histogram({
    name: 'bertql_batch_padding_ratio',
    help: 'Part of a batch that is padding, 0 to 1.',
    labelNames: ['model', 'task'] as const,
    buckets: [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75],
    ...this.#of,
  });
  readonly #inferences = new Histogram({
    name: 'bertql_inference_seconds',
    help: 'Time of a batch in the engine.',
    labelNames: ['model', 'task'] as const,
    buckets: SECONDS,
    ...this.#of,
  });
  readonly #tokens = new Counter({
    name: 'bertql_tokens_total',
    help: 'Tokens that models read, without padding.',
    labelNames: ['model', 'task'] as const,
    ...this.#of,
  });
  readonly #chunks = new Counter({
    name: 'bertql_chunks_total',
    help: 'Chunks of documents that NER models read.',
    ...this.#of,
  });

  readonly #tails = new Histogram({
    name: 'bertql_text_tail_seconds',
    help: 'Time from the job of an open text to its tail, waiting included.',
    buckets: SECONDS,
    ...this.#of,
  });

  /** Records the tail of an open text. */
  tailGiven(tookMs: number): void {
    this.#tails.observe(tookMs / 1000);
  }

  /** Adds the metrics that are read on a scrape. */
  watch(sources: MetricSources): void {
    this.#lag.enable();
    const { inference, analyses } = sources;
    this.#watchAnalyses(analyses);
    this.#gauge('bertql_queue_tokens', 'Tokens that are queued.', () => inference.queuedTokens);
    this.#gauge('bertql_live_streams', 'Open subscriptions.', sources.streams);
    this.#gauge('bertql_sockets', 'Open WebSockets.', sources.sockets);
    this.#gauge('bertql_ready', '1 if /ready answers 200, otherwise 0.', () => (sources.ready() ? 1 : 0));
    this.#gauge('bertql_workers', 'Inference threads that take batches.', () => inference.workers.ready);
    this.#gauge('bertql_workers_lost', 'Inference threads that hang and were given up.', () => inference.workers.lost);
    this.#gauge('bertql_event_loop_lag_p99_seconds', 'Delay of the event loop since the last scrape.', () => {
      const seconds = this.#lag.percentile(99) / 1e9;
      this.#lag.reset();
      return seconds;
    });
    this.#gauge(
      'bertql_handles',
      'Sockets, timers and other things that keep the process alive.',
      () => process.getActiveResourcesInfo().length,
    );
    this.#gauge('process_resident_memory_bytes', 'Resident memory of the process.', () => process.memoryUsage.rss());
    this.#gauge('process_heap_bytes', 'Size of the JavaScript heap in use.', () => process.memoryUsage().heapUsed);
    this.#total('process_cpu_seconds_total', 'CPU time of the process.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
    this.#total(
      'bertql_worker_restarts_total',
      'Inference threads that were replaced.',
      () => inference.counts.workerRestarts,
    );
    this.#total('bertql_texts_tokenized_total', 'Texts tokenized.', () => inference.counts.textsTokenized);
    const states = new Gauge({
      name: 'bertql_model_state',
      help: '1 for the current state of a model, 0 for the others.',
      labelNames: ['model', 'state'] as const,
      ...this.#of,
      collect: () => {
        for (const model of inference.registry.models) {
          for (const state of MODEL_STATES) states.set({ model: model.id, state }, model.state === state ? 1 : 0);
        }
      },
    });
  }

  batchDone({ model, sequences, tokens, paddedTokens, startedAt, inferenceMs, works }: BatchReport): void {
    const label = { model: model.id, task: model.task };
    this.#batchSizes.observe(label, sequences);
    this.#padding.observe(label, 1 - tokens / paddedTokens);
    this.#inferences.observe(label, inferenceMs / 1000);
    this.#tokens.inc(label, tokens);
    if (model.task === 'NER') this.#chunks.inc(sequences);
    const since = works.reduce((first, { enqueuedAt }) => Math.min(first, enqueuedAt), startedAt);
    this.#waits.observe((startedAt - since) / 1000);
  }

  operationDone({ call, type, fields, code, durationMs }: OperationReport): void {
    const [first = 'none', ...others] = fields;
    const field = others.length > 0 ? 'several' : first;
    this.#operations.inc({ transport: call.transport, type, field, code });
    if (type !== 'none') this.#durations.observe({ type, field }, durationMs / 1000);
  }

  /** Answers `/metrics`. */
  readonly route: Route = (_request, path, { Response }) => {
    if (path !== '/metrics') return undefined;
    const headers = { 'content-type': this.#registry.contentType, 'cache-control': 'no-store' };
    return this.#registry.metrics().then((text) => new Response(text, { headers }));
  };

  dispose(): void {
    this.#lag.disable();
    this.#registry.clear();
  }

  /** Counts of the store that all processes share; while it is unavailable, the last ones are kept. */
  #watchAnalyses(analyses: Analyses): void {
    this.#total(
      'bertql_text_appends_total',
      'Parts of texts that clients appended in this process.',
      () => analyses.appends,
    );
    const oldest = new Gauge({
      name: 'bertql_analyses_oldest_queued_seconds',
      help: 'Age of the oldest queued analysis; 0 if none is queued.',
      ...this.#of,
    });
    const openTexts = new Gauge({ name: 'bertql_open_texts', help: 'Open texts.', ...this.#of });
    const states: Gauge<'state'> = new Gauge({
      name: 'bertql_analyses',
      help: 'Unfinished analyses by state, in all processes.',
      labelNames: ['state'] as const,
      ...this.#of,
      collect: async () => {
        const counts = await analyses.counts().catch(() => undefined);
        if (!counts) return;
        states.set({ state: 'QUEUED' }, counts.waiting);
        states.set({ state: 'RUNNING' }, counts.running);
        states.set({ state: 'OPEN' }, counts.openTexts);
        openTexts.set(counts.openTexts);
        oldest.set(counts.oldestMs / 1000);
      },
    });
  }

  /** A counter whose value is kept elsewhere. */
  #total(name: string, help: string, read: () => number): void {
    const collect = () => {
      counter.reset();
      counter.inc(read());
    };
    const counter: Counter = new Counter({ name, help, ...this.#of, collect });
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, ...this.#of, collect: () => gauge.set(read()) });
  }
}
