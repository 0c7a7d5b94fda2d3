import { Document, Scalar, YAMLSeq } from 'yaml';

/** What can stand in a flow: what JSON has. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** How scalars are written that nobody wrote before. */
export type Quotes = 'plain' | 'single' | 'double';

export interface Style {
  quotes: Quotes;
  /** Columns that what is nested goes further in. */
  unit: number;
  /** Columns that the items of a list go further in than its key. */
  listIndent: number;
  /** Up to this column a map or list is written in one line. */
  width: number;
  /** Texts of several lines stand in quotes: what follows would become part of a `|`. */
  quoteLines?: boolean;
}

/** A value as it is written behind its `:` or `-`: text on that line, and lines of its own below it. */
export interface Printed {
  inline: string;
  /** Without their line ends; each already indented. */
  lines: string[];
}

const TYPES = { plain: Scalar.PLAIN, single: Scalar.QUOTE_SINGLE, double: Scalar.QUOTE_DOUBLE } as const;
/** Characters that a text shows as escapes, for a reader would not see them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that it is about.
const HIDDEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\p{Cs}]/u;
const SIMPLE_KEY = /^[\p{L}_][\p{L}\p{N}_.-]{0,127}$/u;
const WORDS_OF_YAML = /^(?:null|true|false|yes|no|on|off|y|n)$/i;
/** Maps that are read from top to bottom, one line an entry, however short they are. */
const TALL = new Set(['steps', 'choices', 'cases', 'menu', 'collect', 'queue', 'http']);

/** A scalar in one line. Quotes are added where the wish would give another value. */
export function printScalar(value: string | number | boolean | null, quotes: Quotes, inFlow: boolean): string {
  const scalar = new Scalar(value);
  if (typeof value === 'string') {
    const wide = HIDDEN.test(value) || value.includes('\n');
    scalar.type = wide ? Scalar.QUOTE_DOUBLE : TYPES[quotes];
  }
  const list = new YAMLSeq();
  list.flow = inFlow;
  list.items.push(scalar);
  const document = new Document(null, { merge: true });
  document.contents = list as never;
  const options = {
    lineWidth: 0,
    doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER,
    flowCollectionPadding: false,
  };
  const printed = document.toString(options).trimEnd();
  return inFlow ? printed.slice(1, -1).trim() : printed.slice(2);
}

export function printKey(key: string, quotes: Quotes): string {
  if (quotes === 'plain' && SIMPLE_KEY.test(key) && !WORDS_OF_YAML.test(key)) return key;
  return quotes === 'single' && !HIDDEN.test(key) && !key.includes('\n')
    ? `'${key.replaceAll("'", "''")}'`
    : JSON.stringify(key);
}

/** A value in one line, as it stands among braces. */
export function printFlow(value: Plain, quotes: Quotes): string {
  if (isList(value)) return `[${value.map((item) => printFlow(item, quotes)).join(', ')}]`;
  if (!isPlainMap(value)) return printScalar(value, quotes, true);
  const entries = Object.entries(value).map(([key, inner]) => `${printKey(key, quotes)}: ${printFlow(inner, quotes)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A value below a key or dash at `column`; `taken` columns of its line are in use already. */
export function printBlock(value: Plain, name: string, column: number, taken: number, style: Style): Printed {
  if (typeof value === 'string') {
    const lines = style.quoteLines ? undefined : literalLines(value, column + style.unit);
    return lines ?? { inline: printScalar(value, style.quotes, false), lines: [] };
  }
  if (!isList(value) && !isPlainMap(value)) return { inline: printScalar(value, style.quotes, false), lines: [] };
  const flow = printFlow(value, style.quotes);
  if (fitsOneLine(value, name) && taken + flow.length <= style.width) return { inline: flow, lines: [] };
  if (isList(value))
    return { inline: '', lines: value.flatMap((item) => printItem(item, column + style.listIndent, style)) };
  const at = column + style.unit;
  return { inline: '', lines: Object.entries(value).flatMap(([key, inner]) => printPair(key, inner, at, style)) };
}

/** `key: value` with all its lines. */
export function printPair(key: string, value: Plain, column: number, style: Style, quotes = style.quotes): string[] {
  const head = `${' '.repeat(column)}${printKey(key, quotes)}:`;
  const { inline, lines } = printBlock(value, key, column, head.length + 1, style);
  return [inline === '' ? head : `${head} ${inline}`, ...lines];
}

/** `- value` with all its lines. */
export function printItem(value: Plain, column: number, style: Style): string[] {
  const head = `${' '.repeat(column)}-`;
  const { inline, lines } = printBlock(value, '', column, column + 2, { ...style, unit: 2, listIndent: 2 });
  if (inline !== '' || lines.length === 0) return [`${head} ${inline}`, ...lines];
  const [first = '', ...others] = lines;
  return [`${head} ${first.trimStart()}`, ...others];
}

/** A text of several lines as it is read, `|`; undefined for one that cannot stand so, or is better off in one line. */
function literalLines(value: string, column: number): Printed | undefined {
  if (!value.trimEnd().includes('\n')) return undefined;
  return blockScalar(value, '|', column);
}

/** The header and lines of `|` or `>`; undefined when the value cannot stand so. */
export function blockScalar(value: string, kind: '|' | '>', column: number): Printed | undefined {
  const body = value.endsWith('\n') ? value.slice(0, -1) : value;
  const lines = body.split('\n');
  const plain =
    /^[^\s]/.test(body) && !/\s$/.test(body) && !HIDDEN.test(value) && !lines.some((line) => /^\s+$/.test(line));
  if (!plain || (kind === '>' && lines.length > 1)) return undefined;
  const indented = lines.map((line) => (line === '' ? '' : ' '.repeat(column) + line));
  return { inline: value.endsWith('\n') ? kind : `${kind}-`, lines: indented };
}

/** A list of maps, or a map of maps, has a line for each; so have the maps that are always tall. */
function fitsOneLine(value: Plain, name: string): boolean {
  if (isList(value)) return value.every((item) => !isList(item) && !isPlainMap(item));
  if (!isPlainMap(value)) return true;
  const inner = Object.values(value);
  if (inner.length === 0) return true;
  return (
    !TALL.has(name) && inner.every((item) => typeof item !== 'string' || !item.includes('\n')) && depth(value) <= 2
  );
}

function depth(value: Plain): number {
  const inner = isList(value) ? value : isPlainMap(value) ? Object.values(value) : undefined;
  return inner === undefined ? 0 : 1 + Math.max(0, ...inner.map(depth));
}

export function isList(value: Plain | undefined): value is readonly Plain[] {
  return Array.isArray(value);
}

export function isPlainMap(value: Plain | undefined): value is { readonly [key: string]: Plain } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
