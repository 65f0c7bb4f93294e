import {
  AnalysisEventsDocument,
  type AnalysisEventsSubscription,
  StartAnalysisDocument,
  type StartAnalysisInput,
} from '../../src/client/graphql.ts';
import type { Transport } from '../server/transports.ts';
import type { Service } from '../service.ts';
import { stepOf } from '../steps.ts';

export type Event = Exclude<AnalysisEventsSubscription['analysisEvents'], { readonly __typename: 'TailAnalyzed' }>;

/** Starts an analysis of a text. */
export async function start(service: Service, input: Partial<StartAnalysisInput> & { text: string }) {
  const defaults = { aggregation: 'FIRST', minConfidence: 0, offsetEncoding: 'UTF16', sentiment: false } as const;
  const { startAnalysis } = await service.data(StartAnalysisDocument, { input: { ...defaults, ...input } });
  return startAnalysis;
}

/** The events of an analysis after a cursor, as a subscriber gets them. Throws the errors that end the stream. */
export async function* watch(transport: Transport, id: string, after?: string | undefined): AsyncGenerator<Event> {
  for await (const { data, errors } of transport.run(AnalysisEventsDocument, { id, after: after ?? null })) {
    if (errors || !data) throw new WatchError(errors?.[0]?.extensions?.['code'], errors?.[0]?.message);
    yield stepOf(data.analysisEvents);
  }
}

/** The error that ended a stream of events. */
export class WatchError extends Error {
  readonly code: unknown;

  constructor(code: unknown, message = '') {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The first `count` items; then the source is left. */
export async function take<T>(items: AsyncIterable<T>, count: number): Promise<T[]> {
  const some: T[] = [];
  if (count === 0) return some;
  for await (const item of items) if (some.push(item) === count) break;
  return some;
}

/** The code that a stream of events is refused with, however its transport tells it. */
export async function refusalOf(events: AsyncIterable<Event>): Promise<unknown> {
  try {
    await collect(events);
    return undefined;
  } catch (error) {
    if (error instanceof WatchError) return error.code;
    return Array.isArray(error) ? error[0]?.extensions?.code : error;
  }
}
