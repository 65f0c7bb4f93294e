import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { LogConfig } from '../config/operation.ts';
import type { OperationReport } from './operation-reports.ts';

/** The log of a server: one JSON object a line, or lines for people on a terminal. */
export type Log = Logger;

/**
 * Opens the log on standard output. What is written meanwhile waits for the line before it, so that neither the
 * event loop waits for a slow reader, nor is there a call of the system a line. The process ends with all written.
 */
export function openLog({ logLevel, logFormat }: LogConfig): Log {
  const options = { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const isPretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY);
  return isPretty
    ? pino(options, pretty({ sync: true, ignore: 'pid,hostname' }))
    : pino(options, pino.destination({ dest: 1, sync: false }));
}

/** A log that nobody reads. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}

/** Writes one line for an operation: what was asked and what came of it, but never a text. */
export function logOperation(log: Log, { call, type, fields, code, durationMs, results }: OperationReport): void {
  log.info(
    {
      requestId: call?.requestId,
      transport: call?.transport,
      caller: call?.caller.id,
      type,
      fields,
      code,
      results,
      ms: Math.round(durationMs * 10) / 10,
    },
    'operation',
  );
}
