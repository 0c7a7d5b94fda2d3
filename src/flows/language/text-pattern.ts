import { type Atom, Ways } from './atoms.ts';

/**
 * A pattern for texts, of the kind that is written into a condition: characters, classes such as `[a-z]`, `\d`, `\w`, `\s` and `.`, the
 * counts `*`, `+`, `?` and `{2,4}`, `^` at the beginning, `$` at the end, and `|` at the top or in groups that are not repeated. It means
 * what RE2 and JavaScript mean by it. The work is at most the pattern times the text, whatever either holds.
 */
export interface TextPattern {
  matches(text: string): boolean;
}

/** What is wrong with a pattern, and where in it. */
export interface PatternProblem {
  text: string;
  hint?: string;
  at: number;
}

/** The longest text that is looked at, in UTF-16 units. */
export const MAX_SUBJECT = 256;
const MAX_LENGTH = 200;
const MAX_COUNT = 64;
/** Ways through a pattern once its groups are written out, and the places in all of them. */
const MAX_WAYS = 64;
const MAX_PLACES = 128;

/** One way through a pattern: its atoms, with or without ends that are fixed. */
interface Way {
  atoms: Atom[];
  fromStart: boolean;
  toEnd: boolean;
}

/** The pattern, or what is wrong with it. */
export function compileTextPattern(source: string): TextPattern | PatternProblem {
  if (source.length > MAX_LENGTH) return { text: `A pattern has at most ${MAX_LENGTH} characters`, at: 0 };
  try {
    const reader = new Reader(source);
    const ways = reader.alternatives();
    reader.end();
    const bound = ways.map(({ atoms, fromStart, toEnd }) => {
      return { ways: new Ways(atoms), startsAnywhere: !fromStart, endsAnywhere: !toEnd };
    });
    if (bound.reduce((sum, one) => sum + one.ways.size, 0) > MAX_PLACES)
      throw new Wrong('The counts of the pattern are too large together', 0);
    return { matches: (text) => bound.some((one) => one.ways.follow(text, one).matched) };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    return { text: error.message, at: error.at, ...(error.hint !== undefined && { hint: error.hint }) };
  }
}

/** The patterns of one flow, each compiled once. */
export class TextPatterns {
  readonly #known = new Map<string, TextPattern | undefined>();

  /** Whether the text matches; undefined when it is too long to be looked at, or the pattern is none. */
  fits(text: string, source: string): boolean | undefined {
    if (!this.#known.has(source)) {
      const compiled = compileTextPattern(source);
      this.#known.set(source, 'matches' in compiled ? compiled : undefined);
    }
    return text.length > MAX_SUBJECT ? undefined : this.#known.get(source)?.matches(text);
  }
}

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0;
}

class Wrong extends Error {
  readonly at: number;
  readonly hint: string | undefined;

  constructor(text: string, at: number, hint?: string) {
    super(text);
    this.at = at;
    this.hint = hint;
  }
}

const DIGIT = /[0-9]/;
const WORD = /[0-9A-Za-z_]/;
const SPACE = /[\t\n\f\r ]/;
const CLASSES: Readonly<Record<string, (character: string) => boolean>> = {
  d: (character) => DIGIT.test(character),
  D: (character) => !DIGIT.test(character),
  w: (character) => WORD.test(character),
  W: (character) => !WORD.test(character),
  s: (character) => SPACE.test(character),
  S: (character) => !SPACE.test(character),
};

