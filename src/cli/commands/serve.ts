import type { Command } from 'commander';
import { serve } from '../../serve.ts';
import { wholeNumber } from './flags.ts';

interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly workers?: number;
}

const DETAILS = `
All other settings are environment variables, such as API_KEYS and REDIS_URL.
On SIGTERM and SIGINT it answers open requests and ends with code 0; a second
signal does not wait for them.

Examples:
  bertql serve
  bertql serve --port 8080 --host 0.0.0.0
  LOG_FORMAT=json MAX_TEXT_LENGTH=100000 bertql serve`;

/** Adds `bertql serve`. @param release leaves signals to the server, which handles them itself */
export function addServe(program: Command, release: () => void): void {
  program
    .command('serve')
    .summary('start the server')
    .description('Starts the server: the graph over HTTP, SSE and WebSocket, the page and GraphiQL.')
    .option('-p, --port <port>', 'TCP port; 0 lets the system choose (default: PORT or 4000)', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on (default: HOST or 127.0.0.1)')
    .option('-w, --workers <threads>', 'inference threads (default: WORKERS or one per core)', wholeNumber(1))
    .addHelpText('after', DETAILS)
    .action((flags: ServeFlags) => {
      release();
      serve(
        async () => (await import('../../config.ts')).loadConfig(undefined, flags),
        async (events) => {
          if (process.stderr.isTTY) (await import('../downloads.ts')).showDownloads(process.stderr, events, false);
        },
      );
    });
}
