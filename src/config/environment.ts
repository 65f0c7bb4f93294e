/** A setting that cannot be used; the message names the variable, what was expected and what came. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads settings out of variables. An empty variable counts as not set. All methods throw {@link ConfigError}. */
export class Environment {
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** The variable, or `undefined` where it is not set. */
  optional(name: string): string | undefined {
    return this.#variables[name]?.trim() || undefined;
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  /** The path of a URL, as in `/graphql`. */
  path(name: string, fallback: string): string {
    const path = this.text(name, fallback);
    if (/^\/[\w./-]*$/.test(path)) return path;
    throw new ConfigError(`${name} must be a path such as ${fallback}, but it is "${path}".`);
  }

  integer(name: string, fallback: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const raw = this.optional(name);
    if (raw === undefined) return fallback;
    const value = Number(raw);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(`${name} must be a whole number ${range}, but it is "${raw}".`);
  }

  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean {
    return this.choice(name, fallback ? 'true' : 'false', ['true', 'false']) === 'true';
  }

  choice<T extends string>(name: string, fallback: T, choices: readonly T[]): T {
    const raw = this.optional(name);
    if (raw === undefined) return fallback;
    const choice = choices.find((each) => each === raw);
    if (choice !== undefined) return choice;
    throw new ConfigError(`${name} must be one of ${choices.join(', ')}, but it is "${raw}".`);
  }

  /** Words between commas. */
  list(name: string): readonly string[] {
    return (this.optional(name) ?? '')
      .split(',')
      .map((word) => word.trim())
      .filter(Boolean);
  }
}
