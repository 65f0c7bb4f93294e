import { type BertqlClient, ModelsDocument, type ModelsQuery } from '../client/index.ts';
import { messageOf } from '../thrown.ts';
import { byId, element } from './dom.ts';

/** Shows whether the server is ready, and lists its tokenizers. */
export class ServerState {
  readonly #client: BertqlClient;
  readonly #host = byId('server', HTMLElement);
  readonly #text = byId('server-text', HTMLElement);
  readonly #tokenizers = byId('tokenizer', HTMLSelectElement);

  readonly #onModels: (models: ModelsQuery['models']) => void;

  /** @param onModels called with all models of the server */
  constructor(client: BertqlClient, onModels: (models: ModelsQuery['models']) => void) {
    this.#client = client;
    this.#onModels = onModels;
  }

  /** Whether the last request to it failed. */
  get isAway(): boolean {
    return this.#host.dataset['state'] === 'away';
  }

  async ask(): Promise<void> {
    try {
      const { models } = await this.#client.query(ModelsDocument, {});
      this.#onModels(models);
      this.#show(models.filter(({ state }) => state === 'READY'));
    } catch (error) {
      this.#host.dataset['state'] = 'away';
      this.#text.textContent = messageOf(error);
    }
  }

  #show(ready: ModelsQuery['models']): void {
    const readers = ready.filter(({ task }) => task !== 'TOKENIZATION');
    this.#host.dataset['state'] = readers.length > 0 ? 'ready' : 'waiting';
    this.#host.title = readers.map(({ id }) => id).join(', ');
    const models = readers.length === 1 ? 'model' : 'models';
    this.#text.textContent = readers.length > 0 ? `${readers.length} ${models} ready` : 'models are loading';
    const first = ready.filter(({ task }) => task === 'TOKENIZATION');
    this.#tokenizers.replaceChildren(...[...first, ...readers].map(({ id }) => element('option', { value: id }, id)));
  }
}
