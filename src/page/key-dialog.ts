import { byId } from './dom.ts';

/** Asks for a key or token, in one dialog for all concurrent calls. Resolves with `undefined` if it is dismissed. */
export class KeyDialog {
  readonly #dialog = byId('key-dialog', HTMLDialogElement);
  readonly #input = byId('key', HTMLInputElement);
  #asking: Promise<string | undefined> | undefined;

  constructor() {
    byId('key-cancel', HTMLButtonElement).addEventListener('click', () => this.#dialog.close(''));
    byId('key-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#dialog.close(this.#input.value.trim());
    });
  }

  ask(): Promise<string | undefined> {
    this.#asking ??= new Promise((resolve) => {
      this.#input.value = '';
      this.#dialog.returnValue = '';
      this.#dialog.showModal();
      this.#dialog.addEventListener(
        'close',
        () => {
          this.#asking = undefined;
          resolve(this.#dialog.returnValue || undefined);
        },
        { once: true },
      );
    });
    return this.#asking;
  }
}
