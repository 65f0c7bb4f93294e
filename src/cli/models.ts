import type { Command } from 'commander';

const DETAILS = `
Models of the hub are kept in HF_HOME (default ~/.cache/huggingface), the folder
that the Python packages use. HF_TOKEN, HF_ENDPOINT and HF_HUB_OFFLINE mean what
they mean there. Models of your own are registered in bertql.config.json, or in
the file that MODELS_CONFIG names.

Examples:
  bertql models list
  bertql models pull dslim/bert-base-NER
  bertql models verify
  bertql models remove dslim/bert-base-NER`;

/** Adds `bertql models list|pull|remove|verify`. Their work stops when the signal is aborted. */
export function addModels(program: Command, signal: AbortSignal): void {
  const models = program
    .command('models')
    .summary('list, fetch, check and remove models')
    .description('Lists the models that are registered, and fetches, checks and removes those of the hub.')
    .addHelpText('after', DETAILS);
  models
    .command('list')
    .description('List the registered models, and whether they are here.')
    .option('--json', 'print JSON instead of a table')
    .action(async ({ json }: { json?: true }) => {
      const { listModels } = await import('./run-models.ts');
      process.stdout.write(`${await listModels(json === true)}\n`);
    });
  models
    .command('pull')
    .description('Fetch models, and fetch anew what is damaged.')
    .argument('<id...>', 'ids of models of the hub')
    .action(async (ids: string[]) => {
      const { pullModels } = await import('./run-models.ts');
      await pullModels(ids, signal, (line) => process.stdout.write(`${line}\n`));
    });
  models
    .command('verify')
    .description('Compare the files of fetched models with their hashes. Ends with 1 where one is damaged.')
    .argument('[id...]', 'ids of models; all that are here by default')
    .action(async (ids: string[]) => {
      const { verifyModels } = await import('./run-models.ts');
      await verifyModels(ids, signal, (line) => process.stdout.write(`${line}\n`));
    });
  models
    .command('remove')
    .description('Remove the files of fetched models. What other programs share with them stays.')
    .argument('<id...>', 'ids of models of the hub')
    .action(async (ids: string[]) => {
      const { removeModels } = await import('./run-models.ts');
      await removeModels(ids, (line) => process.stdout.write(`${line}\n`));
    });
}
