import type { ModelsQuery } from '../client/index.ts';
import { byId, element } from './dom.ts';

/** The models that were picked; the default ones of the server unless one was. */
export interface Picked {
  readonly ner: string | undefined;
  readonly sentiment: string | undefined;
}

/** Lets one pick the models that read. */
export class ModelsMenu {
  readonly #ner = byId('ner-model', HTMLSelectElement);
  readonly #sentiment = byId('sentiment-model', HTMLSelectElement);

  constructor(onPicked: () => void) {
    for (const select of [this.#ner, this.#sentiment]) select.addEventListener('change', onPicked);
  }

  get picked(): Picked {
    return { ner: pickedIn(this.#ner), sentiment: pickedIn(this.#sentiment) };
  }

  /** Shows the models that a server has. */
  show(models: ModelsQuery['models']): void {
    fill(
      this.#ner,
      models.filter(({ task }) => task === 'NER'),
    );
    fill(
      this.#sentiment,
      models.filter(({ task }) => task === 'SENTIMENT'),
    );
  }
}

/** The default model comes first, and is asked for by not naming it. */
function fill(select: HTMLSelectElement, models: ModelsQuery['models']): void {
  const { value } = select;
  select.replaceChildren(
    ...models.map(({ id, state }, at) =>
      element('option', { value: at === 0 ? '' : id }, state === 'AVAILABLE' ? `${id} (not loaded)` : id),
    ),
  );
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

function pickedIn(select: HTMLSelectElement): string | undefined {
  return select.value === '' ? undefined : select.value;
}
