#!/usr/bin/env node
/**
 * The `bertql` command. A signal stops the work of a command, which then closes what it started: the process ends
 * by itself and not in the midst of an inference. A second signal ends it at once.
 * Exit codes: 0, 1 where a command failed, 2 where it was called wrongly, 128 and the signal's number where one came.
 */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { Command, CommanderError } from 'commander';
import { addEvaluate } from './evaluate.ts';
import { describeFailure } from './failure.ts';
import { addKey } from './key.ts';

const USAGE_ERROR = 2;
const stopping = new AbortController();

function stopOn(signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): void {
  process.once(signal, () => {
    process.exitCode = 128 + constants.signals[signal];
    stopping.abort();
  });
}

stopOn('SIGINT');
stopOn('SIGTERM');
stopOn('SIGHUP');
process.on('uncaughtException', (error) => {
  complain(describeFailure(error));
  process.exitCode = 1;
  stopping.abort();
});
// Whoever was to read the result has gone, as `head` does; whoever was to read messages does not matter.
process.stdout.on('error', () => {
  process.exitCode = 1;
  stopping.abort();
});
process.stderr.on('error', () => undefined);

function complain(text: string): void {
  process.stderr.write(`bertql: ${text}\n`);
}

function version(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}

const program = new Command('bertql')
  .description('BERT over GraphQL: tokens, sentiment and named entities.')
  .version(version())
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
addEvaluate(program, stopping.signal);
addKey(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Help that was asked for is no error.
    process.exitCode = error.exitCode === 0 ? 0 : USAGE_ERROR;
  } else if (!stopping.signal.aborted) {
    complain(describeFailure(error));
    process.exitCode = 1;
  }
}
