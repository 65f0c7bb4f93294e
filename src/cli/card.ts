import { type Command, InvalidArgumentError } from 'commander';
import { shownJson } from './terminal.ts';

const DETAILS = `
The figures of speed and memory are measured when the command runs, with as many
threads as a server would have (WORKERS), through the same stack as a query and
without its cache. A model of the hub is fetched first.

Examples:
  bertql card bertql/sst2-minilm
  bertql card --json --seconds 10 dslim/bert-base-NER`;

/** Adds `bertql card`. Its work stops when the signal is aborted. */
export function addCard(program: Command, signal: AbortSignal): void {
  program
    .command('card')
    .summary("print a model's card, measured on this machine")
    .description("Prints a model's card: what it does, how good it is, and its speed and memory on this machine.")
    .argument('<id>', 'id of a registered model')
    .option('--seconds <seconds>', 'time to measure each kind of text', parseSeconds, 3)
    .option('--json', 'print JSON instead of text')
    .addHelpText('after', DETAILS)
    .action(async (id: string, { seconds, json }: { seconds: number; json?: true }) => {
      const { makeCard } = await import('./run-card.ts');
      const card = await makeCard(id, seconds, signal);
      signal.throwIfAborted();
      const { cardText } = await import('./card-text.ts');
      process.stdout.write(`${json ? shownJson(card, 2) : cardText(card)}\n`);
    });
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (seconds > 0 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds, at most 600.');
}
