import { type Command, InvalidArgumentError, Option } from 'commander';

/** Adds the flags of commands that may ask a server. */
export function serverFlags(command: Command): Command {
  return command
    .addOption(
      new Option('-s, --server <url>', 'ask a running server; ws://… streams over WebSocket').env('BERTQL_SERVER'),
    )
    .addOption(
      new Option('--api-key <key>', 'the key or token for it; others can see arguments').env('BERTQL_API_KEY'),
    );
}

/** Adds a command that reads texts, with the flags that all of these have. @param first an argument before the texts */
export function textCommand(
  program: Command,
  name: string,
  first?: readonly [name: string, description: string],
): Command {
  const command = program.command(name);
  if (first) command.argument(`<${first[0]}>`, first[1]);
  command
    .argument('[text...]', 'texts; - is standard input, which is also the default')
    .option('-f, --file <file>', 'read a file; may be repeated', (file, files: string[] = []) => [...files, file])
    .option('-l, --lines', 'take every line of a file as a text of its own')
    .addOption(modelFlag())
    .option('--json', 'print a line of JSON for each result');
  return serverFlags(command);
}

export function modelFlag(): Option {
  return new Option('-m, --model <id>', "the model (default: the task's)");
}

/** A flag with a few values, and what each is in the graph. */
export function choiceFlag(
  flags: string,
  description: string,
  choices: Readonly<Record<string, string>>,
  preferred: string,
): Option {
  const names = Object.keys(choices);
  return new Option(flags, description)
    .choices(names)
    .default(choices[preferred], preferred)
    .argParser((value) => {
      if (Object.hasOwn(choices, value)) return choices[value];
      throw new InvalidArgumentError(`Allowed choices are ${names.join(', ')}.`);
    });
}

/** The flag for the unit of positions. */
export function offsetsFlag(): Option {
  const units = { utf16: 'UTF16', 'code-point': 'CODE_POINT', utf8: 'UTF8_BYTE' };
  return choiceFlag('--offsets <unit>', 'what positions count', units, 'utf16');
}

/** Adds the flags of commands that find entities. */
export function entityFlags(command: Command): Command {
  const strategies = { none: 'NONE', simple: 'SIMPLE', first: 'FIRST', average: 'AVERAGE', max: 'MAX' };
  return command
    .option('-t, --types <types>', 'only these types, as in PER,ORG', parseWords)
    .option('--min-confidence <share>', 'only entities at least this certain, 0 to 1', parseShare, 0)
    .addOption(choiceFlag('--aggregation <how>', 'how the labels of tokens become entities', strategies, 'first'))
    .addOption(offsetsFlag());
}

/** A parser of whole numbers from `least` to `most`. */
export function wholeNumber(least: number, most = 2 ** 31 - 1): (value: string) => number {
  return (value) => {
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    const range = most === 2 ** 31 - 1 ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

function parseShare(value: string): number {
  const share = Number(value);
  if (value.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

function parseWords(value: string): readonly string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}
