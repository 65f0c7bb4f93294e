import { byId } from './dom.ts';

/** Asks for a key or token, once however many ask at a time. Resolves with `undefined` if there is none to be had. */
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
