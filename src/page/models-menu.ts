import type { ModelsQuery } from '../client/index.ts';
import { byId, element } from './dom.ts';

/** The selected models; by default those of the server. */
export interface Picked {
  readonly ner: string | undefined;
  readonly sentiment: string | undefined;
}

/** The menu for choosing models. */
export class ModelsMenu {
  readonly #ner = byId('ner-model', HTMLSelectElement);
  readonly #sentiment = byId('sentiment-model', HTMLSelectElement);

  constructor(onPicked: () => void) {
    for (const select of [this.#ner, this.#sentiment]) select.addEventListener('change', onPicked);
  }

  get picked(): Picked {
    return { ner: pickedIn(this.#ner), sentiment: pickedIn(this.#sentiment) };
  }

  /** Lists the models of the server. */
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

/** The default model comes first, with an empty value: requests do not name it. */
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
