import type { AnalysisCompleted, ChunkAnalyzed } from './analysis.ts';
import type { SentimentResult } from './sentiment.ts';

/** The sentiment for an event: that of its chunk, or of the whole text at the end. */
export async function sentimentOf(event: ChunkAnalyzed | AnalysisCompleted): Promise<SentimentResult | null> {
  if (event.sentiment !== undefined) return event.sentiment;
  return event.document.sentimentIfAny(stretchOf(event));
}

/** The part of the text that an event is about. */
export function stretchOf(event: ChunkAnalyzed | AnalysisCompleted): string {
  const { text } = event.document;
  return event.kind === 'AnalysisCompleted' ? text : text.slice(event.chunk.span.start, event.chunk.span.end);
}
