import { LRUCache } from 'lru-cache';
import type { Progress } from '../../documents/analysis.ts';
import { withoutHalf } from '../../documents/surrogates.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts';
import {
  type Analysis,
  type AnalysisOptions,
  type AnalysisSource,
  type AnalysisState,
  isEnded,
  type Job,
  NO_PROGRESS,
} from '../analysis.ts';
import { type IndexedEntity, readEntries, writeEntries } from '../entity-index.ts';
import {
  type AnalysisStore,
  type Appended,
  type AppendRefusal,
  type AppendText,
  type Change,
  type LogEntry,
  type LogPage,
  MOST_LISTED,
  type NewAnalysis,
  RECORDS_PER_LOG,
  type Retention,
  type StoreCounts,
  type StoredTail,
  type TakenText,
  type TextChange,
  UNFINISHED_TTL_MS,
} from '../store.ts';
import { analysisNotFound, cursorExpired, otherContent, tooManyOpen } from '../store-errors.ts';
import { CLOCK_KEY, defineCommands, KEY_PREFIX, keysOf, OPEN_KEY, ownerKeys, QUEUED_KEY } from './commands.ts';
import { type RedisConnections, withStoreErrors } from './connections.ts';
import { Subscriptions } from './subscriptions.ts';

/** The most idle texts that are closed in one round. */
const IDLE_AT_ONCE = 100;

/** The most waiting analyses that are checked in one round. */
const WAITING_AT_ONCE = 100;

/** The most entities of all parsed indexes that are cached: some 20 MB. */
const INDEXED_KEPT = 100_000;

/** The parsed part of an index; what is appended later is read on demand. */
interface ParsedIndex {
  readonly run: number;
  bytes: number;
  entities: readonly IndexedEntity[];
}

/**
 * A store for many machines, with a Redis stream for each analysis. It owns the connections, also those of the queues.
 */
