import {
  ROOT_CONTEXT,
  type Span,
  type Context as SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { BatchReport, InferenceObserver } from '../inference/observer.ts';
import type { OperationArgs, OperationStep } from './call.ts';
import { operationOf, rootFieldsOf } from './limits/operation-cost.ts';

/** The most batches of one operation that get a span; a long document has thousands. */
const BATCHES_TRACED = 100;

interface Traced {
  readonly span: Span;
  readonly context: SpanContext;
  batches: number;
}

/**
 * Traces from HTTP or WebSocket to the batch: a span for each operation, with a child for each batch that it took part
 * in, from when its first sequence was queued until the engine was done. They contain no text. OpenTelemetry's packages
 * read the usual variables themselves. This file is loaded only if tracing is on.
 */
export class Tracing implements InferenceObserver {
  readonly #provider: NodeTracerProvider;
  readonly #tracer: Tracer;
  readonly #byWork = new WeakMap<object, Traced>();

  constructor() {
    const named = resourceFromAttributes({ 'service.name': 'bertql' });
    this.#provider = new NodeTracerProvider({
      resource: named.merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    });
    this.#tracer = this.#provider.getTracer('bertql');
  }

  /** Traces every operation from its start to its end. */
  readonly step: OperationStep = (args) => {
    const traced = this.#begin(args);
    let code: unknown;
    return {
      onResult: (result) => {
        code ??= result.errors?.[0]?.extensions['code'];
        return result;
      },
      onEnd: () => end(traced, code),
    };
  };

  batchDone({ model, sequences, tokens, paddedTokens, startedAt, inferenceMs, works }: BatchReport): void {
    const longestWaits = new Map<object, number>();
    for (const { group, enqueuedAt } of works) {
      longestWaits.set(group, Math.max(startedAt - enqueuedAt, longestWaits.get(group) ?? 0));
    }
    const done = performance.now();
    for (const [group, queueMs] of longestWaits) {
      const traced = this.#byWork.get(group);
      if (!traced || traced.batches++ >= BATCHES_TRACED) continue;
      const attributes = {
        'bertql.model': model.id,
        'bertql.batch.sequences': sequences,
        'bertql.batch.tokens': tokens,
        'bertql.batch.padded_tokens': paddedTokens,
        'bertql.queue_ms': queueMs,
        'bertql.inference_ms': inferenceMs,
      };
      this.#tracer.startSpan('batch', { startTime: startedAt - queueMs, attributes }, traced.context).end(done);
    }
  }

  /** Sends the remaining spans. Does not wait long for a collector that does not answer. */
  async dispose(): Promise<void> {
    await this.#provider.shutdown().catch(() => undefined);
  }

  #begin(args: OperationArgs): Traced {
    const { call, operation } = args.contextValue;
    const type = operationOf(args)?.operation ?? 'query';
    const fields = rootFieldsOf(args);
    const parent = parentOf(call.traceparent);
    const attributes = {
      'graphql.operation.type': type,
      'bertql.fields': [...fields],
      'bertql.transport': call.transport,
      'bertql.request_id': call.requestId,
    };
    const span = this.#tracer.startSpan(`${type} ${fields.join(' ')}`, { kind: SpanKind.SERVER, attributes }, parent);
    const traced = { span, context: trace.setSpan(parent, span), batches: 0 };
    this.#byWork.set(operation.work, traced);
    return traced;
  }
}

function end({ span, batches }: Traced, code: unknown): void {
  span.setAttribute('bertql.batches', batches);
  if (code !== undefined) span.setAttribute('bertql.code', String(code));
  if (code === 'INTERNAL') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/** The client's span, if it sent one as W3C trace context. */
function parentOf(traceparent: string | undefined): SpanContext {
  const [, traceId, spanId, flags] = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '') ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
  });
}
