import { RequestError } from '../client/request-error.ts';
import { ConfigError } from '../config.ts';
import { asBertqlError } from '../errors.ts';
import { DataError } from '../evaluation/source.ts';
import { HubError } from '../models/hub/hub-error.ts';
import { ModelFolderError } from '../models/model-folder-error.ts';
import { RegistrationError } from '../models/registration.ts';
import { CommandFailure } from './failure.ts';

/** A failure as it is reported: an expected one in one line, any other with its stack. */
export function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return isExpected(error) ? error.message.replace(/\s*\n\s*/g, ' ') : (error.stack ?? error.message);
}

function isExpected(error: Error): boolean {
  const kinds = [CommandFailure, ConfigError, DataError, HubError, ModelFolderError, RegistrationError, RequestError];
  return asBertqlError(error) !== undefined || kinds.some((kind) => error instanceof kind);
}
