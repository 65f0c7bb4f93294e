import { byId } from './dom.ts';

/** What the paper shows of a text. */
export type View = 'names' | 'tokens' | 'graphql';

const VIEWS: Readonly<Record<View, { readonly button: string; readonly host: string }>> = {
  names: { button: 'view-names', host: 'reader' },
  tokens: { button: 'view-tokens', host: 'token-view' },
  graphql: { button: 'view-graphql', host: 'graphql-view' },
};

/** Switches between the views of a text. */
export class Views {
  readonly #parts = Object.entries(VIEWS).map(([view, { button, host }]) => ({
    view: view as View,
    button: byId(button, HTMLButtonElement),
    host: byId(host, HTMLElement),
  }));
  #shown: View = 'names';

  /** @param onChosen a view was chosen by its button */
  constructor(onChosen: (view: View) => void) {
    for (const { view, button } of this.#parts) button.addEventListener('click', () => onChosen(view));
  }

  get shown(): View {
    return this.#shown;
  }

  show(view: View): void {
    this.#shown = view;
    for (const part of this.#parts) {
      part.host.hidden = part.view !== view;
      part.button.setAttribute('aria-pressed', String(part.view === view));
    }
  }
}
