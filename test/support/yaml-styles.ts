import { isDeepStrictEqual } from 'node:util';
import { Document, parse, Scalar, YAMLSeq } from 'yaml';
import type { Plain } from '../../src/flows/edit/print.ts';
import { below, pick, type Rng } from '../fuzz/mutate.ts';

/** How one file is written: drawn once a file, so that files differ from one another as those of people do. */
interface Habits {
  unit: number;
  listIndent: number;
  flow: number;
  tallFlow: number;
  comments: number;
  blanks: number;
  blockScalars: number;
  quotedKeys: '' | '"' | "'";
  anchors: number;
  eol: '\n' | '\r\n';
}

const COMMENTS = ['# why', '# 这一步问客人', '#', '# a: b', '# - "x" {', '#  two  spaces ', "# it's &not *an anchor"];
const TYPES = [Scalar.PLAIN, Scalar.PLAIN, Scalar.QUOTE_DOUBLE, Scalar.QUOTE_SINGLE] as const;

/** Writes plain data as a person might: any style, comments everywhere, anchors where values are equal. The same seed, the same bytes. */
export function writeYaml(rng: Rng, data: Plain): string {
  for (;;) {
    const text = drawn(rng, data);
    // A comment below a text of several lines may have become part of it.
    if (isDeepStrictEqual(parse(text, { merge: true, logLevel: 'silent' }), data)) return text;
  }
}

function drawn(rng: Rng, data: Plain): string {
  const unit = pick(rng, [2, 2, 2, 4, 3]);
  const habits: Habits = {
    unit,
    listIndent: pick(rng, [0, unit]),
    flow: pick(rng, [0, 0.2, 0.5]),
    tallFlow: pick(rng, [0, 0.3]),
    comments: pick(rng, [0, 0.2, 0.6]),
    blanks: pick(rng, [0, 0.3]),
    blockScalars: pick(rng, [0, 0.02, 0.1]),
    quotedKeys: pick(rng, ['', '', '', '"', "'"]),
    anchors: pick(rng, [0, 0, 0.5]),
    eol: pick(rng, ['\n', '\n', '\r\n']),
  };
  const head = rng() < 0.3 ? ['# 号码 1000', ''] : [];
  const text = [...head, ...new Writer(rng, habits).block(data, 0)].join(habits.eol);
  const end = pick(rng, ['', habits.eol, habits.eol, `${habits.eol}${habits.eol}`]);
  return (rng() < 0.1 ? '\ufeff' : '') + text + end;
}

class Writer {
  readonly #rng: Rng;
  readonly #habits: Habits;
  readonly #anchored: { name: string; value: Plain }[] = [];
  #names = 0;

  constructor(rng: Rng, habits: Habits) {
    this.#rng = rng;
    this.#habits = habits;
  }

  block(value: Plain, column: number): string[] {
    const entries = Array.isArray(value)
      ? value.map((item): [undefined, Plain] => [undefined, item])
      : this.#merged(value as Record<string, Plain>);
    return entries.flatMap(([key, inner]) => [
      ...this.#lead(column),
      ...this.#entry(key, inner, column),
      ...this.#tail(column),
    ]);
  }

