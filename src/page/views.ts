import { byId } from './dom.ts';

/** The views of a text. */
export type View = 'names' | 'meaning' | 'tokens' | 'graphql';

const VIEWS: Readonly<Record<View, { readonly button: string; readonly hosts: readonly string[] }>> = {
  names: { button: 'view-names', hosts: ['reader'] },
  meaning: { button: 'view-meaning', hosts: ['senses', 'reader'] },
  tokens: { button: 'view-tokens', hosts: ['token-view'] },
  graphql: { button: 'view-graphql', hosts: ['graphql-view'] },
};

/** Switches between the views of a text. */
export class Views {
  readonly #parts = Object.entries(VIEWS).map(([view, { button, hosts }]) => ({
    view: view as View,
    button: byId(button, HTMLButtonElement),
    hosts: hosts.map((id) => byId(id, HTMLElement)),
  }));
  #shown: View = 'names';

  /** @param onChosen called when a view is chosen by its button */
  constructor(onChosen: (view: View) => void) {
    for (const { view, button } of this.#parts) button.addEventListener('click', () => onChosen(view));
  }

  get shown(): View {
    return this.#shown;
  }

  /** Whether the text itself is shown. */
  get showsText(): boolean {
    return this.#shown === 'names' || this.#shown === 'meaning';
  }

  show(view: View): void {
    this.#shown = view;
    // The text is a part of two views.
    for (const { hosts } of this.#parts) for (const host of hosts) host.hidden = true;
    for (const part of this.#parts) {
      if (part.view === view) for (const host of part.hosts) host.hidden = false;
      part.button.setAttribute('aria-pressed', String(part.view === view));
    }
  }
}
