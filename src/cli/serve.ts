import { type Command, InvalidArgumentError } from 'commander';
import { serve } from '../serve.ts';
import { parseCount } from './text-command.ts';

interface ServeFlags {
  readonly port?: number;
  readonly host?: string;
  readonly workers?: number;
}

const DETAILS = `
All other settings are environment variables, such as API_KEYS and REDIS_URL.
It ends with code 0 on SIGTERM and SIGINT, once open requests are answered; a
second signal does not wait for them.

Examples:
  bertql serve
  bertql serve --port 8080 --host 0.0.0.0
  LOG_FORMAT=json MAX_TEXT_LENGTH=100000 bertql serve`;

/** Adds `bertql serve`. @param release lets go of the signals, which the server takes itself */
export function addServe(program: Command, release: () => void): void {
  program
    .command('serve')
    .summary('start the server')
    .description('Starts the server: the graph over HTTP, SSE and WebSocket, the page and GraphiQL.')
    .option('-p, --port <port>', 'TCP port; 0 lets the system choose (default: PORT or 4000)', parsePort)
    .option('--host <address>', 'address to listen on (default: HOST or 127.0.0.1)')
    .option('-w, --workers <threads>', 'inference threads (default: WORKERS or one a core)', parseCount)
    .addHelpText('after', DETAILS)
    .action((flags: ServeFlags) => {
      release();
      serve(async () => (await import('../config.ts')).loadConfig(undefined, flags));
    });
}

function parsePort(value: string): number {
  if (/^\d+$/.test(value) && Number(value) <= 65_535) return Number(value);
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535.');
}
