import { type Command, InvalidArgumentError } from 'commander';

const DETAILS = `
Speed and memory are measured while the command runs, with as many threads as a
server would have (WORKERS), through the same code as a query but without its
cache. A model of the hub is downloaded first.

Examples:
  bertql card bertql/sst2-minilm
  bertql card --json --seconds 10 dslim/bert-base-NER`;

/** Adds `bertql card`. */
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
      const { printCard } = await import('../run/card.ts');
      await printCard(id, seconds, json === true, signal);
    });
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (seconds > 0 && seconds <= 600) return seconds;
  throw new InvalidArgumentError('It must be a number of seconds, at most 600.');
}
