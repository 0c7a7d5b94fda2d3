/** One part of a pattern: characters, and how often they may stand there. */
export interface Atom {
  allows(character: string): boolean;
  min: number;
  /** Or `Infinity`. */
  max: number;
}

/**
 * A row of atoms that is matched by following every way through it at once, so that the work is bounded by its places times the text,
 * whatever is written. A place is an atom and how often it was taken.
 */
export class Ways {
  readonly #atoms: readonly Atom[];
  /** By place: its atom, and how often that was taken. */
  readonly #atomOf: number[] = [];
  readonly #countOf: number[] = [];
  /** By atom: the place before it was taken. The one behind the last atom is the end. */
  readonly #first: number[] = [];
  /** By place: the last step that came there. */
  readonly #visited: Int32Array;
  #step = 0;

  constructor(atoms: readonly Atom[]) {
    this.#atoms = atoms;
    for (const [index, { min, max }] of atoms.entries()) {
      this.#first.push(this.#atomOf.length);
      // Beyond the least, a count without an end need not be counted.
      for (let count = 0; count <= (max === Number.POSITIVE_INFINITY ? min : max); count += 1) {
        this.#atomOf.push(index);
        this.#countOf.push(count);
      }
    }
    this.#first.push(this.#atomOf.length);
    this.#visited = new Int32Array(this.#atomOf.length + 1);
  }

  /** How many places there are. */
  get size(): number {
    return this.#visited.length;
  }

  /**
   * Whether the text matches, and whether a longer one could. `startsAnywhere`: a way may begin at any character of it; `endsAnywhere`:
   * and end at any.
   */
  follow(text: string, { startsAnywhere = false, endsAnywhere = false } = {}): { matched: boolean; growing: boolean } {
    const end = this.#atomOf.length;
    this.#visited.fill(0);
    this.#step = 1;
    let places: number[] = [];
    this.#reach(0, places);
    for (const character of text) {
      if (endsAnywhere && this.#visited[end] === this.#step) return { matched: true, growing: true };
      this.#step += 1;
      const next: number[] = [];
      if (startsAnywhere) this.#reach(0, next);
      this.#take(character, places, next);
      places = next;
    }
    const growing = places.some(
      (place) => (this.#countOf[place] ?? 0) < (this.#atoms[this.#atomOf[place] ?? -1]?.max ?? 0),
    );
    return { matched: this.#visited[end] === this.#step, growing };
  }

  #take(character: string, places: readonly number[], next: number[]): void {
    let asked: Atom | undefined;
    let allowed = false;
    for (const place of places) {
      const atom = this.#atoms[this.#atomOf[place] ?? -1];
      const count = this.#countOf[place] ?? 0;
      if (!atom || count >= atom.max) continue;
      // The places of one atom mostly follow one another, and ask the same.
      if (atom !== asked) allowed = atom.allows(character);
      asked = atom;
      if (allowed) this.#reach(atom.max === Number.POSITIVE_INFINITY && count === atom.min ? place : place + 1, next);
    }
  }

  /** Adds a place, and those that are reached from it without a character: an atom taken often enough may be left. */
  #reach(from: number, places: number[]): void {
    let place = from;
    while (this.#visited[place] !== this.#step) {
      this.#visited[place] = this.#step;
      places.push(place);
      const atom = this.#atomOf[place];
      if (atom === undefined || (this.#countOf[place] ?? 0) < (this.#atoms[atom]?.min ?? 0)) return;
      place = this.#first[atom + 1] ?? this.#atomOf.length;
    }
  }
}
