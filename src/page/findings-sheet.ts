import { byId } from './dom.ts';

/**
 * If there is no room next to the text, the findings are a sheet that slides up from below. If there is room, its button
 * is hidden and this has no visible effect.
 */
export class FindingsSheet {
  readonly #sheet = byId('findings', HTMLElement);
  readonly #toggle = byId('findings-toggle', HTMLButtonElement);
  #names = 0;

  constructor() {
    this.#toggle.addEventListener('click', () => this.#set(!this.#isOpen));
    this.#sheet.addEventListener('keydown', ({ key }) => {
      if (key !== 'Escape' || !this.#isOpen) return;
      this.close();
      this.#toggle.focus();
    });
    this.#set(false);
  }

  /** Sets the number of names on its button. */
  count(names: number): void {
    this.#names = names;
    this.#label();
  }

  close(): void {
    this.#set(false);
  }

  get #isOpen(): boolean {
    return 'open' in this.#sheet.dataset;
  }

  #set(isOpen: boolean): void {
    if (isOpen) this.#sheet.dataset['open'] = '';
    else delete this.#sheet.dataset['open'];
    this.#toggle.setAttribute('aria-expanded', String(isOpen));
    this.#label();
  }

  #label(): void {
    const names = `${this.#names.toLocaleString('en')} ${this.#names === 1 ? 'name' : 'names'}`;
    this.#toggle.textContent = this.#isOpen ? 'Back to the text' : `${names}, sentiment`;
  }
}
