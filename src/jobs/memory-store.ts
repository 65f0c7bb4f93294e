import { beginsWithHalf, endsWithHalf, withoutHalf } from '../documents/surrogates.ts';
import { type Analysis, type AnalysisSource, isEnded, type Job, NO_PROGRESS } from './analysis.ts';
import { type IndexedEntity, placed } from './entity-index.ts';
import { RETRY_JOB_AFTER_MS } from './queue.ts';
import {
  type AnalysisStore,
  type Appended,
  type AppendRefusal,
  type AppendText,
  type Change,
  type LogEntry,
  type LogLine,
  type LogPage,
  MOST_LISTED,
  type NewAnalysis,
  RECORDS_PER_LOG,
  type Retention,
  type StoreCounts,
  type StoredTail,
  type TakenText,
  type TextChange,
} from './store.ts';
import { analysisNotFound, cursorExpired, noRoom, otherContent, tooManyOpen } from './store-errors.ts';
import { Subscribers } from './subscribers.ts';

interface Kept {
  analysis: Analysis;
  source: AnalysisSource | undefined;
  /** The text so far, if it is or was open. */
  text: string;
  appendedAt: number;
  tail: StoredTail | undefined;
  /** The last events; earlier ones are dropped. */
  lines: LogLine[];
  index: IndexedEntity[];
  /** Bytes of the kept events, at two per character. */
  logBytes: number;
  /** Bytes of the text and the kept events. */
  bytes: number;
  endedAt: number;
}

/**
 * The store of a single process, with nothing to install. Time, number and bytes are limited: the events of the
 * analysis that ended first are dropped first.
 */
export class MemoryAnalysisStore implements AnalysisStore {
  readonly #retention: Retention;
  readonly #analyses = new Map<string, Kept>();
  /** Ended analyses that have events, in the order in which they ended. */
  readonly #ended = new Map<string, Kept>();
  /** Open texts, by the time of their last append. */
  readonly #open = new Map<string, Kept>();
  readonly #subscribers = new Subscribers();
  #bytes = 0;
  #order = 0;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  async create({ id, owner, content, fingerprint, source, restart, open = false }: NewAnalysis): Promise<Analysis> {
    this.#expire();
    const known = this.#analyses.get(id);
    if (known && known.analysis.content !== content) throw otherContent(id);
    if (known && !(restart && canRestart(known))) return known.analysis;
    if (open) this.#checkOpen(owner);
    const bytes = 2 * source.text.length;
    this.#makeRoom(bytes);
    if (known) this.#dropEvents(known);
    this.#order = Math.max(Date.now(), this.#order + 1);
    const { text: _, ...options } = source;
    const analysis: Analysis = {
      id,
      owner,
      run: (known?.analysis.run ?? 0) + 1,
      order: this.#order,
      options,
      content,
      fingerprint,
      finalFingerprint: null,
      state: 'QUEUED',
      grows: open,
      open,
      length: source.text.length,
      wake: 0,
      checkpoint: null,
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
    const kept: Kept = {
      analysis,
      source,
      text: open ? source.text : '',
      appendedAt: Date.now(),
      tail: undefined,
      lines: [],
      index: [],
      logBytes: 0,
      bytes,
      endedAt: 0,
    };
    this.#analyses.set(id, kept);
    if (open) this.#open.set(id, kept);
    this.#bytes += bytes;
    return analysis;
  }

  async find(id: string): Promise<Analysis | undefined> {
    this.#expire();
    return this.#analyses.get(id)?.analysis;
  }

  async source(id: string): Promise<AnalysisSource | undefined> {
    this.#expire();
    const kept = this.#analyses.get(id);
    if (!kept?.source) return undefined;
    return kept.analysis.grows ? { ...kept.source, text: withoutHalf(kept.text) } : kept.source;
  }

  async text(id: string, from: number): Promise<string> {
    return this.#analyses.get(id)?.text.slice(from) ?? '';
  }