/** Reads a pattern from left to right. Throws `Wrong`. */
class Reader {
  readonly #characters: string[];
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#characters = [...source];
  }

  /** Every way through what stands up to the end or up to the closing bracket. */
  alternatives(): Way[] {
    const ways = this.#sequence();
    while (this.#take('|')) ways.push(...this.#sequence());
    this.#limit(ways);
    return ways;
  }

  end(): void {
    if (this.#at < this.#characters.length) this.#wrong('There is a ) without its (');
  }

  #sequence(): Way[] {
    let ways: Way[] = [{ atoms: [], fromStart: false, toEnd: false }];
    for (let next = this.#peek(); next !== undefined && next !== '|' && next !== ')'; next = this.#peek()) {
      const begun = this.#at;
      const parts = this.#part();
      ways = ways.flatMap((way) => parts.map((part) => this.#joined(way, part, begun)));
      this.#limit(ways);
    }
    return ways;
  }

  #limit(ways: readonly Way[]): void {
    if (ways.length > MAX_WAYS) this.#wrong('The pattern has too many ways through its groups');
  }

  #joined(way: Way, part: Way, at: number): Way {
    if (way.toEnd && (part.atoms.length > 0 || part.fromStart)) throw new Wrong('$ stands at the end of a pattern', at);
    if (part.fromStart && (way.atoms.length > 0 || way.fromStart))
      throw new Wrong('^ stands at the beginning of a pattern', at);
    return {
      atoms: [...way.atoms, ...part.atoms],
      fromStart: way.fromStart || part.fromStart,
      toEnd: way.toEnd || part.toEnd,
    };
  }

  #part(): Way[] {
    if (this.#take('^')) return [{ atoms: [], fromStart: true, toEnd: false }];
    if (this.#take('$')) return [{ atoms: [], fromStart: false, toEnd: true }];
    if (this.#take('(')) return this.#group();
    const allows = this.#one();
    const [min, max] = this.#count();
    return [{ atoms: [{ allows, min, max }], fromStart: false, toEnd: false }];
  }

  #group(): Way[] {
    this.#depth += 1;
    if (this.#depth > 8) this.#wrong('Groups are nested too deep');
    if (this.#take('?') && !this.#take(':')) this.#wrong('Only plain groups ( ) and (?: ) are known');
    const ways = this.alternatives();
    if (!this.#take(')')) this.#wrong('A ( is not closed');
    this.#depth -= 1;
    const begun = this.#at;
    const [min, max] = this.#count();
    if (max > 1) {
      const hint = 'repeat a single character or class instead';
      throw new Wrong('A group is not repeated: that could take longer than a call lasts', begun, hint);
    }
    return min === 0 ? [...ways, { atoms: [], fromStart: false, toEnd: false }] : ways;
  }

  /** Which characters fit at one place. */
  #one(): (character: string) => boolean {
    const character = this.#next();
    switch (character) {
      case '.':
        return (other) => other !== '\n';
      case '[':
        return this.#class();
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
      case '{':
        this.#at -= 1;
        return this.#wrong(`There is nothing that ${character} could repeat`, `\\${character} is the character itself`);
      default:
        return (other) => other === character;
    }
  }

  #escape(): (character: string) => boolean {
    const character = this.#next();
    const known = Object.hasOwn(CLASSES, character) ? CLASSES[character] : undefined;
    if (known) return known;
    this.#at -= 1;
    if (/[1-9]/.test(character)) this.#wrong('Patterns do not look back at what they matched');
    if (/[0-9A-Za-z]/.test(character)) this.#wrong(`\\${character} is not known`, 'known are \\d, \\w and \\s');
    this.#at += 1;
    return (other) => other === character;
  }

  #class(): (character: string) => boolean {
    const isNegative = this.#take('^');
    const tests: ((character: string) => boolean)[] = [];
    while (!this.#take(']')) {
      const from = this.#member();
      if (typeof from !== 'string') tests.push(from);
      else if (this.#peek() === '-' && this.#characters[this.#at + 1] !== ']') {
        this.#at += 1;
        const to = this.#member();
        const [first, last] = [from, to].map((end) => (typeof end === 'string' ? codeOf(end) : -1));
        if (first === undefined || last === undefined || last < first) this.#wrong('The range ends before it begins');
        tests.push((character) => codeOf(character) >= first && codeOf(character) <= last);
      } else tests.push((character) => character === from);
    }
    if (tests.length === 0) this.#wrong('The class [ ] is empty');
    return (character) => tests.some((test) => test(character)) !== isNegative;
  }

  /** A character within a class, or a class of its own such as `\d`. */
  #member(): string | ((character: string) => boolean) {
    const character = this.#next();
    if (character !== '\\') return character;
    const escaped = this.#peek();
    const test = this.#escape();
    return escaped !== undefined && !Object.hasOwn(CLASSES, escaped) ? escaped : test;
  }

  #count(): [min: number, max: number] {
    const begun = this.#at;
    const count = this.#oneCount();
    if (count === undefined) return [1, 1];
    if (this.#oneCount()) throw new Wrong('Two counts stand after one another', begun + 1);
    return count;
  }

  #oneCount(): [min: number, max: number] | undefined {
    if (this.#take('*')) return [0, Number.POSITIVE_INFINITY];
    if (this.#take('+')) return [1, Number.POSITIVE_INFINITY];
    if (this.#take('?')) return [0, 1];
    const found = /^\{(\d{1,3})(,)?(\d{1,3})?\}/.exec(this.#characters.slice(this.#at, this.#at + 9).join(''));
    if (!found) {
      if (this.#peek() === '{') this.#wrong('A count is written {3}, {2,} or {2,4}', '\\{ is the character itself');
      return undefined;
    }
    const min = Number(found[1]);
    const max = found[3] === undefined ? (found[2] === undefined ? min : Number.POSITIVE_INFINITY) : Number(found[3]);
    const most = max === Number.POSITIVE_INFINITY ? min : max;
    if ((found[2] === undefined && found[3] !== undefined) || min > max || max === 0 || most > MAX_COUNT)
      this.#wrong(`The count ${found[0]} is not possible`, `counts go up to ${MAX_COUNT}`);
    this.#at += found[0].length;
    return [min, max];
  }

  #peek(): string | undefined {
    return this.#characters[this.#at];
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  #next(): string {
    const character = this.#peek();
    if (character === undefined) return this.#wrong('The pattern ends too early');
    this.#at += 1;
    return character;
  }

  #wrong(text: string, hint?: string): never {
    throw new Wrong(text, this.#at, hint);
  }
}
