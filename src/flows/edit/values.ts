import { isMap, isScalar, isSeq, Scalar } from 'yaml';
import { type FlowText, Refused } from './flow-text.ts';
import { blockScalarEnds, type Entry } from './layout.ts';
import {
  blockScalar,
  isList,
  isPlainMap,
  type Plain,
  type Printed,
  printBlock,
  printFlow,
  printScalar,
  type Quotes,
} from './print.ts';
import { tailOf } from './spans.ts';
import { insertion, type Splice } from './splices.ts';
import { quotesOf, styleOf } from './style.ts';

/** Writes another value in place of the one that an entry has. Its key, its anchor and the comments around it stay. */
export function replaceValue(file: FlowText, entry: Entry, value: Plain): Splice[] {
  if (entry.tagged) throw new Refused(entry.start, 'This value has a tag: change it by hand');
  if (entry.holder.flow) return inPlace(entry, printIn(entry, value, true));
  if (isBlockScalar(entry) && !isList(value) && !isPlainMap(value)) return replaceBlockScalar(file, entry, value);
  if (!isList(value) && !isPlainMap(value)) {
    const lines = typeof value === 'string' && isPlainText(entry) ? newBlockScalar(file, entry, value) : undefined;
    return lines ? write(file, entry, lines) : write(file, entry, { inline: printIn(entry, value, false), lines: [] });
  }
  return write(file, entry, printCollection(file, entry, value));
}

/** A scalar with the quotes of the one it replaces. */
function printIn({ holder, node }: Entry, value: Plain, inFlow: boolean): string {
  const quotes = isScalar(node) ? quotesLike(node) : quotesOf(holder);
  if (isList(value) || isPlainMap(value)) return printFlow(value, quotesOf(holder));
  return printScalar(value, quotes, inFlow);
}

/** The quotes of a scalar that stands in the file. A number in it tells nothing about texts. */
export function quotesLike({ type }: Scalar): Quotes {
  if (type === Scalar.QUOTE_DOUBLE) return 'double';
  return type === Scalar.QUOTE_SINGLE ? 'single' : 'plain';
}

/** Text that nobody put into quotes may become lines; text in quotes stays in quotes. */
function isPlainText({ node }: Entry): boolean {
  return !isScalar(node) || quotesLike(node) === 'plain';
}

function isBlockScalar({ node }: Entry): boolean {
  return isScalar(node) && (node.type === Scalar.BLOCK_LITERAL || node.type === Scalar.BLOCK_FOLDED);
}

/** A comment that goes further in than its entry would be read as the last line of a text. */
function hasCommentBelow(file: FlowText, entry: Entry): boolean {
  return tailOf(file, entry) > file.lineEnd(entry.end);
}

function newBlockScalar(file: FlowText, entry: Entry, value: string): Printed | undefined {
  if (!value.trimEnd().includes('\n') || hasCommentBelow(file, entry)) return undefined;
  return blockScalar(value, '|', file.columnOf(entry.start) + styleOf(file, entry.holder).unit);
}

function printCollection(file: FlowText, entry: Entry, value: Plain): Printed {
  const column = file.columnOf(entry.start);
  const style = { ...styleOf(file, entry.holder), quoteLines: hasCommentBelow(file, entry) };
  const taken = entry.mark - file.lineStart(entry.mark) + 1;
  if (entry.holder.isMap) return printBlock(value, entry.name ?? '', column, taken, style);
  const printed = printBlock(value, '', column, taken, { ...style, unit: 2, listIndent: 2 });
  // Behind an anchor nothing can begin that has lines below.
  const anchored = entry.mark > entry.start + 1;
  if (printed.inline !== '' || anchored) return printed;
  const [first = '', ...lines] = printed.lines;
  return { inline: first.trimStart(), lines };
}

/** The value alone changes, in its own place. */
function inPlace(entry: Entry, text: string): Splice[] {
  const { value, mark, end, marked } = entry;
  if (value !== undefined) return [{ offset: value, end, text }];
  return [{ offset: mark, end: mark, text: marked ? ` ${text}` : `: ${text}` }];
}

function write(file: FlowText, entry: Entry, { inline, lines }: Printed): Splice[] {
  const { value, mark, node } = entry;
  const below = lines.map((line) => file.eol + line).join('');
  const space = inline === '' ? '' : ` ${inline}`;
  const stands = value !== undefined && file.lineStart(value) === file.lineStart(mark);
  const isBlock = (isMap(node) || isSeq(node)) && !node.flow;
  // A block below its key, or a scalar that makes room for one.
  if (value !== undefined && !stands && (isBlock || lines.length > 0)) {
    const [from, to] = [file.lineEnd(mark), file.lineEnd(entry.end)];
    return [insertion(mark, space), { offset: from, end: to, text: below }];
  }
  if (value !== undefined && lines.length === 0 && !isBlockScalar(entry)) return inPlace(entry, inline);
  const [head, rest] = isBlockScalar(entry) ? headAndBody(file, entry) : [{ offset: mark, end: entry.end }, undefined];
  if (rest)
    return [
      { ...head, text: space },
      { ...rest, text: below },
    ];
  const to = file.lineEnd(entry.end);
  return [{ ...head, text: space }, insertion(to, below)];
}

type Range = Pick<Splice, 'offset' | 'end'>;

/** Of a block scalar: from the mark to the end of `|`, and its lines with the line end before them. */
function headAndBody(file: FlowText, { node, mark }: Entry): [Range, Range] {
  const token = node?.srcToken;
  if (token?.type !== 'block-scalar') throw new Refused(mark, 'This text is written in a way that is not edited here');
  const { head, body } = blockScalarEnds(token);
  const from = file.lineEnd(head);
  return [
    { offset: mark, end: head },
    { offset: from, end: Math.max(from, body) },
  ];
}

/** Keeps `|` or `>` where the value can stand so. */
function replaceBlockScalar(file: FlowText, entry: Entry, value: string | number | boolean | null): Splice[] {
  const [head, body] = headAndBody(file, entry);
  const kind = isScalar(entry.node) && entry.node.type === Scalar.BLOCK_FOLDED ? '>' : '|';
  const lead = /^(?:[ \t]*\r?\n)*( *)/.exec(file.text.slice(file.nextLine(head.end), body.end))?.[1]?.length ?? 0;
  const usual = file.columnOf(entry.start) + styleOf(file, entry.holder).unit;
  const header = file.text.slice(head.offset, head.end);
  const column = lead > file.columnOf(entry.start) && !/\d/.test(header) ? lead : usual;
  const fits = column === lead || !hasCommentBelow(file, entry);
  const written =
    fits && typeof value === 'string'
      ? (blockScalar(value, kind, column) ?? blockScalar(value, '|', column))
      : undefined;
  const { inline, lines } = written ?? { inline: printScalar(value, 'plain', false), lines: [] };
  const before = /^\s*/.exec(header)?.[0] ?? ' ';
  return [
    { ...head, text: before + inline },
    { ...body, text: lines.map((line) => file.eol + line).join('') },
  ];
}
