import { byId, throttled } from './dom.ts';
import type { ReadingState } from './reading.ts';

/** The state of a reading. */
export interface Extent {
  readonly chunksDone: number;
  readonly chunksTotal: number;
  readonly fraction: number;
}

export interface StatusOptions {
  readonly onPause: () => void;
  readonly onResume: () => void;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
}

/** Milliseconds between announcements of progress to screen readers. */
const ANNOUNCE_MS = 4_000;

/** Shows the state of the reading, with buttons to pause, cancel and repeat it. */
export class Status {
  readonly #bar = byId('progress', HTMLProgressElement);
  readonly #text = byId('progress-text', HTMLElement);
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #cancel = byId('cancel', HTMLButtonElement);
  readonly #again = byId('again', HTMLButtonElement);
  readonly #done = byId('done', HTMLButtonElement);
  readonly #announcer = byId('announcer', HTMLElement);
  readonly #dashboard = byId('dashboard', HTMLElement);
  readonly #render = throttled(() => this.#show());
  #state: ReadingState | 'writing' = 'reading';
  #why: string | undefined;
  #isJob = false;
  #extent: Extent | undefined;
  #entities = 0;
  #startedAt = 0;
  #tookMs = 0;
  #announcedAt = 0;

  constructor(options: StatusOptions) {
    this.#pause.addEventListener('click', () => (this.#state === 'paused' ? options.onResume() : options.onPause()));
    this.#cancel.addEventListener('click', options.onCancel);
    this.#again.addEventListener('click', options.onAgain);
  }

  /** Another text is read. */
  begin(isJob: boolean): void {
    this.#extent = undefined;
    this.#entities = 0;
    this.#isJob = isJob;
    this.#startedAt = performance.now();
    this.#announcedAt = 0;
    this.#bar.value = 0;
  }

  progress(extent: Extent, entities: number): void {
    this.#extent = extent;
    this.#entities = entities;
    this.#tookMs = performance.now() - this.#startedAt;
    this.#render();
  }

  /** A draft with so many names is being written. */
  writing(entities: number): void {
    this.#entities = entities;
    this.#why = undefined;
    this.#state = 'writing';
    this.#dashboard.dataset['state'] = 'writing';
    this.#render();
  }

  /** Shows a message at once, and announces it to screen readers. */
  announce(words: string): void {
    this.#why = words;
    this.#announcedAt = 0;
    this.#render();
  }

  state(state: ReadingState, why?: string): void {
    this.#state = state;
    this.#why = why;
    this.#announcedAt = 0;
    this.#dashboard.dataset['state'] = state;
    this.#render();
  }

  #show(): void {
    const state = this.#state;
    const open = state === 'reading' || state === 'paused' || state === 'lost';
    // A button that disappears must not take the focus with it.
    const hadFocus = document.activeElement === this.#pause || document.activeElement === this.#cancel;
    this.#pause.hidden = this.#cancel.hidden = !open;
    this.#again.hidden = open || state === 'writing';
    this.#done.hidden = state !== 'writing';
    if (!this.#again.hidden && hadFocus) this.#again.focus();
    this.#pause.textContent = state === 'paused' ? 'Resume' : 'Pause';
    if (this.#extent) this.#bar.value = this.#extent.fraction;
    const words = this.#inWords();
    this.#text.textContent = words;
    this.#announce(words);
  }

  #inWords(): string {
    const { chunksDone = 0, chunksTotal = 0 } = this.#extent ?? {};
    const chunks = `${chunksDone.toLocaleString('en')} of ${chunksTotal.toLocaleString('en')} ${chunksTotal === 1 ? 'chunk' : 'chunks'}`;
    const found = `${this.#entities.toLocaleString('en')} ${this.#entities === 1 ? 'name' : 'names'}`;
    switch (this.#state) {
      case 'writing':
        return this.#why ?? (this.#entities === 0 ? 'Names light up while you write' : `${found} while you write`);
      case 'reading':
        return this.#extent ? `Reading: ${chunks}, ${found}` : 'Reading…';
      case 'paused':
        return `Paused at ${chunks}${this.#isJob ? '; the server reads on' : ''}`;
      case 'lost':
        return `${this.#why ?? 'The connection was lost.'} Trying again${chunksDone > 0 ? `; it will resume after chunk ${chunksDone.toLocaleString('en')}` : ''}.`;
      case 'done':
        return `${found} in ${chunksTotal.toLocaleString('en')} ${chunksTotal === 1 ? 'chunk' : 'chunks'}, ${inSeconds(this.#tookMs)}`;
      case 'cancelled':
        return `Cancelled after ${chunks}; ${found} so far`;
      case 'failed':
        return this.#why ?? 'The text cannot be read.';
    }
  }

  /** Announces to screen readers: each new state at once, progress now and then. */
  #announce(words: string): void {
    const now = performance.now();
    if (this.#announcedAt !== 0 && now - this.#announcedAt < ANNOUNCE_MS) return;
    this.#announcedAt = now;
    this.#announcer.textContent = words;
  }
}

function inSeconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
