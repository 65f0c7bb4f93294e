import { spawn } from 'node:child_process';
import type { Config } from './config.ts';
import type { ModelEvents } from './inference/model-events.ts';
import type { Log } from './server/log.ts';
import type { BertqlServer } from './server/server.ts';

/**
 * Runs a server as this process: catches its signals, then starts what it finds configured, and ends the process when
 * it is told to. Every way out goes through `close`, since ending the process while an inference runs aborts it.
 *
 * @param configure gives the configuration; what it throws is told in one line
 * @param watch called with the events of models before any is loaded
 */
export function serve(
  configure: () => Config | Promise<Config>,
  watch?: (events: ModelEvents) => void | Promise<void>,
): void {
  let server: BertqlServer | undefined;
  let log: Log | undefined;
  let stopping = false;

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
  process.on('uncaughtException', (error) => {
    if (log) log.fatal({ err: error }, 'uncaught exception');
    else console.error(error);
    void stop(1);
  });

  async function start(): Promise<void> {
    const config = await configure();
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
 * Has the process killed should it not end: on its way out it waits for its threads, and one that hangs inside of the
 * engine never comes. The one that kills ends by itself where the process ends first, since its input ends then.
 */
function endWithoutFail(log: Log | undefined): void {
  log?.error('inference threads hang; the process is killed if it does not end');
  const script = `process.stdin.on('end', () => process.exit()).resume();
    setTimeout(() => { try { process.kill(${process.pid}, 'SIGKILL') } catch {} process.exit() }, 2000)`;
  spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'ignore', 'ignore'] });
}

/** One line that says what is wrong. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'EADDRINUSE' && 'port' in error) {
    return `port ${String(error.port)} is taken. Stop what listens there, or set PORT to another one.`;
  }
  return error.message;
}
