import { SimilarityDocument } from '../../client/graphql.ts';
import { type ServerFlags, withGraph } from '../graph/open.ts';
import { printLine } from '../terminal.ts';

export interface SimilarityFlags extends ServerFlags {
  readonly model?: string;
  readonly json?: true;
}

export async function compareTexts(a: string, b: string, flags: SimilarityFlags, signal: AbortSignal): Promise<void> {
  const { similarity } = await withGraph(flags, 'one', signal, (graph) =>
    graph.query(SimilarityDocument, { a, b, model: flags.model }),
  );
  printLine(flags.json ? JSON.stringify({ similarity }) : similarity.toFixed(4));
}
