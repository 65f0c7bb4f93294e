import { type Command, Option } from 'commander';
import { EntitiesDocument, type EntitiesQuery } from '../client/graphql.ts';
import { percent, table } from './table.ts';
import { outputPen, outputWidth, snippet } from './terminal.ts';
import {
  encodingOf,
  type OffsetUnit,
  offsetsOption,
  parseShare,
  parseWords,
  runTextTask,
  type TextFlags,
  textCommand,
} from './text-command.ts';
import type { NamedText } from './text-input.ts';

/** Flags of the commands that find entities. */
export interface EntityFlags extends TextFlags {
  readonly types?: readonly string[];
  readonly minConfidence: number;
  readonly aggregation: keyof typeof AGGREGATIONS;
  readonly offsets: OffsetUnit;
}

type Entities = EntitiesQuery['entities'];

const AGGREGATIONS = { none: 'NONE', simple: 'SIMPLE', first: 'FIRST', average: 'AVERAGE', max: 'MAX' } as const;

const EXAMPLES = `
Examples:
  bertql entities "Angela Merkel met Emmanuel Macron in Paris."
  bertql entities --types PER,ORG --min-confidence 0.9 --file article.txt
  cat article.txt | bertql entities --json | jq -r '.entities[].text'`;

/** Adds what the commands that find entities take. */
export function entityOptions(command: Command): Command {
  return command
    .option('-t, --types <types>', 'only these types, as in PER,ORG', parseWords)
    .option('--min-confidence <share>', 'only entities at least as certain, 0 to 1', parseShare, 0)
    .addOption(
      new Option('--aggregation <how>', 'how the labels of tokens become entities')
        .choices(Object.keys(AGGREGATIONS))
        .default('first'),
    )
    .addOption(offsetsOption());
}

/** The flags as variables of an operation. */
export function entityVariables({ model, types, minConfidence, aggregation, offsets }: EntityFlags) {
  return {
    model: model ?? null,
    types: types ?? null,
    minConfidence,
    aggregation: AGGREGATIONS[aggregation],
    offsetEncoding: encodingOf(offsets),
  };
}

/** Adds `bertql entities`. */
export function addEntities(program: Command, signal: AbortSignal): void {
  const command = entityOptions(textCommand(program, 'entities'))
    .summary('find the names in texts')
    .description('Finds the named entities of texts, with their type, how certain they are, and their place.')
    .addHelpText('after', EXAMPLES)
    .action((texts: string[], flags: EntityFlags) =>
      runTextTask<Entities>(command, texts, flags, signal, {
        work: 'models',
        ask: async (graph, text) => (await graph.query(EntitiesDocument, { text, ...entityVariables(flags) })).entities,
        print: report,
        json: (entities) => ({
          entities: entities.map(({ text, type, confidence, start, end }) => ({ text, type, confidence, start, end })),
        }),
      }),
    );
}

function report(entities: Entities, input: NamedText, isOnly: boolean): string {
  const pen = outputPen();
  const rows = entities.map(({ type, confidence, start, end, text }) => [
    type,
    percent(confidence),
    `${start}–${end}`,
    text,
  ]);
  const lines = rows.length > 0 ? [table(rows, ['left', 'right', 'right', 'left'])] : [pen.write('dim', 'no entities')];
  if (isOnly) return lines.join('\n');
  return [pen.write('bold', snippet(input.name ?? input.text, outputWidth())), ...lines, ''].join('\n');
}
