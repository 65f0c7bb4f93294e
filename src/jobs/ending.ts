import { decodeCursor, encodeCursor } from '../documents/cursor.ts';
import type { AnalysisLog } from './analysis-log.ts';
import { type Analysis, type Ending, isEnded } from './analysis-record.ts';
import { storeEvent } from './stored-event.ts';

/**
 * Ends an analysis that does not complete: its last event says why. Whoever comes first ends it; where it has ended
 * already, it stays as it is. Gives what is known of it then, or `undefined` where there is none.
 *
 * @param run only this run of it; any by default
 */
export async function endAnalysis(
  log: AnalysisLog,
  id: string,
  { state, code, message }: Ending,
  run?: number,
): Promise<Analysis | undefined> {
  // A worker may append a chunk between the look and the write; then the ending goes behind that chunk.
  while (true) {
    const analysis = await log.find(id);
    if (!analysis || isEnded(analysis) || (run !== undefined && run !== analysis.run)) return analysis;
    const { fingerprint, lastSequence } = analysis;
    const resumeAt = analysis.cursor === null ? 0 : decodeCursor(analysis.cursor, fingerprint).resumeAt;
    const cursor = encodeCursor({ fingerprint, sequence: lastSequence, resumeAt, failed: true });
    const sequence = lastSequence + 1;
    const event = storeEvent({ kind: 'AnalysisFailed', cursor, sequence, code, message });
    await log.append(analysis, { sequence, cursor, event, state, entities: 0, code, message });
  }
}
