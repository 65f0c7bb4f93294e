/**
 * A first-in-first-out line whose members may leave from anywhere: a member leaves by
 * turning its `queued` off, and {@link sweep} is then called. Leaving costs O(1) amortized.
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

  /** The oldest member, or `undefined` where there is none. */
  first(): T | undefined {
    while (this.#head < this.#members.length && this.#members[this.#head]?.queued === false) this.#head++;
    return this.#members[this.#head];
  }

  /** The oldest members, so many at the most; they stay in line. */
  oldest(count: number): readonly T[] {
    const found: T[] = [];
    for (let at = this.#head; at < this.#members.length && found.length < count; at++) {
      const member = this.#members[at];
      if (member?.queued) found.push(member);
    }
    return found;
  }

  /** Tells that one member has left. */
  sweep(): void {
    this.#size--;
    if (this.#members.length < 32 || this.#members.length < 2 * this.#size) return;
    this.#members = this.#members.slice(this.#head).filter((member) => member.queued);
    this.#head = 0;
  }
}
