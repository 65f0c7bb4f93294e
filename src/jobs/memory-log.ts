import {
  type AnalysisLog,
  type Appended,
  type Change,
  type LogEntry,
  type LogLine,
  type LogPage,
  type NewAnalysis,
  RECORDS_PER_LOG,
  type Retention,
} from './analysis-log.ts';
import type { Analysis, AnalysisSource, Job } from './analysis-record.ts';
import { isEnded, NO_PROGRESS } from './analysis-record.ts';
import { RETRY_JOB_AFTER_MS } from './job-queue.ts';
import { analysisNotFound, cursorExpired, noRoom, otherContent } from './log-errors.ts';
import { Watchers } from './watchers.ts';

interface Kept {
  analysis: Analysis;
  source: AnalysisSource | undefined;
  /** The events that are kept: the last ones. */
  lines: LogLine[];
  /** Bytes of the text and the kept events, at two a character. */
  bytes: number;
  endedAt: number;
}

/**
 * The log of a single process, with nothing to install. It is bounded in time, number and bytes: the events of the
 * analysis that ended first go first.
 */
export class MemoryAnalysisLog implements AnalysisLog {
  readonly #retention: Retention;
  readonly #analyses = new Map<string, Kept>();
  /** Ended analyses with events, in the order of their ends. */
  readonly #ended = new Map<string, Kept>();
  readonly #watchers = new Watchers();
  #bytes = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  async create({ id, owner, content, fingerprint, source, restart }: NewAnalysis): Promise<Analysis> {
    this.#expire();
    const known = this.#analyses.get(id);
    if (known && known.analysis.content !== content) throw otherContent(id);
    if (known && !(restart && canRestart(known))) return known.analysis;
    const bytes = 2 * source.text.length;
    this.#makeRoom(bytes);
    if (known) this.#dropEvents(known);
    const analysis: Analysis = {
      id,
      owner,
      run: (known?.analysis.run ?? 0) + 1,
      content,
      fingerprint,
      state: 'QUEUED',
      progress: NO_PROGRESS,
      entityCount: 0,
      createdAt: new Date().toISOString(),
      startedAt: null,
      finishedAt: null,
      code: null,
      message: null,
      lastSequence: -1,
      cursor: null,
    };
    this.#analyses.delete(id);
    this.#analyses.set(id, { analysis, source, lines: [], bytes, endedAt: 0 });
    this.#bytes += bytes;
    return analysis;
  }

  async find(id: string): Promise<Analysis | undefined> {
    this.#expire();
    return this.#analyses.get(id)?.analysis;
  }

  async source(id: string): Promise<AnalysisSource | undefined> {
    this.#expire();
    return this.#analyses.get(id)?.source;
  }

  async begin(job: Job): Promise<void> {
    const kept = this.#open(job);
    if (kept?.analysis.state !== 'QUEUED') return;
    kept.analysis = { ...kept.analysis, state: 'RUNNING', startedAt: new Date().toISOString() };
  }

  async append(job: Job, entry: LogEntry): Promise<Appended> {
    const kept = this.#open(job);
    if (!kept) return 'ENDED';
    const { analysis } = kept;
    if (entry.sequence <= analysis.lastSequence) return 'KNOWN';
    if (entry.sequence > analysis.lastSequence + 1) {
      throw new Error(`Event ${entry.sequence} of ${job.id} would leave a gap behind ${analysis.lastSequence}.`);
    }
    kept.analysis = {
      ...analysis,
      state: entry.state,
      progress: entry.progress ?? analysis.progress,
      entityCount: analysis.entityCount + entry.entities,
      lastSequence: entry.sequence,
      cursor: entry.cursor,
      code: entry.code ?? null,
      message: entry.message ?? null,
      finishedAt: entry.state === 'RUNNING' ? null : new Date().toISOString(),
    };
    this.#keepLine(kept, { sequence: entry.sequence, event: entry.event });
    if (isEnded(kept.analysis)) this.#end(kept);
    this.#watchers.tell(job.id, isEnded(kept.analysis) ? 'ENDED' : 'APPENDED');
    return 'WRITTEN';
  }

  async read(id: string, from: number, limit: number): Promise<LogPage> {
    this.#expire();
    const kept = this.#analyses.get(id);
    if (!kept) throw analysisNotFound(id);
    const { lines, analysis } = kept;
    const first = lines[0]?.sequence ?? analysis.lastSequence + 1;
    if (from < first) throw cursorExpired(id, from);
    return {
      lines: lines.slice(from - first, from - first + limit),
      last: analysis.lastSequence,
      ended: isEnded(analysis),
    };
  }

  async watch(id: string, onChange: (change: Change) => void): Promise<() => void> {
    return this.#watchers.add(id, onChange);
  }

  async close(): Promise<void> {
    this.#analyses.clear();
    this.#ended.clear();
    this.#bytes = 0;
  }

  /** The analysis of a job, where this run of it still takes events. */
  #open({ id, run }: Job): Kept | undefined {
    const kept = this.#analyses.get(id);
    return kept && kept.analysis.run === run && !isEnded(kept.analysis) ? kept : undefined;
  }

  #keepLine(kept: Kept, line: LogLine): void {
    kept.lines.push(line);
    this.#grow(kept, 2 * line.event.length);
    let excess = kept.bytes - 2 * (kept.source?.text.length ?? 0) - this.#retention.analysisLogBytes;
    let dropped = 0;
    for (; excess > 0 && dropped < kept.lines.length - 1; dropped++) {
      const bytes = 2 * (kept.lines[dropped]?.event.length ?? 0);
      this.#grow(kept, -bytes);
      excess -= bytes;
    }
    if (dropped > 0) kept.lines = kept.lines.slice(dropped);
  }

  #grow(kept: Kept, bytes: number): void {
    kept.bytes += bytes;
    this.#bytes += bytes;
  }

  #end(kept: Kept): void {
    kept.endedAt = Date.now();
    this.#ended.set(kept.analysis.id, kept);
    for (const oldest of this.#ended.values()) {
      if (oldest === kept) break;
      const tooMany = this.#ended.size > this.#retention.analysesKept;
      if (!tooMany && this.#bytes <= this.#retention.analysesBytes) break;
      this.#dropEvents(oldest);
    }
    this.#forgetRecords();
  }

  /** Drops events of ended analyses until the bytes fit. Throws OVERLOADED where they cannot. */
  #makeRoom(bytes: number): void {
    for (const oldest of this.#ended.values()) {
      if (this.#bytes + bytes <= this.#retention.analysesBytes) return;
      this.#dropEvents(oldest);
    }
    if (this.#bytes + bytes <= this.#retention.analysesBytes) return;
    throw noRoom(`The texts and events of running analyses take ${this.#bytes} bytes.`, RETRY_JOB_AFTER_MS);
  }

  #dropEvents(kept: Kept): void {
    this.#ended.delete(kept.analysis.id);
    this.#bytes -= kept.bytes;
    kept.bytes = 0;
    kept.lines = [];
    kept.source = undefined;
  }

  #expire(): void {
    const now = Date.now();
    for (const oldest of this.#ended.values()) {
      if (now - oldest.endedAt < this.#retention.analysisTtlMs) break;
      this.#dropEvents(oldest);
    }
  }

  /** Forgets analyses that have no events any more, the oldest first. */
  #forgetRecords(): void {
    const latest = Date.now() - this.#retention.analysisTtlMs * RECORDS_PER_LOG;
    const most = this.#retention.analysesKept * RECORDS_PER_LOG;
    for (const [id, kept] of this.#analyses) {
      if (kept.source || (this.#analyses.size <= most && kept.endedAt > latest)) continue;
      this.#analyses.delete(id);
    }
  }
}

function canRestart({ analysis, source }: Kept): boolean {
  return isEnded(analysis) && (analysis.state !== 'COMPLETED' || source === undefined);
}
