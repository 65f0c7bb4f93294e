/** A command cannot do what it was asked; the message says why, in one line. */
export class CommandFailure extends Error {
  override readonly name: string = 'CommandFailure';
}

/** The command was called wrongly: it ends with 2. */
export class UsageFailure extends CommandFailure {
  override readonly name = 'UsageFailure';
}

/** A file or standard input cannot be read. */
export class UnreadableInput extends CommandFailure {
  override readonly name = 'UnreadableInput';
}
