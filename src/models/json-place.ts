import { messageOf } from '../errors.ts';
/** A registration that cannot be used. The message names the file and the field, what was expected and what came. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
}

/** A value in a JSON text that somebody wrote by hand, with the way to it. All methods throw {@link RegistrationError}. */
export class JsonPlace {
  readonly #file: string;
  readonly #path: string;
  readonly #value: unknown;

  private constructor(file: string, path: string, value: unknown) {
    this.#file = file;
    this.#path = path;
    this.#value = value;
  }

  static parse(file: string, text: string): JsonPlace {
    try {
      return new JsonPlace(file, '', JSON.parse(text));
    } catch (error) {
      throw new RegistrationError(`${file} is not JSON: ${messageOf(error)}.`);
    }
  }

  isList(): boolean {
    return Array.isArray(this.#value);
  }

  /** Itself, where it is an object without any other fields than these. */
  knownFields(names: readonly string[]): JsonPlace {
    const other = Object.keys(this.#object()).find((name) => !names.includes(name));
    if (other === undefined) return this;
    throw this.#at(other, undefined).failure(`is not known here. Known are ${names.join(', ')}`);
  }

  /** The field, or `undefined` where it is not there or null. */
  field(name: string): JsonPlace | undefined {
    const value = this.#object()[name];
    return value === undefined || value === null ? undefined : this.#at(name, value);
  }

  need(name: string): JsonPlace {
    const field = this.field(name);
    if (field) return field;
    throw this.#at(name, undefined).failure('is missing');
  }

  items(): readonly JsonPlace[] {
    if (!Array.isArray(this.#value)) throw this.failure('must be a list', this.#value);
    return this.#value.map((item: unknown, index) => new JsonPlace(this.#file, `${this.#path}[${index}]`, item));
  }

  /** @param what it must be, in words */
  text(form: RegExp, what: string): string {
    if (typeof this.#value === 'string' && form.test(this.#value)) return this.#value;
    throw this.failure(`must be ${what}`, this.#value);
  }

  flag(): boolean {
    if (typeof this.#value === 'boolean') return this.#value;
    throw this.failure('must be true or false', this.#value);
  }

  choice<T extends string>(choices: readonly T[]): T {
    const choice = choices.find((each) => each === this.#value);
    if (choice !== undefined) return choice;
    throw this.failure(`must be one of ${choices.join(', ')}`, this.#value);
  }

  /** The failure to throw: what is wrong here, and what came. */
  failure(what: string, came?: unknown): RegistrationError {
    const at = this.#path === '' ? this.#file : `${this.#file}: ${this.#path}`;
    return new RegistrationError(`${at} ${what}${came === undefined ? '' : `, but it is ${JSON.stringify(came)}`}.`);
  }

  #object(): Readonly<Record<string, unknown>> {
    const value = this.#value;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw this.failure('must be an object', value);
  }

  #at(name: string, value: unknown): JsonPlace {
    return new JsonPlace(this.#file, this.#path === '' ? name : `${this.#path}.${name}`, value);
  }
}
