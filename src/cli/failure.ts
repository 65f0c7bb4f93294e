/** A command cannot do what it was asked; the message says why, in one line. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** What a server refused, as `extensions.code` and `message` of its answer have it. */
export class GraphFailure extends CommandFailure {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}
