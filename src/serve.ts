import { spawn } from 'node:child_process';
import type { Config } from './config.ts';
import type { ModelEvents } from './inference/model-events.ts';
import type { Log } from './server/log.ts';
import type { BertqlServer } from './server/server.ts';

/**
 * Runs a server as this process: handles its signals, starts the configured server, and ends the process when a signal
 * asks for it. Every exit goes through `close`, since ending the process during an inference aborts it.
 *
 * @param configure returns the configuration; if it throws, the message is printed in one line
 * @param watch called with the events of models before any is loaded
 */
export function serve(
  configure: () => Config | Promise<Config>,
  watch?: (events: ModelEvents) => void | Promise<void>,
): void {
  let server: BertqlServer | undefined;
  let log: Log | undefined;
  let stopping = false;
  let isExpected: (failure: unknown) => boolean = () => false;
  // Before any package is loaded: GraphQL, for one, otherwise checks much more on each value.
  process.env['NODE_ENV'] ??= 'production';

  async function stop(exitCode: number): Promise<void> {
    if (stopping) return server?.forceClose();
    stopping = true;
    await starting.catch(() => undefined);
    await server?.close();
    if (server && server.inference.workers.lost > 0) endWithoutFail(log);
    process.exit(exitCode);
  }

  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));
  process.on('unhandledRejection', (reason) => {
    // Expected failures, such as a cancelled operation, leave everything in order, so no client may end the process so.
    if (!isExpected(reason)) throw reason;
    log?.error({ err: reason }, 'a failure that nobody awaited');
  });
  process.on('uncaughtException', (error) => {
    if (log) log.fatal({ err: error }, 'uncaught exception');
    else console.error(error);
    void stop(1);
  });

  async function start(): Promise<void> {
    const config = await configure();
    const { asBertqlError } = await import('./errors.ts');
    isExpected = (failure) => asBertqlError(failure) !== undefined;
    const { BertqlServer } = await import('./server/server.ts');
    const { openLog } = await import('./server/log.ts');
    log = openLog(config);
    const reportFailure = (error: unknown, requestId: string) => log?.error({ err: error, requestId }, 'failure');
    server = await BertqlServer.create(config, reportFailure, log);
    await watch?.(server.inference.loader.events);
    if (server.isOpenToAll) {
      log.warn(
        { host: config.host },
        'anyone who can reach this address may ask: set API_KEYS, API_KEYS_FILE or JWT_KEY_SET, or a HOST that is not public',
      );
    }
    const url = await server.listen();
    await server.start();
    log.info({ url }, `bertql is ready: ${url} with ${config.workers} inference threads`);
  }

  const starting = start();
  starting.catch((error: unknown) => {
    if (stopping) return;
    console.error(`bertql cannot start: ${describe(error)}`);
    void stop(1);
  });
}

/**
 * Makes sure that the process ends: on exit it waits for its threads, and one that hangs inside the engine never ends.
 * A child process kills this one after a time; it ends by itself if this process ends first, since its input then ends.
 */
function endWithoutFail(log: Log | undefined): void {
  log?.error('inference threads hang; the process is killed if it does not end');
  const script = `process.stdin.on('end', () => process.exit()).resume();
    setTimeout(() => { try { process.kill(${process.pid}, 'SIGKILL') } catch {} process.exit() }, 2000)`;
  spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'ignore'] });
}

/** Describes a failure in one line. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${String(error.port)} is taken. Stop the process that listens there, or set PORT to another port.`;
  }
  return error.message;
}