  async list(owner: string): Promise<readonly Analysis[]> {
    this.#expire();
    return [...this.#analyses.values()]
      .map(({ analysis }) => analysis)
      .filter((analysis) => analysis.owner === owner)
      .sort((a, b) => b.order - a.order)
      .slice(0, MOST_LISTED);
  }

  async index(id: string): Promise<readonly IndexedEntity[]> {
    const kept = this.#analyses.get(id);
    if (!kept) throw analysisNotFound(id);
    return kept.index;
  }

  async begin(job: Job): Promise<void> {
    const kept = this.#unfinished(job);
    if (kept?.analysis.state !== 'QUEUED') return;
    kept.analysis = { ...kept.analysis, state: 'RUNNING', startedAt: new Date().toISOString() };
  }

  async append(job: Job, entry: LogEntry): Promise<Appended> {
    const kept = this.#unfinished(job);
    if (!kept) return 'ENDED';
    const { analysis } = kept;
    if (entry.sequence <= analysis.lastSequence) return 'KNOWN';
    if (entry.sequence > analysis.lastSequence + 1) {
      throw new Error(`Event ${entry.sequence} of ${job.id} would leave a gap after ${analysis.lastSequence}.`);
    }
    const ended = isEnded(entry);
    kept.analysis = {
      ...analysis,
      state: entry.state,
      open: analysis.open && !ended,
      progress: entry.progress ?? analysis.progress,
      entityCount: analysis.entityCount + entry.entities.length,
      lastSequence: entry.sequence,
      cursor: entry.cursor,
      checkpoint: ended ? null : (entry.checkpoint ?? analysis.checkpoint),
      finalFingerprint: entry.finalFingerprint ?? null,
      code: entry.code ?? null,
      message: entry.message ?? analysis.message,
      finishedAt: ended ? new Date().toISOString() : null,
    };
    this.#keepLine(kept, { sequence: entry.sequence, event: entry.event });
    kept.index.push(...placed(entry.sequence, entry.entities));
    if (ended) this.#end(kept);
    this.#subscribers.notify(job.id, ended ? 'ENDED' : 'APPENDED');
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

  async events(id: string, sequences: readonly number[]): Promise<readonly string[]> {
    const lines = this.#analyses.get(id)?.lines ?? [];
    const first = lines[0]?.sequence ?? 0;
    return sequences.map((sequence) => {
      const line = lines[sequence - first];
      if (!line) throw cursorExpired(id, sequence);
      return line.event;
    });
  }

  async appendText(id: string, part: AppendText): Promise<TextChange> {
    this.#expire();
    const kept = this.#analyses.get(id);
    const refusal = kept ? this.#appendTo(kept, part) : 'NOT_FOUND';
    return { refusal, analysis: kept?.analysis };
  }

  #appendTo(kept: Kept, { at, text, maxLength }: AppendText): AppendRefusal | undefined {
    const { analysis } = kept;
    const { length, open, grows } = analysis;
    if (!grows) return 'CLOSED';
    const there = Math.max(0, Math.min(text.length, length - at));
    const fits = at <= length && (there === 0 || kept.text.slice(at, at + there) === text.slice(0, there));
    if (fits && there === text.length) return undefined;
    if (!open) return 'CLOSED';
    if (!fits) return 'MISFIT';
    const rest = text.slice(there);
    if (length + rest.length > maxLength) return 'TOO_LONG';
    if (endsWithHalf(kept.text) !== beginsWithHalf(rest)) return 'HALF';
    this.#makeRoom(2 * rest.length);
    kept.text += rest;
    this.#grow(kept, 2 * rest.length);
    const state = analysis.state === 'OPEN' ? 'QUEUED' : analysis.state;
    kept.analysis = { ...analysis, state, length: length + rest.length };
    kept.appendedAt = Date.now();
    this.#open.delete(analysis.id);
    this.#open.set(analysis.id, kept);
    return undefined;
  }

  async finishText(id: string): Promise<TextChange> {
    this.#expire();
    const kept = this.#analyses.get(id);
    if (!kept) return { refusal: 'NOT_FOUND', analysis: undefined };
    const half = kept.analysis.open && endsWithHalf(kept.text);
    if (!half) this.#closeText(kept);
    return { refusal: half ? 'HALF' : undefined, analysis: kept.analysis };
  }

  async finishIdle(since: number, message: string): Promise<readonly Analysis[]> {
    const idle: Kept[] = [];
    for (const kept of this.#open.values()) {
      if (kept.appendedAt > since) break;
      idle.push(kept);
    }
    return idle.map((kept) => {
      // Half a surrogate pair, whose other half will not come any more.
      kept.text = withoutHalf(kept.text);
      kept.analysis = { ...kept.analysis, length: kept.text.length, message };
      this.#closeText(kept);
      return kept.analysis;
    });
  }

  async waiting(): Promise<readonly Analysis[]> {
    // Nobody can have died over them.
    return [];
  }

  #closeText(kept: Kept): void {
    const { analysis } = kept;
    if (!analysis.open) return;
    this.#open.delete(analysis.id);
    kept.analysis = { ...analysis, open: false, state: analysis.state === 'OPEN' ? 'QUEUED' : analysis.state };
  }

