import type { Command } from 'commander';
import type { ServerFlags } from '../graph/open.ts';
import { serverFlags } from './flags.ts';

/** Adds `bertql demo`. */
export function addDemo(program: Command, signal: AbortSignal): void {
  serverFlags(program.command('demo'))
    .summary('show tokens, sentiment and entities of some texts')
    .description('Prints what the three programs of a first tutorial on BERT print: tokens, sentiment, entities.')
    .action(async (flags: ServerFlags) => {
      const { runDemo } = await import('../run/demo.ts');
      await runDemo(flags, signal);
    });
}
