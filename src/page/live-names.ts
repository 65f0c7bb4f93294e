import { type BertqlClient, type FoundEntity, type OpenText, type Reading, RequestError } from '../client/index.ts';
import { pause } from '../client/retry.ts';
import type { Stretch } from './leaf-view.ts';

/** A name in a text that is being written. */
export interface LiveName extends Stretch {
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
  readonly chunkIndex: number;
  /** Whether text written after it can no longer change it. */
  readonly isSettled: boolean;
}

/** Milliseconds after the last change before its end until a text is read again. */
const RESTART_MS = 150;

/**
 * Finds the names of a text while it is written. What is appended grows the text on the server; a change before its end
 * starts another one.
 */
export class LiveNames {
  readonly #client: BertqlClient;
  readonly #model: string | undefined;
  readonly #onNames: (names: readonly LiveName[], text: string) => void;
  #growing: Growing | undefined;
  /** Cancels the wait before the next text is started. */
  #waiting = new AbortController();

  /**
   * @param model a NER model; by default that of the server
   * @param onNames called with the names of a text, which may have changed since
   */
  constructor(
    client: BertqlClient,
    model: string | undefined,
    onNames: (names: readonly LiveName[], text: string) => void,
  ) {
    this.#client = client;
    this.#model = model;
    this.#onNames = onNames;
  }

  /** Called with the current text. */
  update(written: string): void {
    const text = written.toWellFormed();
    this.#waiting.abort();
    if (this.#growing?.grow(text)) return;
    const { signal } = (this.#waiting = new AbortController());
    void this.#restart(text, this.#growing ? RESTART_MS : 0, signal);
  }

  close(): void {
    this.#waiting.abort();
    this.#growing?.close();
  }

  async #restart(text: string, afterMs: number, signal: AbortSignal): Promise<void> {
    if (afterMs > 0) await pause(afterMs, signal);
    if (signal.aborted) return;
    this.#growing?.close();
    this.#growing = new Growing(this.#client, text, this.#model, this.#onNames);
  }
}

/** One text on the server that grows. */
class Growing {
  readonly #client: BertqlClient;
  readonly #open: OpenText;
  readonly #closed = new AbortController();

  constructor(
    client: BertqlClient,
    text: string,
    model: string | undefined,
    onNames: (names: readonly LiveName[], text: string) => void,
  ) {
    const { signal } = this.#closed;
    this.#client = client;
    this.#open = client.openText({ text, signal, ...(model === undefined ? {} : { model }) });
    void this.#follow(onNames, signal);
  }

  /** Appends what was added to the text; `false` if it has changed otherwise. */
  grow(text: string): boolean {
    if (!text.startsWith(this.#open.text)) return false;
    const part = text.slice(this.#open.text.length);
    if (part !== '') this.#open.append(part).catch((error) => this.#complain(error));
    return true;
  }

  /** Cancels it on the server, which need not keep it. */
  close(): void {
    const { id } = this.#open;
    this.#closed.abort();
    id.then((id) => this.#client.cancel(id)).catch(() => undefined);
  }

  async #follow(onNames: (names: readonly LiveName[], text: string) => void, signal: AbortSignal): Promise<void> {
    try {
      for await (const reading of this.#open.follow()) {
        if (signal.aborted) return;
        onNames(namesOf(reading), this.#open.text.slice(0, reading.tail?.length ?? this.#open.text.length));
      }
    } catch (error) {
      this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    if (!this.#closed.signal.aborted && !(error instanceof RequestError && error.isRetryable)) console.warn(error);
  }
}

function namesOf({ entities, tail }: Reading): readonly LiveName[] {
  const live = (isSettled: boolean) => (entity: FoundEntity) => ({ ...entity, isSettled });
  return [...entities.map(live(true)), ...(tail?.entities ?? []).map(live(false))];
}
