/** Runs the work that belongs to one name one piece after the other, in the order asked; different names do not wait. */
export class InTurn {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#tails.set(name, mine);
    const forget = () => {
      if (this.#tails.get(name) === mine) this.#tails.delete(name);
    };
    mine.then(forget, forget);
    return mine;
  }
}
