import { type Atom, Ways } from './atoms.ts';

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
  const ways = alternatives.map((atoms) => new Ways(atoms));
  const reach = (digits: string) => ways.map((one) => one.follow(digits));
  return {
    matches: (digits) => reach(digits).some((end) => end.matched),
    canGrow: (digits) => reach(digits).some((end) => end.growing),
    holds: (key) => alternatives.some((atoms) => atoms.some((atom) => atom.allows(key))),
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
    atoms.push({ allows: (key) => allowed.includes(key), min, max });
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
