import type { Command } from 'commander';

const DETAILS = `
Models of the hub are kept in HF_HOME (default ~/.cache/huggingface), which they
share with the Python packages. HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE mean the
same as there. Register models of your own in bertql.config.json, or in the file
that MODELS_CONFIG names.

Examples:
  bertql models list
  bertql models pull dslim/bert-base-NER
  bertql models verify
  bertql models remove dslim/bert-base-NER`;

/** Adds `bertql models list|pull|remove|verify`. */
export function addModels(program: Command, signal: AbortSignal): void {
  const run = () => import('../run/models.ts');
  const models = program
    .command('models')
    .summary('list, fetch, check and remove models')
    .description('Lists the registered models, and fetches, checks and removes those of the hub.')
    .addHelpText('after', DETAILS);
  models
    .command('list')
    .description('List the registered models, and whether they are on this machine.')
    .option('--json', 'print JSON instead of a table')
    .action(async ({ json }: { json?: true }) => (await run()).listModels(json === true));
  models
    .command('pull')
    .description('Fetch models. Damaged files are fetched again.')
    .argument('<id...>', 'ids of models of the hub')
    .action(async (ids: string[]) => (await run()).pullModels(ids, signal));
  models
    .command('verify')
    .description('Compare the files of fetched models with their hashes. Ends with 1 if one is damaged.')
    .argument('[id...]', 'ids of models; by default all that are on this machine')
    .action(async (ids: string[]) => (await run()).verifyModels(ids, signal));
  models
    .command('remove')
    .description('Remove the files of fetched models, except those that other programs share.')
    .argument('<id...>', 'ids of models of the hub')
    .action(async (ids: string[]) => (await run()).removeModels(ids));
}