  async take(job: Job, from: number): Promise<TakenText | undefined> {
    const kept = this.#unfinished(job);
    if (!kept) return undefined;
    const startedAt = kept.analysis.startedAt ?? new Date().toISOString();
    kept.analysis = { ...kept.analysis, state: 'RUNNING', startedAt };
    return { analysis: kept.analysis, text: kept.text.slice(from), source: kept.source };
  }

  async rest(job: Job, read: number, tail: StoredTail): Promise<Analysis | undefined> {
    const kept = this.#unfinished(job);
    if (!kept) return undefined;
    const { open, length, wake } = kept.analysis;
    const state = open && length === read ? 'OPEN' : 'QUEUED';
    kept.analysis = { ...kept.analysis, state, wake: wake + 1 };
    if (open) {
      kept.tail = tail;
      this.#subscribers.notify(job.id, 'TAIL');
    }
    return kept.analysis;
  }

  async tail(id: string): Promise<StoredTail | undefined> {
    return this.#analyses.get(id)?.tail;
  }

  get trouble(): undefined {
    return undefined;
  }

  endsWithProcess(): readonly string[] {
    return [...this.#open.keys()];
  }

  async counts(): Promise<StoreCounts> {
    return { openTexts: this.#open.size };
  }

  async subscribe(id: string, onChange: (change: Change) => void): Promise<() => void> {
    return this.#subscribers.add(id, onChange);
  }

  async close(): Promise<void> {
    this.#analyses.clear();
    this.#ended.clear();
    this.#open.clear();
    this.#bytes = 0;
  }

  /** The analysis of a job, if its run still takes events. */
  #unfinished({ id, run }: Job): Kept | undefined {
    const kept = this.#analyses.get(id);
    return kept && kept.analysis.run === run && !isEnded(kept.analysis) ? kept : undefined;
  }

  #checkOpen(owner: string): void {
    const most = this.#retention.maxOpenTexts;
    if (this.#open.size < most) return;
    const open = [...this.#open.values()].filter(({ analysis }) => analysis.owner === owner);
    if (open.length >= most) throw tooManyOpen(most);
  }

  #keepLine(kept: Kept, line: LogLine): void {
    kept.lines.push(line);
    this.#growLog(kept, 2 * line.event.length);
    let dropped = 0;
    for (; kept.logBytes > this.#retention.analysisLogBytes && dropped < kept.lines.length - 1; dropped++) {
      this.#growLog(kept, -2 * (kept.lines[dropped]?.event.length ?? 0));
    }
    if (dropped > 0) kept.lines = kept.lines.slice(dropped);
  }

  #growLog(kept: Kept, bytes: number): void {
    kept.logBytes += bytes;
    this.#grow(kept, bytes);
  }

  #grow(kept: Kept, bytes: number): void {
    kept.bytes += bytes;
    this.#bytes += bytes;
  }

  #end(kept: Kept): void {
    kept.endedAt = Date.now();
    kept.tail = undefined;
    this.#open.delete(kept.analysis.id);
    this.#ended.set(kept.analysis.id, kept);
    for (const oldest of this.#ended.values()) {
      if (oldest === kept) break;
      const tooMany = this.#ended.size > this.#retention.analysesKept;
      if (!tooMany && this.#bytes <= this.#retention.analysesBytes) break;
      this.#dropEvents(oldest);
    }
    this.#forgetRecords();
  }

  /** Drops events of ended analyses until the bytes fit. Throws OVERLOADED if they cannot. */
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
    kept.logBytes = 0;
    kept.lines = [];
    kept.index = [];
    kept.text = '';
    kept.source = undefined;
  }

  #expire(): void {
    const now = Date.now();
    for (const oldest of this.#ended.values()) {
      if (now - oldest.endedAt < this.#retention.analysisTtlMs) break;
      this.#dropEvents(oldest);
    }
  }

  /** Forgets analyses without events, oldest first. */
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
