import type { Redis } from 'ioredis';
import type { Change } from '../analysis-log.ts';
import { Watchers } from '../watchers.ts';
import { asked } from './connections.ts';

/**
 * Tells watchers of changes that any machine makes. Redis promises nothing of messages that it sends while the
 * connection is down, so all watchers are told LOST then, and watch anew.
 */
export class Changes {
  readonly #subscriber: Redis;
  readonly #channel: string;
  readonly #subscriptions = new Map<string, Promise<unknown>>();
  readonly #watchers = new Watchers(undefined, (id) => this.#unsubscribe(id));

  /** @param channel what the names of the channels begin with; the id follows */
  constructor(subscriber: Redis, channel: string) {
    this.#subscriber = subscriber;
    this.#channel = channel;
    subscriber.on('message', (name: string, message: string) => {
      this.#watchers.tell(name.slice(channel.length), message === 'ENDED' ? 'ENDED' : 'APPENDED');
    });
    subscriber.on('close', () => {
      this.#subscriptions.clear();
      this.#watchers.tellAll('LOST');
    });
  }

  /** Resolves once Redis has confirmed it, so that no later change is missed. Throws STORE_UNAVAILABLE. */
  async watch(id: string, onChange: (change: Change) => void): Promise<() => void> {
    const unwatch = this.#watchers.add(id, onChange);
    try {
      await asked(this.#subscribe(id));
    } catch (error) {
      unwatch();
      throw error;
    }
    return unwatch;
  }

  #subscribe(id: string): Promise<unknown> {
    let subscription = this.#subscriptions.get(id);
    if (!subscription) {
      subscription = this.#subscriber.subscribe(this.#channel + id);
      this.#subscriptions.set(id, subscription);
    }
    return subscription;
  }

  #unsubscribe(id: string): void {
    if (!this.#subscriptions.delete(id)) return;
    // Where the connection is down, the subscription went with it.
    this.#subscriber.unsubscribe(this.#channel + id).catch(() => undefined);
  }
}
