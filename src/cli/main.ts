#!/usr/bin/env node
/**
 * The `bertql` command. A signal stops the work of a command, which then closes what it started, so that the process does
 * not end during an inference. A second signal ends it at once.
 * Exit codes: 0, 1 if a command failed, 2 if it was called wrongly, 128 plus the number of a signal.
 * A command loads its work when it runs, so that help and the version come at once.
 */
import { setMaxListeners } from 'node:events';
import { constants } from 'node:os';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../version.ts';
import { addAnalyze } from './commands/analyze.ts';
import { addCard } from './commands/card.ts';
import { addCompletion } from './commands/completion.ts';
import { addDemo } from './commands/demo.ts';
import { addEmbed } from './commands/embed.ts';
import { addEntities } from './commands/entities.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addKey } from './commands/key.ts';
import { addModels } from './commands/models.ts';
import { addSearch } from './commands/search.ts';
import { addSenses } from './commands/senses.ts';
import { addSentiment } from './commands/sentiment.ts';
import { addServe } from './commands/serve.ts';
import { addSimilarity } from './commands/similarity.ts';
import { addTokenize } from './commands/tokenize.ts';
import { UsageFailure } from './failure.ts';
import { shown } from './terminal.ts';

const USAGE_ERROR = 2;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const stopping = new AbortController();
// Everything that is under way listens to it.
setMaxListeners(0, stopping.signal);

function onSignal(signal: NodeJS.Signals): void {
  process.off(signal, onSignal);
  process.exitCode = 128 + constants.signals[signal];
  stopping.abort();
}

/** Leaves signals and uncaught errors to the command. */
function release(): void {
  for (const signal of SIGNALS) process.off(signal, onSignal);
  process.off('uncaughtException', onUncaught);
}

function onUncaught(error: unknown): void {
  void complainOf(error).then(() => stopping.abort());
}

for (const signal of SIGNALS) process.on(signal, onSignal);
process.on('uncaughtException', onUncaught);
// A reader that leaves early, as `head` does, is no failure; a full disk is one. Messages need no reader.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (stopping.signal.aborted) return;
  if (error.code !== 'EPIPE') {
    process.exitCode = 1;
    complain(`the result cannot be written: ${error.message}`);
  }
  stopping.abort();
});
process.stderr.on('error', () => undefined);

function complain(text: string): void {
  process.stderr.write(`bertql: ${shown(text)}\n`);
}

async function complainOf(error: unknown): Promise<void> {
  process.exitCode = error instanceof UsageFailure ? USAGE_ERROR : 1;
  const { describeFailure } = await import('./describe-failure.ts');
  complain(describeFailure(error));
}

const EXAMPLES = `
Examples:
  bertql sentiment "I absolutely love this product!"
  bertql entities --file article.txt
  cat book.txt | bertql analyze
  bertql serve --port 4000

\`bertql <command> --help\` has more.`;

const program = new Command('bertql')
  .description('BERT over GraphQL: tokens, sentiment, named entities and meaning.')
  .version(VERSION)
  .addHelpText('after', EXAMPLES)
  .exitOverride()
  .configureOutput({
    outputError: (text) =>
      complain(
        text
          .replace(/^error: /, '')
          .trim()
          .replace(/\s*\n\s*/g, ' '),
      ),
  });
addServe(program, release);
addTokenize(program, stopping.signal);
addSentiment(program, stopping.signal);
addEntities(program, stopping.signal);
addAnalyze(program, stopping.signal, release);
addEmbed(program, stopping.signal);
addSimilarity(program, stopping.signal);
addSearch(program, stopping.signal);
addSenses(program, stopping.signal);
addDemo(program, stopping.signal);
addEvaluate(program, stopping.signal);
addModels(program, stopping.signal);
addCard(program, stopping.signal);
addKey(program);
addCompletion(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // To ask for help is no error.
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
  } else if (!stopping.signal.aborted) {
    await complainOf(error);
  }
}
