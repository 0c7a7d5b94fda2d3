/** Things that are due at moments to come. What is due at the same moment comes in the order in which it was planned. */
export class Agenda<T> {
  readonly #entries: { at: number; key: string; value: T }[];

  constructor(copyOf?: Agenda<T>) {
    this.#entries = copyOf ? [...copyOf.#entries] : [];
  }

  /** All that is planned, in order. */
  get entries(): readonly Readonly<{ at: number; value: T }>[] {
    return this.#entries;
  }

  /** Plans one thing; `key` is by what it can be taken back. */
  plan(at: number, key: string, value: T): void {
    let index = this.#entries.length;
    while (index > 0 && (this.#entries[index - 1]?.at ?? 0) > at) index -= 1;
    this.#entries.splice(index, 0, { at, key, value });
  }

  /** Takes back all that was planned under the key; tells whether there was anything. */
  cancel(key: string): boolean {
    const before = this.#entries.length;
    for (let index = before - 1; index >= 0; index -= 1) {
      if (this.#entries[index]?.key === key) this.#entries.splice(index, 1);
    }
    return this.#entries.length < before;
  }

  clear(): void {
    this.#entries.length = 0;
  }

  get nextAt(): number | undefined {
    return this.#entries[0]?.at;
  }

  /** The next thing, when it is due by `until`. */
  take(until: number): { at: number; value: T } | undefined {
    const [first] = this.#entries;
    if (!first || first.at > until) return undefined;
    this.#entries.shift();
    return first;
  }
}
