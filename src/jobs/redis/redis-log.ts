import type { Progress } from '../../documents/analysis.ts';
import { ERROR_CATALOGUE, type ErrorCode } from '../../errors.ts';
import {
  type AnalysisLog,
  type Appended,
  type Change,
  type LogEntry,
  type LogPage,
  type NewAnalysis,
  RECORDS_PER_LOG,
  type Retention,
  UNFINISHED_TTL_MS,
} from '../analysis-log.ts';
import {
  type Analysis,
  type AnalysisSource,
  type AnalysisState,
  EVERYBODY,
  isEnded,
  type Job,
  NO_PROGRESS,
} from '../analysis-record.ts';
import { RETRY_JOB_AFTER_MS } from '../job-queue.ts';
import { analysisNotFound, cursorExpired, noRoom, otherContent, storeUnavailable } from '../log-errors.ts';
import { Changes } from './changes.ts';
import { asked, type RedisConnections } from './connections.ts';
import { SCRIPTS } from './scripts.ts';

/** What all keys begin with. */
export const KEY_PREFIX = 'bertql:';

/** The log of many machines: a stream in Redis for each analysis. It owns the connections, also for the queue. */
export class RedisAnalysisLog implements AnalysisLog {
  readonly #connections: RedisConnections;
  readonly #retention: Retention;
  readonly #changes: Changes;

  constructor(connections: RedisConnections, retention: Retention) {
    this.#connections = connections;
    this.#retention = retention;
    this.#changes = new Changes(connections.subscriber, `${KEY_PREFIX}changes:`);
  }

  async create({ id, owner, content, fingerprint, source, restart }: NewAnalysis): Promise<Analysis> {
    const outcome = await this.#run('create', id, [
      content,
      fingerprint,
      JSON.stringify(source),
      restart ? '1' : '0',
      new Date().toISOString(),
      JSON.stringify(NO_PROGRESS),
      owner,
    ]);
    if (outcome === 'OTHER') throw otherContent(id);
    if (outcome === 'FULL')
      throw noRoom('The texts and events of running analyses fill the store.', RETRY_JOB_AFTER_MS);
    const analysis = await this.find(id);
    if (!analysis) throw storeUnavailable();
    return analysis;
  }

  async find(id: string): Promise<Analysis | undefined> {
    return toAnalysis(id, await asked(this.#connections.commands.hgetall(recordKey(id))));
  }

  async source(id: string): Promise<AnalysisSource | undefined> {
    const source = await asked(this.#connections.commands.get(`${recordKey(id)}:source`));
    return source === null ? undefined : (JSON.parse(source) as AnalysisSource);
  }

  async begin({ id, run }: Job): Promise<void> {
    await this.#run('begin', id, [run, new Date().toISOString()]);
  }

  async append({ id, run }: Job, entry: LogEntry): Promise<Appended> {
    const { sequence, cursor, event, state, entities, progress, code = '', message = '' } = entry;
    const written = progress ? JSON.stringify(progress) : '';
    const at = new Date().toISOString();
    const args = [run, sequence, cursor, event, state, entities, written, code, message, at];
    const outcome = await this.#run('append', id, args);
    if (outcome === 'WRITTEN' || outcome === 'KNOWN' || outcome === 'ENDED') return outcome;
    throw new Error(`Redis answers an append with "${outcome}".`);
  }

  async read(id: string, from: number, limit: number): Promise<LogPage> {
    // In one transaction, so that the record is that of the moment in which the events were read.
    const [record, entries] = await asked(
      resultsOf(
        this.#connections.commands
          .multi()
          .hmget(recordKey(id), 'last', 'state')
          .xrange(`${recordKey(id)}:events`, `${from + 1}-0`, '+', 'COUNT', limit)
          .exec(),
      ),
    );
    const [last, state] = record as (string | null)[];
    if (last == null || state == null) throw analysisNotFound(id);
    const lines = (entries as [id: string, fields: string[]][]).map(([entry, [, event = '']]) => {
      return { sequence: Number.parseInt(entry, 10) - 1, event };
    });
    if (from <= Number(last) && lines[0]?.sequence !== from) throw cursorExpired(id, from);
    return { lines, last: Number(last), ended: isEnded({ state: state as AnalysisState }) };
  }

  watch(id: string, onChange: (change: Change) => void): Promise<() => void> {
    return this.#changes.watch(id, onChange);
  }

  async close(): Promise<void> {
    await this.#connections.close();
  }

  #run(script: keyof typeof SCRIPTS, id: string, args: readonly (string | number)[]): Promise<string> {
    const { analysisTtlMs, analysesKept, analysesBytes, analysisLogBytes } = this.#retention;
    const ttls = [UNFINISHED_TTL_MS, analysisTtlMs, analysisTtlMs * RECORDS_PER_LOG];
    const limits = [...ttls, analysesKept, analysesBytes, analysisLogBytes];
    return asked(SCRIPTS[script].run(this.#connections.commands, KEY_PREFIX, [id, Date.now(), ...limits, ...args]));
  }
}

function recordKey(id: string): string {
  return `${KEY_PREFIX}analysis:${id}`;
}

/** The results of a transaction. Rejects with the first error among them. */
async function resultsOf(transaction: Promise<[Error | null, unknown][] | null>): Promise<unknown[]> {
  const results = (await transaction) ?? [];
  for (const [error] of results) if (error) throw error;
  return results.map(([, result]) => result);
}

function toAnalysis(id: string, fields: Readonly<Record<string, string>>): Analysis | undefined {
  const { run, content, fingerprint, state, progress, createdAt } = fields;
  if (!run || !content || !fingerprint || !state || !progress || !createdAt) return undefined;
  return {
    id,
    owner: fields['owner'] ?? EVERYBODY,
    run: Number(run),
    content,
    fingerprint,
    state: state as AnalysisState,
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

/** A code that this version does not know, since another version wrote it, counts as INTERNAL. */
function toCode(code: string | undefined): ErrorCode | null {
  if (code === undefined) return null;
  return code in ERROR_CATALOGUE ? (code as ErrorCode) : 'INTERNAL';
}
