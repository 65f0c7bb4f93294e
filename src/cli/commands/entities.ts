import type { Command } from 'commander';
import type { EntityFlags } from '../run/entities.ts';
import { entityFlags, textCommand } from './flags.ts';

const EXAMPLES = `
Examples:
  bertql entities "Angela Merkel met Emmanuel Macron in Paris."
  bertql entities --types PER,ORG --min-confidence 0.9 --file article.txt
  cat article.txt | bertql entities --json | jq -r '.entities[].text'`;

/** Adds `bertql entities`. */
export function addEntities(program: Command, signal: AbortSignal): void {
  entityFlags(textCommand(program, 'entities'))
    .summary('find the names in texts')
    .description('Finds the named entities of texts, with their type, their confidence and their place.')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], flags: EntityFlags) => {
      const { findEntities } = await import('../run/entities.ts');
      await findEntities(texts, flags, signal);
    });
}
