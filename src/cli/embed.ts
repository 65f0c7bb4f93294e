import type { Command } from 'commander';
import { EmbedDocument, type EmbedQuery } from '../client/graphql.ts';
import { outputPen, outputWidth, shown, snippet } from './terminal.ts';
import { runTextTask, type TextFlags, textCommand } from './text-command.ts';
import type { NamedText } from './text-input.ts';

type Embedding = EmbedQuery['embed'];

/** Numbers of a vector that are shown to people. */
const SHOWN = 4;

const EXAMPLES = `
Examples:
  bertql embed "The cat sits outside."
  bertql embed --lines --json <questions.txt >vectors.ndjson`;

/** Adds `bertql embed`. */
export function addEmbed(program: Command, signal: AbortSignal): void {
  const command = textCommand(program, 'embed')
    .summary('make vectors of texts')
    .description(
      'Makes vectors of texts: texts of similar meaning have similar ones. --json prints all of their numbers.',
    )
    .addHelpText('after', EXAMPLES)
    .action((texts: string[], flags: TextFlags) =>
      runTextTask<Embedding>(command, texts, flags, signal, {
        work: 'models',
        ask: async (graph, text) =>
          (await graph.query(EmbedDocument, { text, model: flags.model ?? null, compare: false })).embed,
        print: report,
        json: ({ vector, dimensions, tokenCount, tokensUsed, truncated, model }) => ({
          vector,
          dimensions,
          tokenCount,
          tokensUsed,
          truncated,
          model: model.id,
        }),
      }),
    );
}

function report({ vector, dimensions }: Embedding, { name, text }: NamedText): string {
  const pen = outputPen();
  const first = vector.slice(0, SHOWN).map((value) => value.toFixed(4).padStart(7));
  const numbers = `[${first.join(' ')} … ] ${dimensions} numbers`;
  const place = name === undefined ? '' : `${shown(name)}  `;
  const left = outputWidth() - numbers.length - place.length - 2;
  return `${numbers}  ${pen.write('dim', place)}${snippet(text, Math.max(20, left))}`;
}
