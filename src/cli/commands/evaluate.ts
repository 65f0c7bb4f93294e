import { type Command, Option } from 'commander';
import type { EvaluateFlags } from '../run/evaluate.ts';
import { modelFlag, wholeNumber } from './flags.ts';

const DETAILS = `
Data for ner: CoNLL columns separated by spaces or tabs. The word is in the first
column, its tag (IOB1, IOB2 or IOBES) in the last; an empty line ends a sentence,
a -DOCSTART- line begins a document. The scores are those of the CoNLL scorer: an
entity counts if its words and its type are exactly right.

Data for sentiment: lines of text<TAB>label after a header that names the columns
("sentence" will do for "text"). A label is one of the model's, by its name or its
index. Quotation marks are part of the text.

Data for similarity: lines of a<TAB>b<TAB>score, two texts and how similar they
are on any scale. The cosines of their vectors are compared with the scores.

Examples:
  bertql evaluate --task ner test.conll
  bertql evaluate --task ner --context document --json test.conll >scores.json
  bertql evaluate --task sentiment --model bertql/sst2-minilm dev.tsv
  bertql evaluate --task similarity sts-test.tsv
  grep -v '^#' reviews.tsv | bertql evaluate --task sentiment -`;

/** Adds `bertql evaluate`. */
export function addEvaluate(program: Command, signal: AbortSignal): void {
  program
    .command('evaluate')
    .summary('measure a model on your own data')
    .description('Measures how good a model is on your test data, which is read as a query would read it.')
    .argument('<file>', 'the data, in UTF-8; - is standard input')
    .addOption(
      new Option('--task <task>', 'what is measured').choices(['ner', 'sentiment', 'similarity']).makeOptionMandatory(),
    )
    .addOption(modelFlag())
    .addOption(
      new Option(
        '--context <context>',
        'what is one text; for sentiment, how much of a text that is longer than the model reads at once',
      )
        .choices(['sentence', 'document'])
        .default('sentence'),
    )
    .option('--batch <texts>', 'texts that are under way at a time', wholeNumber(1, 1000), 32)
    .option('--json', 'print JSON instead of tables')
    .addHelpText('after', DETAILS)
    .action(async (file: string, flags: EvaluateFlags) => {
      const { evaluate } = await import('../run/evaluate.ts');
      await evaluate(file, flags, signal);
    });
}
