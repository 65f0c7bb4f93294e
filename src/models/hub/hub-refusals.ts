import { HubError } from './hub-error.ts';
import type { HubSettings } from './hub-settings.ts';

/** A file of a repository. */
export interface RemoteFile {
  readonly repository: string;
  readonly revision: string;
  /** With `/` as the separator. */
  readonly file: string;
}

const TRANSIENT_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The error for a web page that was sent instead of a file. */
export function webPage(file: string, { endpoint }: HubSettings): HubError {
  const host = new URL(endpoint).host;
  return new HubError(
    `A web page came in the place of ${file}. Does this network want a login first, or is ${host} (HF_ENDPOINT) no hub?`,
  );
}

/** The error for an answer's status, with what to do about it. */
export function refusal({ status, headers }: Response, remote: RemoteFile, settings: HubSettings): HubError {
  const { repository, revision, file } = remote;
  const host = new URL(settings.endpoint).host;
  const code = headers.get('x-error-code') ?? '';
  const said = saying(headers.get('x-error-message'));
  const page = `${settings.endpoint}/${repository}`;
  if (code === 'GatedRepo') {
    const todo =
      settings.token === undefined
        ? `Accept them on ${page} and set HF_TOKEN to a token of that account.`
        : `The account of HF_TOKEN has not: accept the conditions on ${page}, and see that the token may read gated models.`;
    return new HubError(
      `"${repository}" is given only to those who have accepted its conditions (${status}). ${todo}${said}`,
    );
  }
  if (code === 'DisabledRepo') {
    return new HubError(`${host} has disabled "${repository}" (${status}): nobody can fetch it there.${said}`);
  }
  if (status === 401 || code === 'RepoNotFound') {
    const todo = settings.token === undefined ? 'Set HF_TOKEN if it is yours.' : 'HF_TOKEN does not open it.';
    return new HubError(`${host} has no repository "${repository}", or it is private (${status}). ${todo}${said}`);
  }
  if (status === 403) {
    return new HubError(
      `${host} does not give out "${repository}" (403): accept the conditions on ${page}, and set HF_TOKEN to a token that may read it.${said}`,
    );
  }
  if (status === 404 || status === 410) {
    const what = code === 'RevisionNotFound' ? `no revision "${revision}"` : `no ${file} at revision "${revision}"`;
    return new HubError(`"${repository}" has ${what} on ${host} (${status}).${said}`, { notFound: true });
  }
  if (status === 416) {
    return new HubError(`${host} has less of ${file} than was received before (416).`, { transient: true });
  }
  if (status === 451) return new HubError(`${host} may not give out "${repository}" for legal reasons (451).${said}`);
  const why = status === 429 ? 'it is asked too often' : 'it has a failure';
  return new HubError(`${host} does not give ${file} of "${repository}" now: ${why} (${status}).${said}`, {
    transient: TRANSIENT_STATUS.has(status),
    retryAfterMs: parseRetryAfter(headers.get('retry-after')),
  });
}

/** The hub's own message, in one line. */
function saying(message: string | null): string {
  const line = message?.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim() ?? '';
  return line === '' ? '' : ` The hub says: ${line.length > 200 ? `${line.slice(0, 200)}…` : line}`;
}

/** Milliseconds of a `Retry-After` header, which has seconds or a date. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
