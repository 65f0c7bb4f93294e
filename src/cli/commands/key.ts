import { createHash, randomBytes } from 'node:crypto';
import type { Command } from 'commander';

/** Adds `bertql key <name>`, which makes an API key for its holder, and its hash for the server. */
export function addKey(program: Command): void {
  program
    .command('key')
    .argument('<name>', 'who the key is for, as logs name it')
    .summary('make an API key')
    .description("Makes an API key for a caller, and its hash for the server's API_KEYS.")
    .addHelpText('after', '\nExample:\n  bertql key dashboard')
    .action((name: string) => {
      const key = `bertql_${randomBytes(32).toString('base64url')}`;
      const hash = createHash('sha256').update(key).digest('hex');
      process.stdout.write(
        `key for the caller, shown only now: ${key}\nfor API_KEYS of the server:         ${name}:${hash}\n`,
      );
    });
}
