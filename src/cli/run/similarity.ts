import { SimilarityDocument } from '../../client/graphql.ts';
import { type ServerFlags, withGraph } from '../graph/open.ts';
import { printLine } from '../terminal.ts';

export interface SimilarityFlags extends ServerFlags {
  readonly model?: string;
  readonly query?: true;
  readonly json?: true;
}

export async function compareTexts(a: string, b: string, flags: SimilarityFlags, signal: AbortSignal): Promise<void> {
  const variables = { a, b, model: flags.model, as: flags.query ? 'QUERY' : 'PASSAGE' } as const;
  const { similarity } = await withGraph(flags, 'one', signal, (graph) => graph.query(SimilarityDocument, variables));
  printLine(flags.json ? JSON.stringify({ similarity }) : similarity.toFixed(4));
}
