import { byId, element } from './dom.ts';
import { readTextFile } from './files.ts';
import { SAMPLES } from './samples.ts';

/** A text to read, and what it is called. */
export interface Source {
  readonly title: string;
  readonly text: string;
  /** The id of the sample that it is. */
  readonly sample?: string;
}

/** Most characters that a browser shows with ease; servers take half of that by default. */
const MOST_CHARACTERS = 4_000_000;

/** The sources of texts: samples, files that are picked or dropped, and text pasted outside of a field. */
export class Sources {
  readonly #onText: (source: Source) => void;
  readonly #problem = byId('problem', HTMLElement);
  /** Cancels the loading of a text when another one is chosen. */
  #loading = new AbortController();

  constructor(onText: (source: Source) => void) {
    this.#onText = onText;
    this.#serveSamples();
    this.#serveFiles();
    document.addEventListener('paste', (event) => {
      if (isField(event.target)) return;
      const text = event.clipboardData?.getData('text/plain') ?? '';
      const [file] = event.clipboardData?.files ?? [];
      if (text.trim() !== '') this.#take({ title: 'Pasted text', text });
      else if (file) void this.#takeFile(file);
    });
  }

  /** Reads the text of a link, or the one from before a reload. */
  read(source: Source): void {
    this.#take(source);
  }

  /** Reads a sample. */
  async readSample(id: string | undefined): Promise<void> {
    const sample = SAMPLES.find((each) => each.id === id);
    if (!sample) return;
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    try {
      const text = await sample.load(signal);
      this.#take({ title: sample.title, text, sample: sample.id });
    } catch (error) {
      if (!signal.aborted) this.#complain(error);
    }
  }

  #take(source: Source): void {
    this.#loading.abort();
    if (source.text.length > MOST_CHARACTERS) {
      const [actual, most] = [source.text.length, MOST_CHARACTERS].map((count) => count.toLocaleString('en'));
      this.#complain(new Error(`The text has ${actual} characters; this page shows at most ${most}.`));
      return;
    }
    this.#problem.hidden = true;
    this.press(source.sample);
    // Servers refuse half of a surrogate pair, as a cut in the wrong place leaves it.
    this.#onText({ ...source, text: source.text.toWellFormed() });
  }

  /** Marks the sample that is read, if it is one. */
  press(sample?: string): void {
    for (const chip of document.querySelectorAll('#samples button')) {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('data-sample') === sample));
    }
  }

  async #takeFile(file: File): Promise<void> {
    this.#loading.abort();
    const { signal } = (this.#loading = new AbortController());
    try {
      const text = await readTextFile(file);
      if (!signal.aborted) this.#take({ title: file.name, text });
    } catch (error) {
      if (!signal.aborted) this.#complain(error);
    }
  }

  #complain(error: unknown): void {
    this.#problem.textContent = error instanceof Error ? error.message : 'The text cannot be read.';
    this.#problem.hidden = false;
  }

  #serveSamples(): void {
    const host = byId('samples', HTMLElement);
    for (const { id, label } of SAMPLES) {
      host.append(
        element('button', { type: 'button', class: 'chip', 'data-sample': id, 'aria-pressed': 'false' }, label),
      );
    }
    host.addEventListener('click', ({ target }) => {
      if (target instanceof HTMLElement) void this.readSample(target.closest('button')?.dataset['sample']);
    });
  }

  #serveFiles(): void {
    const input = byId('file', HTMLInputElement);
    const drop = byId('drop', HTMLElement);
    byId('open', HTMLButtonElement).addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const [file] = input.files ?? [];
      if (file) void this.#takeFile(file);
      input.value = '';
    });
    document.addEventListener('dragover', (event) => {
      event.preventDefault();
      drop.hidden = false;
    });
    document.addEventListener('dragleave', ({ relatedTarget }) => {
      if (!relatedTarget) drop.hidden = true;
    });
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      drop.hidden = true;
      const [file] = event.dataTransfer?.files ?? [];
      const text = event.dataTransfer?.getData('text/plain') ?? '';
      if (file) void this.#takeFile(file);
      else if (text.trim() !== '') this.#take({ title: 'Dropped text', text });
    });
  }
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
}
