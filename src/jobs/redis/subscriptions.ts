import type { Change } from '../store.ts';
import { Subscribers } from '../subscribers.ts';
import { type RedisConnections, withStoreErrors } from './connections.ts';

const CHANGES: ReadonlySet<string> = new Set<Change>(['APPENDED', 'ENDED', 'TAIL']);

/**
 * Notifies subscribers of changes by any machine. Messages that Redis sends while the connection is down are lost, so
 * all subscribers then get LOST and must subscribe again.
 */
export class Subscriptions {
  readonly #connections: RedisConnections;
  readonly #channel: string;
  readonly #subscriptions = new Map<string, Promise<unknown>>();
  readonly #subscribers = new Subscribers((id) => this.#unsubscribe(id));

  /** @param channel the prefix of the channels' names, before the id */
  constructor(connections: RedisConnections, channel: string) {
    this.#connections = connections;
    this.#channel = channel;
    const { subscriber } = connections;
    subscriber.on('message', (name: string, message: string) => {
      const change = CHANGES.has(message) ? (message as Change) : 'APPENDED';
      this.#subscribers.notify(name.slice(channel.length), change);
    });
    subscriber.on('close', () => {
      this.#subscriptions.clear();
      this.#subscribers.notifyAll('LOST');
    });
  }

  /** The channel of an analysis. */
  channelOf(id: string): string {
    return this.#channel + id;
  }

  /** Subscribes; resolves once Redis has confirmed it, so that no later change is missed. Throws STORE_UNAVAILABLE. */
  async subscribe(id: string, onChange: (change: Change) => void): Promise<() => void> {
    const unsubscribe = this.#subscribers.add(id, onChange);
    try {
      await withStoreErrors(this.#confirmed(id), this.#connections.health);
    } catch (error) {
      unsubscribe();
      throw error;
    }
    return unsubscribe;
  }

  #confirmed(id: string): Promise<unknown> {
    let subscription = this.#subscriptions.get(id);
    if (!subscription) {
      subscription = this.#connections.subscriber.subscribe(this.channelOf(id));
      this.#subscriptions.set(id, subscription);
    }
    return subscription;
  }

  #unsubscribe(id: string): void {
    if (!this.#subscriptions.delete(id)) return;
    // If the connection is down, so is the subscription.
    this.#connections.subscriber.unsubscribe(this.channelOf(id)).catch(() => undefined);
  }
}