  /** Entries of a map; those that an anchored map has too may come by a merge key. */
  #merged(map: Record<string, Plain>): [string, Plain][] {
    const base = this.#anchored.find(
      ({ value }) =>
        isMap(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => Object.hasOwn(map, key)),
    );
    const entries = Object.entries(map);
    if (!base || !this.#chance(this.#habits.anchors)) return entries;
    const own = entries.filter(([key, inner]) => !isDeepStrictEqual(inner, (base.value as Record<string, Plain>)[key]));
    return [['<<', `*${base.name}`], ...own];
  }

  #entry(key: string | undefined, value: Plain, column: number): string[] {
    const head = ' '.repeat(column) + (key === undefined ? '-' : `${this.#key(key)}:`);
    if (key === '<<') return [`${head} ${value as string}${this.#trailing()}`];
    const repeated = this.#anchored.find((one) => isDeepStrictEqual(one.value, value));
    if (repeated && this.#chance(this.#habits.anchors)) return [`${head} *${repeated.name}${this.#trailing()}`];
    const anchor = this.#anchorFor(value);
    const lines = this.#value(`${head}${anchor === undefined ? '' : ` &${anchor}`}`, key, value, column);
    if (anchor !== undefined) this.#anchored.push({ name: anchor, value });
    return lines;
  }

  #value(head: string, key: string | undefined, value: Plain, column: number): string[] {
    if (typeof value !== 'object' || value === null) return this.#scalarLines(head, value, column);
    const empty = Object.keys(value).length === 0;
    const isDash = key === undefined;
    const flat = column > 0 && this.#chance(this.#habits.flow);
    if (empty || flat) return this.#flowLines(head, value, column);
    const list = Array.isArray(value);
    const inner = column + (list && !isDash ? this.#habits.listIndent : this.#habits.unit);
    const anchored = head.includes('&');
    if (!isDash || anchored)
      return [head + this.#trailing(), ...this.block(value, isDash && list ? column + 2 : inner)];
    // A dash shares its line with the first key below it.
    const lines = this.block(value, column + 2);
    const first = lines.findIndex((line) => !/^\s*(#|$)/.test(line));
    return [`${head} ${(lines[first] ?? '').trimStart()}`, ...lines.slice(first + 1)];
  }

  #flowLines(head: string, value: Plain, column: number): string[] {
    if (!this.#chance(this.#habits.tallFlow)) return [`${head} ${this.#flow(value)}${this.#trailing()}`];
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const items = this.#flowItems(value);
    const inner = ' '.repeat(column + this.#habits.unit);
    const last = this.#chance(0.5) ? ',' : '';
    const lines = items.map(
      (item, index) => `${inner}${item}${index < items.length - 1 ? ',' : last}${this.#trailing()}`,
    );
    return [`${head} ${open}`, ...(items.length === 0 ? [] : lines), `${inner}${close}${this.#trailing()}`];
  }

  #flow(value: Plain): string {
    if (typeof value !== 'object' || value === null) return this.#scalar(value, true);
    const items = this.#flowItems(value).join(pick(this.#rng, [', ', ', ', ',  ', ' , ']));
    const pad = pick(this.#rng, ['', ' ']);
    return Array.isArray(value) ? `[${pad}${items}${pad}]` : `{${pad}${items}${pad}}`;
  }

  #flowItems(value: Plain): string[] {
    if (Array.isArray(value)) return value.map((item) => this.#flow(item));
    return Object.entries(value as Record<string, Plain>).map(
      ([key, inner]) => `${this.#key(key)}: ${this.#flow(inner)}`,
    );
  }

  #scalarLines(head: string, value: string | number | boolean | null, column: number): string[] {
    const below = ' '.repeat(column + this.#habits.unit);
    const words = typeof value === 'string' && /^\S+( \S+)+$/.test(value) && !/[:#"'\\{}[\]]/.test(value);
    if (
      typeof value === 'string' &&
      /^\S[^\r\t]*\S\n?$/.test(value) &&
      !/ \n|\n\n|\n /.test(value) &&
      this.#chance(this.#habits.blockScalars)
    ) {
      const body = value.endsWith('\n') ? value.slice(0, -1) : value;
      const kind = !body.includes('\n') && this.#chance(0.5) ? '>' : '|';
      const chomp = value.endsWith('\n') ? '' : '-';
      return [`${head} ${kind}${chomp}${this.#trailing()}`, ...body.split('\n').map((line) => below + line)];
    }
    if (words && this.#chance(0.15))
      return [`${head} ${value.replace(' ', this.#habits.eol + below)}${this.#trailing()}`];
    if (this.#chance(0.05))
      return [head + this.#trailing(), `${below}${this.#scalar(value, false)}${this.#trailing()}`];
    return [`${head} ${this.#scalar(value, false)}${this.#trailing()}`];
  }

  #scalar(value: string | number | boolean | null, inFlow: boolean): string {
    const scalar = new Scalar(value);
    if (typeof value === 'string') scalar.type = /[\n\t]/.test(value) ? Scalar.QUOTE_DOUBLE : pick(this.#rng, TYPES);
    const list = new YAMLSeq();
    list.flow = inFlow;
    list.items.push(scalar);
    const document = new Document(null, { merge: true });
    document.contents = list as never;
    const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: 1e9, flowCollectionPadding: false });
    return inFlow ? text.trimEnd().slice(1, -1) : text.trimEnd().slice(2);
  }

  #key(key: string): string {
    if (key === '<<') return key;
    const plain = /^[A-Za-z_][\w-]*$/.test(key) && !/^(null|true|false)$/.test(key);
    const { quotedKeys } = this.#habits;
    if (plain && quotedKeys === '') return key;
    return quotedKeys === "'" && !key.includes('\n') ? `'${key.replaceAll("'", "''")}'` : JSON.stringify(key);
  }

  #anchorFor(value: Plain): string | undefined {
    if (!this.#chance(this.#habits.anchors / 3)) return undefined;
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return undefined;
    this.#names += 1;
    return `a${this.#names}`;
  }

  #lead(column: number): string[] {
    const blank = this.#chance(this.#habits.blanks) ? [pick(this.#rng, ['', '', '  '])] : [];
    const at = pick(this.#rng, [column, column, column, 0, column + 1]);
    const comment = this.#chance(this.#habits.comments / 2) ? [' '.repeat(at) + pick(this.#rng, COMMENTS)] : [];
    const gap = comment.length > 0 && this.#chance(0.2) ? [''] : [];
    return [...blank, ...comment, ...gap];
  }

  #tail(column: number): string[] {
    return this.#chance(this.#habits.comments / 6)
      ? [' '.repeat(column + this.#habits.unit) + pick(this.#rng, COMMENTS)]
      : [];
  }

  #trailing(): string {
    if (this.#chance(this.#habits.comments)) return ` ${pick(this.#rng, COMMENTS)}`;
    return this.#chance(0.03) ? ' '.repeat(1 + below(this.#rng, 3)) : '';
  }

  #chance(probability: number): boolean {
    return this.#rng() < probability;
  }
}

function isMap(value: Plain): value is Record<string, Plain> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
