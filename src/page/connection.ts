import { BertqlClient } from '../client/index.ts';

/** An operation as it was sent. */
export interface Sent {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ConnectionOptions {
  /** Called for every operation that is sent. */
  readonly onSent: (sent: Sent) => void;
  /** Called for every answer, of a stream for every event. */
  readonly onAnswer: (document: string, data: unknown) => void;
  /** Asks the user for a key or token; resolves with `undefined` if they give none. */
  readonly askForKey: () => Promise<string | undefined>;
}

/** Where the key is kept until the tab is closed; GraphiQL reads it there, too. */
const KEY = 'bertql:key';

/** The URL of the graph. */
export const ENDPOINT = new URL(document.body.dataset['endpoint'] ?? 'graphql', document.baseURI).href;

/** The client of the page, which asks for a key if the server wants one. */
export function connect({ onSent, onAnswer, askForKey }: ConnectionOptions): BertqlClient {
  return new BertqlClient({
    url: ENDPOINT,
    streams: 'websocket',
    key: () => sessionStorage.getItem(KEY) ?? undefined,
    onUnauthenticated: async () => {
      const key = await askForKey();
      if (key !== undefined) sessionStorage.setItem(KEY, key);
      return key !== undefined;
    },
    onRequest: onSent,
    onData: onAnswer,
  });
}
