import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EvaluateFlags } from './run-evaluation.ts';

const MOST_TEXTS_AT_ONCE = 1000;

const DETAILS = `
Data for ner: CoNLL columns separated by blanks or tabs. The word is in the
first column, its tag (IOB1, IOB2 or IOBES) in the last; an empty line ends a
sentence, a -DOCSTART- line begins a document. The scores are those of the CoNLL
scorer: an entity counts where its words and its type are exactly right.

Data for sentiment: lines of text<TAB>label behind a header that names the
columns ("sentence" will do for "text"). A label is one of the model's, by its
name or its index. Quotation marks are part of the text.

Data for similarity: lines of a<TAB>b<TAB>score, two texts and how alike they
are on any scale. The cosines of their vectors are compared with the scores.

Examples:
  bertql evaluate --task ner test.conll
  bertql evaluate --task ner --context document --json test.conll >scores.json
  bertql evaluate --task sentiment --model bertql/sst2-minilm dev.tsv
  bertql evaluate --task similarity sts-test.tsv
  grep -v '^#' reviews.tsv | bertql evaluate --task sentiment -`;

/** Adds `bertql evaluate`. Its work stops when the signal is aborted. */
export function addEvaluate(program: Command, signal: AbortSignal): void {
  program
    .command('evaluate')
    .summary('measure a model on your own data')
    .description('Measures how well a model does on test data of yours, read the way that a query is.')
    .argument('<file>', 'the data, in UTF-8; - is standard input')
    .addOption(
      new Option('--task <task>', 'what is measured').choices(['ner', 'sentiment', 'similarity']).makeOptionMandatory(),
    )
    .option('--model <id>', "the model (default: the task's)")
    .addOption(
      new Option('--context <context>', 'what a model sees at once; sentiment: of texts longer than it can read')
        .choices(['sentence', 'document'])
        .default('sentence'),
    )
    .option('--batch <texts>', 'texts that are under way at a time', parseBatch, 32)
    .option('--json', 'print JSON instead of tables')
    .addHelpText('after', DETAILS)
    .action(async (file: string, flags: EvaluateFlags) => {
      const { evaluate } = await import('./run-evaluation.ts');
      const report = await evaluate(file, flags, signal);
      signal.throwIfAborted();
      process.stdout.write(`${report}\n`);
    });
}

function parseBatch(value: string): number {
  const batch = Number(value);
  if (/^\d+$/.test(value) && batch >= 1 && batch <= MOST_TEXTS_AT_ONCE) return batch;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_TEXTS_AT_ONCE}.`);
}