export class RedisAnalysisStore implements AnalysisStore {
  readonly #connections: RedisConnections;
  readonly #retention: Retention;
  readonly #subscriptions: Subscriptions;
  readonly #indexes = new LRUCache<string, ParsedIndex>({
    maxSize: INDEXED_KEPT,
    sizeCalculation: ({ entities }) => entities.length + 1,
  });

  constructor(connections: RedisConnections, retention: Retention) {
    this.#connections = connections;
    this.#retention = retention;
    defineCommands(connections.commands);
    this.#subscriptions = new Subscriptions(connections, `${KEY_PREFIX}changes:`);
  }

  /** Redis for reads. Throws STORE_UNAVAILABLE if it does not answer them. */
  get #redis() {
    this.#connections.health.check(false);
    return this.#connections.commands;
  }

  /** Redis for writes. Throws STORE_UNAVAILABLE if it refuses them. */
  get #writer() {
    this.#connections.health.check(true);
    return this.#connections.commands;
  }

  get trouble(): string | undefined {
    return this.#connections.health.trouble;
  }

  #ask<T>(command: Promise<T>): Promise<T> {
    return withStoreErrors(command, this.#connections.health);
  }

  async create(wanted: NewAnalysis): Promise<Analysis> {
    const { id, owner, content, fingerprint, source, restart, open = false } = wanted;
    const keys = ownerKeys(owner);
    const { text, ...options } = source;
    const [outcome, record] = await this.#ask(
      this.#writer.createAnalysis(
        ...Object.values(keysOf(id)),
        keys.listed,
        keys.open,
        OPEN_KEY,
        CLOCK_KEY,
        QUEUED_KEY,
        id,
        Date.now(),
        UNFINISHED_TTL_MS,
        owner,
        content,
        fingerprint,
        // The text of an open analysis has a key of its own.
        JSON.stringify(open ? { ...source, text: '' } : source),
        restart ? '1' : '0',
        new Date().toISOString(),
        JSON.stringify(NO_PROGRESS),
        open ? '1' : '0',
        Buffer.from(open ? text : '', 'utf16le'),
        this.#retention.maxOpenTexts,
        MOST_LISTED,
        JSON.stringify(options),
        text.length,
      ),
    );
    if (outcome === 'OTHER') throw otherContent(id);
    if (outcome === 'CROWDED') throw tooManyOpen(this.#retention.maxOpenTexts);
    const analysis = toAnalysis(id, pairs(record));
    if (!analysis) throw new Error(`Redis answered the creation of ${id} with "${outcome}".`);
    return analysis;
  }

  async find(id: string): Promise<Analysis | undefined> {
    return toAnalysis(id, await this.#ask(this.#redis.hgetall(keysOf(id).record)));
  }

  async source(id: string): Promise<AnalysisSource | undefined> {
    const { record, source, text } = keysOf(id);
    const [grows, written, grown] = await this.#ask(
      Promise.all([
        this.#redis.hget(record, 'grows'),
        this.#redis.get(source),
        // Only an open or once open text has this key.
        this.#redis.getBuffer(text),
      ]),
    );
    if (written === null) return undefined;
    const parsed = JSON.parse(written) as AnalysisSource;
    return grows === '1' ? { ...parsed, text: withoutHalf(grown?.toString('utf16le') ?? '') } : parsed;
  }

  async text(id: string, from: number): Promise<string> {
    const text = await this.#ask(this.#redis.getrangeBuffer(keysOf(id).text, 2 * from, -1));
    return text.toString('utf16le');
  }

  async list(owner: string): Promise<readonly Analysis[]> {
    const { listed } = ownerKeys(owner);
    const ids = await this.#ask(this.#redis.zrevrange(listed, 0, -1));
    const found = await this.#ask(
      Promise.all(ids.map(async (id) => [id, toAnalysis(id, await this.#redis.hgetall(keysOf(id).record))] as const)),
    );
    const gone = found.filter(([, analysis]) => !analysis).map(([id]) => id);
    if (gone.length > 0) await this.#ask(this.#redis.zrem(listed, ...gone));
    return found.flatMap(([, analysis]) => analysis ?? []);
  }

  async index(id: string): Promise<readonly IndexedEntity[]> {
    const { record, index } = keysOf(id);
    const known = this.#indexes.get(id);
    const [run, lines] = await this.#ask(
      Promise.all([this.#redis.hget(record, 'run'), this.#redis.getrangeBuffer(index, known?.bytes ?? 0, -1)]),
    );
    if (run === null) throw analysisNotFound(id);
    if (known && known.run !== Number(run)) {
      this.#indexes.delete(id);
      return this.index(id);
    }
    const added = readEntries(lines.toString());
    if (known && added.length === 0) return known.entities;
    const entities = known ? [...known.entities, ...added] : added;
    this.#indexes.set(id, { run: Number(run), bytes: (known?.bytes ?? 0) + lines.length, entities });
    return entities;
  }

  async begin({ id, run }: Job): Promise<void> {
    await this.#ask(this.#writer.beginAnalysis(keysOf(id).record, QUEUED_KEY, id, run, new Date().toISOString()));
  }

  async append({ id, run }: Job, entry: LogEntry): Promise<Appended> {
    const { sequence, cursor, event, state, entities, progress, code = '', message = '' } = entry;
    const { analysisTtlMs, analysisLogBytes } = this.#retention;
    const outcome = await this.#ask(
      this.#writer.appendEvent(
        ...Object.values(keysOf(id)),
        OPEN_KEY,
        QUEUED_KEY,
        id,
        this.#subscriptions.channelOf(id),
        run,
        sequence,
        cursor,
        event,
        state,
        entities.length,
        writeEntries(sequence, entities),
        progress ? JSON.stringify(progress) : '',
        code,
        message,
        new Date().toISOString(),
        entry.checkpoint ?? '',
        entry.finalFingerprint ?? '',
        UNFINISHED_TTL_MS,
        analysisTtlMs,
        analysisTtlMs * RECORDS_PER_LOG,
        analysisLogBytes,
      ),
    );
    if (outcome === 'WRITTEN' || outcome === 'KNOWN' || outcome === 'ENDED') return outcome;
    throw new Error(`Redis answered an append with "${outcome}".`);
  }

  async read(id: string, from: number, limit: number): Promise<LogPage> {
    const { record, events } = keysOf(id);
    // In one transaction, so that the record and the events are of the same moment.
    const [fields, entries] = await this.#ask(
      resultsOf(
        this.#redis
          .multi()
          .hmget(record, 'last', 'state')
          .xrange(events, `${from + 1}-0`, '+', 'COUNT', limit)
          .exec(),
      ),
    );
    const [last, state] = fields as (string | null)[];
    if (last == null || state == null) throw analysisNotFound(id);
    const lines = (entries as Entry[]).map(([entry, [, event = '']]) => {
      return { sequence: Number.parseInt(entry, 10) - 1, event };
    });
    if (from <= Number(last) && lines[0]?.sequence !== from) throw cursorExpired(id, from);
    return { lines, last: Number(last), ended: isEnded({ state: state as AnalysisState }) };
  }

  async events(id: string, sequences: readonly number[]): Promise<readonly string[]> {
    const { events } = keysOf(id);
    const found = await this.#ask(
      Promise.all(
        runsOf(sequences).map(({ first, last }) =>
          this.#redis.xrange(events, `${first + 1}-0`, `${last + 1}-0`).then((entries) => ({ first, last, entries })),
        ),
      ),
    );
    return found.flatMap(({ first, last, entries }) => {
      if (entries.length !== last - first + 1) throw cursorExpired(id, first);
      return entries.map(([, [, event = '']]) => event);
    });
  }

  async appendText(id: string, { at, text, maxLength }: AppendText): Promise<TextChange> {
    const [outcome, record] = await this.#ask(
      this.#writer.appendToText(
        ...Object.values(keysOf(id)),
        OPEN_KEY,
        QUEUED_KEY,
        id,
        Date.now(),
        UNFINISHED_TTL_MS,
        at,
        Buffer.from(text, 'utf16le'),
        maxLength,
      ),
    );
    return toChange(id, outcome, record);
  }

  async finishText(id: string): Promise<TextChange> {
    return this.#finish(id, '', '');
  }

  async finishIdle(since: number, message: string): Promise<readonly Analysis[]> {
    const ids = await this.#ask(this.#redis.zrangebyscore(OPEN_KEY, '-inf', since, 'LIMIT', 0, IDLE_AT_ONCE));
    const ended: Analysis[] = [];
    for (const id of ids) {
      const { refusal, analysis } = await this.#finish(id, since, message);
      if (!refusal && analysis && !analysis.open) ended.push(analysis);
    }
    return ended;
  }

  async waiting(since: number): Promise<readonly Analysis[]> {
    const ids = await this.#ask(this.#redis.zrangebyscore(QUEUED_KEY, '-inf', since, 'LIMIT', 0, WAITING_AT_ONCE));
    const found: Analysis[] = [];
    for (const id of ids) {
      const analysis = await this.find(id);
      // A worker that was thought dead may have appended an event meanwhile, which looks like RUNNING.
      if (analysis && !isEnded(analysis) && analysis.state !== 'OPEN') found.push(analysis);
      // It is checked again after the same time.
      await this.#ask(this.#writer.zadd(QUEUED_KEY, 'XX', Date.now(), id));
      if (!analysis) await this.#ask(this.#writer.zrem(QUEUED_KEY, id));
    }
    return found;
  }

  async #finish(id: string, since: number | '', message: string): Promise<TextChange> {
    const keys = [...Object.values(keysOf(id)), OPEN_KEY, QUEUED_KEY];
    const [outcome, record] = await this.#ask(
      this.#writer.finishText(...keys, id, since, message, Date.now(), UNFINISHED_TTL_MS),
    );
    return toChange(id, outcome, record);
  }

  async take({ id, run }: Job, from: number): Promise<TakenText | undefined> {
    const { record, source, text } = keysOf(id);
    const taken = await this.#ask(
      this.#writer.takeTextBuffer(record, source, text, QUEUED_KEY, id, run, from, new Date().toISOString()),
    );
    const [fields, grown, written] = taken;
    const analysis = fields && toAnalysis(id, pairs(fields.map(String)));
    if (!analysis || !grown || !written) return undefined;
    return {
      analysis,
      text: grown.toString('utf16le'),
      source: written.length > 0 ? (JSON.parse(written.toString()) as AnalysisSource) : undefined,
    };
  }

  async rest({ id, run }: Job, read: number, { after, tail }: StoredTail): Promise<Analysis | undefined> {
    const keys = keysOf(id);
    const channel = this.#subscriptions.channelOf(id);
    const record = await this.#ask(
      this.#writer.restText(
        ...[keys.record, keys.tail, QUEUED_KEY],
        ...[run, read, after, tail, channel, UNFINISHED_TTL_MS, id, Date.now()],
      ),
    );
    return toAnalysis(id, pairs(record));
  }

  async tail(id: string): Promise<StoredTail | undefined> {
    const [after, tail] = await this.#ask(this.#redis.hmget(keysOf(id).tail, 'after', 'tail'));
    return after == null || tail == null ? undefined : { after: Number(after), tail };
  }

  endsWithProcess(): readonly string[] {
    return [];
  }

  async counts(): Promise<StoreCounts> {
    return { openTexts: await this.#ask(this.#redis.zcard(OPEN_KEY)) };
  }

  subscribe(id: string, onChange: (change: Change) => void): Promise<() => void> {
    return this.#subscriptions.subscribe(id, onChange);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }
}

type Entry = readonly [id: string, fields: readonly string[]];

/** Groups numbers into runs without gaps, so that each run is read at once. */
function runsOf(sequences: readonly number[]): { first: number; last: number }[] {
  const runs: { first: number; last: number }[] = [];
  for (const sequence of sequences) {
    const run = runs.at(-1);
    if (run && sequence === run.last + 1) run.last = sequence;
    else runs.push({ first: sequence, last: sequence });
  }
  return runs;
}

/** The results of a transaction. Rejects with the first error among them. */
async function resultsOf(transaction: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  const results = (await transaction) ?? [];
  for (const [error] of results) if (error) throw error;
  return results.map(([, result]) => result);
}

/** Converts a hash from a script, with alternating names and values. */
function pairs(flat: readonly string[]): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) fields[flat[at] ?? ''] = flat[at + 1] ?? '';
  return fields;
}

