/** A failure of the hub, the network or the disk. The message says what failed and what to do about it. */
export class HubError extends Error {
  override readonly name = 'HubError';
  /** Whether trying again soon may succeed. */
  readonly transient: boolean;
  /** How long the hub asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Whether the hub has no such file, revision or repository. */
  readonly notFound: boolean;

  constructor(
    message: string,
    {
      transient = false,
      retryAfterMs,
      notFound = false,
      cause,
    }: { transient?: boolean; retryAfterMs?: number | undefined; notFound?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.transient = transient;
    this.retryAfterMs = retryAfterMs;
    this.notFound = notFound;
  }
}

/** Describes why a file of the cache could not be written; `undefined` if the disk is not the reason. */
export function describeDiskFailure(error: unknown): string | undefined {
  switch (codeOf(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk of the model cache is full. Free some space, or set HF_HOME to a folder on another disk.';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'The folder of the model cache cannot be written. Set HF_HOME to one that can.';
    default:
      return undefined;
  }
}

/** The code of a system error, or that of one of its causes. */
export function codeOf(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if ('code' in each && typeof each.code === 'string') return each.code;
  }
  return undefined;
}
