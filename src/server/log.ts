import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogConfig } from '../config.ts';
import type { Model } from '../models/registry.ts';
import type { OperationReport } from './operation-reports.ts';

/** The log of a server: one JSON object per line, or readable lines on a terminal. */
export type Log = Logger;

/** Lines are written together: the bytes that trigger a write, and the milliseconds after which there is one anyway. */
const LOG_BUFFER = { minLength: 4096, periodicFlush: 100 };

/**
 * Opens the log on standard output. The event loop does not wait for its reader: lines are written in the background,
 * and the last ones before the process ends.
 */
export function openLog({ logLevel, logFormat }: LogConfig): Log {
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY);
  return isPretty
    ? pino(options, pretty({ sync: true, ignore: 'pid,hostname' }))
    : pino(options, pino.destination({ dest: 1, sync: false, ...LOG_BUFFER }));
}

/** A disabled log. It has no stream, since pino's own would listen for the end of the process. */
export function silentLog(): Log {
  return pino({ level: 'silent' }, { write: () => undefined });
}

/** Logs, in one line per reason, which models run on the CPU although another device was requested. */
export function logDevices(log: Log, models: readonly Model[]): void {
  for (const reason of new Set(models.map(({ fallback }) => fallback))) {
    if (reason === undefined) continue;
    const names = models.filter(({ fallback }) => fallback === reason).map(({ id }) => id);
    log.warn(`on the CPU: ${names.join(', ')} (${reason})`);
  }
}

/** Logs one line for an operation and its outcome, but never a text. */
export function logOperation(log: Log, { call, type, fields, code, durationMs, results }: OperationReport): void {
  log.info(
    {
      requestId: call.requestId,
      transport: call.transport,
      caller: call.caller.id,
      type,
      fields,
      code,
      results,
      ms: Math.round(durationMs * 10) / 10,
    },
    'operation',
  );
}