const REFUSALS: ReadonlySet<string> = new Set<AppendRefusal>(['NOT_FOUND', 'CLOSED', 'MISFIT', 'TOO_LONG', 'HALF']);

function toChange(id: string, outcome: string, record: readonly string[]): TextChange {
  return {
    refusal: REFUSALS.has(outcome) ? (outcome as AppendRefusal) : undefined,
    analysis: toAnalysis(id, pairs(record)),
  };
}

function toAnalysis(id: string, fields: Readonly<Record<string, string>>): Analysis | undefined {
  const { run, content, fingerprint, state, progress, createdAt, options } = fields;
  if (!run || !content || !fingerprint || !state || !progress || !createdAt || !options) return undefined;
  return {
    id,
    owner: fields['owner'] ?? '',
    run: Number(run),
    order: Number(fields['order']),
    options: JSON.parse(options) as AnalysisOptions,
    content,
    fingerprint,
    finalFingerprint: fields['finalFingerprint'] ?? null,
    state: state as AnalysisState,
    grows: fields['grows'] === '1',
    open: fields['open'] === '1',
    length: Number(fields['length']),
    wake: Number(fields['wake']),
    checkpoint: fields['checkpoint'] ?? null,
    progress: JSON.parse(progress) as Progress,
    entityCount: Number(fields['entityCount']),
    createdAt,
    startedAt: fields['startedAt'] ?? null,
    finishedAt: fields['finishedAt'] ?? null,
    code: toCode(fields['code']),
    message: fields['message'] ?? null,
    lastSequence: Number(fields['last']),
    cursor: fields['cursor'] ?? null,
  };
}

/** The code of a record; INTERNAL if another version wrote a code that this one does not know. */
function toCode(code: string | undefined): ErrorCode | null {
  if (code === undefined) return null;
  return code in ERROR_CATALOGUE ? (code as ErrorCode) : 'INTERNAL';
}
