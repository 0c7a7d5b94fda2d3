/** One thing that the server sent. */
export interface Received {
  text: string;
  /** The same bytes were heard here before: a retransmission. */
  repeat: boolean;
  taken: boolean;
}

/** What has come in on one socket, kept until the trace asks for it. */
export class Inbox {
  readonly name: string;
  readonly items: Received[] = [];
  #wake: (() => void)[] = [];

  constructor(name: string) {
    this.name = name;
  }

  put(text: string): void {
    this.items.push({ text, repeat: this.items.some((item) => item.text === text), taken: false });
    for (const wake of this.#wake.splice(0)) wake();
  }

  /** The first item not taken yet that fits. */
  take(fits: (item: Received) => boolean): Received | undefined {
    const found = this.items.find((item) => !item.taken && fits(item));
    if (found) found.taken = true;
    return found;
  }

  /** Resolves when something comes, or after `ms`. */
  stirred(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
