/**
 * A first-in-first-out queue whose members may leave from any position: set a member's `queued` to false, then call
 * {@link sweep}. Leaving costs O(1) amortized.
 */
export class Fifo<T extends { queued: boolean }> {
  #members: T[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(member: T): void {
    this.#members.push(member);
    this.#size++;
  }

  /** The oldest member, or `undefined` if the queue is empty. */
  first(): T | undefined {
    while (this.#head < this.#members.length && this.#members[this.#head]?.queued === false) this.#head++;
    return this.#members[this.#head];
  }

  /** At most `count` of the oldest members; they stay in the queue. */
  oldest(count: number): readonly T[] {
    const found: T[] = [];
    for (let at = this.#head; at < this.#members.length && found.length < count; at++) {
      const member = this.#members[at];
      if (member?.queued) found.push(member);
    }
    return found;
  }

  /** Must be called when a member has left. */
  sweep(): void {
    this.#size--;
    if (this.#members.length < 32 || this.#members.length < 2 * this.#size) return;
    this.#members = this.#members.slice(this.#head).filter((member) => member.queued);
    this.#head = 0;
  }
}
