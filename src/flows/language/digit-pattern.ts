/**
 * A pattern for keys: characters 0-9 * #, classes such as `[1-5]`, `.` for any digit 0-9, counts `{3}` `{2,4}` `?`, and `|` between
 * whole alternatives. It is matched from end to end by following all possibilities at once, so its work is bounded by the
 * pattern times the keys, whatever is written.
 */
export interface DigitPattern {
  matches(digits: string): boolean;
  /** Whether further keys could make it match. */
  canGrow(digits: string): boolean;
  /** Whether this key can be a part of what matches. */
  holds(key: string): boolean;
}

interface Atom {
  allowed: string;
  min: number;
  max: number;
}

const MAX_COUNT = 64;

/** The pattern, or one sentence that says what is wrong with it. */
export function compileDigitPattern(source: string): DigitPattern | string {
  if (source.length > 200) return 'A pattern has at most 200 characters';
  const alternatives: Atom[][] = [];
  for (const part of source.split('|')) {
    const atoms = readAtoms(part);
    if (typeof atoms === 'string') return atoms;
    alternatives.push(atoms);
  }
  const reach = (digits: string) => alternatives.map((atoms) => follow(atoms, digits));
  return {
    matches: (digits) => reach(digits).some((end) => end.matched),
    canGrow: (digits) => reach(digits).some((end) => end.growing),
    holds: (key) => alternatives.some((atoms) => atoms.some(({ allowed }) => allowed.includes(key))),
  };
}

function readAtoms(part: string): Atom[] | string {
  const atoms: Atom[] = [];
  const token = /(\.|[0-9*#]|\[[0-9*#-]+\])(\{\d{1,2}(?:,\d{1,2})?\}|\?)?/y;
  let at = 0;
  while (at < part.length) {
    token.lastIndex = at;
    const found = token.exec(part);
    if (!found) return `The pattern cannot be read from "${part.slice(at, at + 20)}" on`;
    const allowed = found[1] === '.' ? '0123456789' : charactersOf(found[1] ?? '');
    if (allowed === undefined) return `The class ${found[1]} is not a list of keys or ranges`;
    const [min, max] = countOf(found[2]);
    if (min > max || max === 0 || max > MAX_COUNT) return `The count ${found[2]} is not possible`;
    atoms.push({ allowed, min, max });
    at = token.lastIndex;
  }
  return atoms.length > 0 ? atoms : 'The pattern is empty';
}

function charactersOf(text: string): string | undefined {
  if (!text.startsWith('[')) return text;
  let allowed = '';
  const body = text.slice(1, -1);
  for (const [range, from, to] of body.matchAll(/([0-9])-([0-9])|[0-9*#]|-/g)) {
    if (range === '-') return undefined;
    if (from === undefined || to === undefined) allowed += range;
    else if (from > to) return undefined;
    else for (let digit = Number(from); digit <= Number(to); digit += 1) allowed += digit;
  }
  return allowed;
}

function countOf(text: string | undefined): [number, number] {
  if (text === undefined) return [1, 1];
  if (text === '?') return [0, 1];
  const [min = 0, max = min] = text.slice(1, -1).split(',').map(Number);
  return [min, max];
}

/** Follows every way through the atoms; a place is an atom and how often it was taken. */
function follow(atoms: readonly Atom[], digits: string): { matched: boolean; growing: boolean } {
  let places = closure(atoms, new Set([key(0, 0)]));
  for (const digit of digits) {
    const next = new Set<number>();
    for (const place of places) {
      const atom = atoms[Math.floor(place / 100)];
      const count = place % 100;
      if (atom && count < atom.max && atom.allowed.includes(digit)) next.add(place + 1);
    }
    places = closure(atoms, next);
  }
  const matched = places.has(key(atoms.length, 0));
  const growing = [...places].some((place) => {
    const atom = atoms[Math.floor(place / 100)];
    return atom !== undefined && place % 100 < atom.max;
  });
  return { matched, growing };
}

/** Adds the places that are reached without a key: an atom taken often enough may be left. */
function closure(atoms: readonly Atom[], places: Set<number>): Set<number> {
  for (const place of places) {
    const index = Math.floor(place / 100);
    const atom = atoms[index];
    if (atom && place % 100 >= atom.min) places.add(key(index + 1, 0));
  }
  return places;
}

function key(atom: number, count: number): number {
  return atom * 100 + count;
}
