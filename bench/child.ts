import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** What a child process can be asked, by name. */
export type Dialogue<T> = { readonly [K in keyof T]: { readonly question: unknown; readonly answer: unknown } };

interface Asked {
  readonly id: number;
  readonly name: string;
  readonly question: unknown;
}

type Answered = { readonly id: number } & ({ readonly answer: unknown } | { readonly failure: string });

/** The parent's side of a child process that answers questions: a process of its own has processor time of its own. */
export class Child<T extends Dialogue<T>> {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  /**
   * @param entry a module of `bench` that calls {@link answerParent}
   * @param flags what Node itself is started with
   */
  constructor(entry: string, environment: Readonly<Record<string, string>> = {}, flags: readonly string[] = []) {
    this.#process = fork(new URL(`./${entry}.js`, import.meta.url), {
      env: { ...process.env, ...environment },
      execArgv: [...flags],
      serialization: 'advanced',
      // The log of a server goes nowhere; what fails is on standard error.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.on('message', (message: Answered) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('failure' in message) waiting?.reject(new Error(message.failure));
      else waiting?.resolve(message.answer);
    });
    this.#process.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${entry} ended with ${signal ?? code}.`));
    });
  }

  ask<Name extends keyof T & string>(name: Name, question: T[Name]['question']): Promise<T[Name]['answer']> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.send({ id, name, question } satisfies Asked, (error) => error && reject(error));
    });
  }

  /** Lets the process go; it ends by itself. */
  async close(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    await ended;
  }
}

type Answers<T extends Dialogue<T>> = {
  readonly [K in keyof T]: (question: T[K]['question']) => T[K]['answer'] | Promise<T[K]['answer']>;
};

/**
 * The child's side: answers what the parent asks, and ends when the parent lets go.
 *
 * @param close releases what would abort the process if it ended in the middle of it
 */
export function answerParent<T extends Dialogue<T>>(answers: Answers<T>, close: () => Promise<void>): void {
  const reply = (message: Answered) => process.send?.(message);
  const isName = (name: string): name is keyof T & string => Object.hasOwn(answers, name);
  process.on('message', async ({ id, name, question }: Asked) => {
    try {
      if (!isName(name)) throw new Error(`Nobody answers "${name}".`);
      reply({ id, answer: await answers[name](question) });
    } catch (error) {
      reply({ id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
  process.once('disconnect', () => void close().finally(() => process.exit()));
}
