import { isMap, isNode, isScalar, isSeq, Scalar, visit } from 'yaml';
import type { FlowText } from './flow-text.ts';
import { type Entry, type Holder, holderOf } from './layout.ts';
import type { Quotes, Style } from './print.ts';

const WIDTH = 110;
const USUAL_INDENT = 2;

/** How a new value is written among the entries of `holder`: as its neighbours are, else as the rest of the file is. */
export function styleOf(file: FlowText, holder: Holder): Style {
  const indents = indentsOf(file);
  const unit = firstUnit(file, holder) ?? indents.unit ?? USUAL_INDENT;
  return { quotes: quotesOf(holder), unit, listIndent: indents.list ?? unit, width: WIDTH };
}

/** Where every key is quoted, as in JSON, so are the values. */
export function quotesOf(holder: Holder): Quotes {
  if (!holder.isMap || holder.entries.length === 0) return holder.isMap ? 'plain' : listQuotes(holder);
  const types = holder.entries.map(({ key }) => (isScalar(key) ? key.type : undefined));
  const plain = holder.entries.map(({ name = '' }) => /^[A-Za-z_]/.test(name));
  // Digits are quoted everywhere, so they tell nothing of the file's habits.
  if (!plain.includes(true)) return 'plain';
  if (types.every((type) => type === Scalar.QUOTE_DOUBLE)) return 'double';
  return types.every((type) => type === Scalar.QUOTE_SINGLE) ? 'single' : 'plain';
}

/** The quotes of the keys of `holder`. */
export function keyQuotesOf(holder: Holder): Quotes {
  const type = commonType(holder.entries.map(({ key }) => key));
  return type ?? 'plain';
}

function listQuotes(holder: Holder): Quotes {
  return commonType(holder.entries.map(({ node }) => node)) ?? 'plain';
}

function commonType(nodes: readonly unknown[]): Quotes | undefined {
  const [first] = nodes;
  if (!isScalar(first) || !nodes.every((node) => isScalar(node) && node.type === first.type)) return undefined;
  if (first.type === Scalar.QUOTE_DOUBLE) return 'double';
  return first.type === Scalar.QUOTE_SINGLE ? 'single' : 'plain';
}

/** Columns from the keys of a block map to what is nested in it. */
function firstUnit(file: FlowText, holder: Holder): number | undefined {
  if (holder.flow || !holder.isMap) return undefined;
  for (const entry of holder.entries) {
    const unit = isMap(entry.node) ? unitOf(file, entry) : undefined;
    if (unit !== undefined) return unit;
  }
  return undefined;
}

function unitOf(file: FlowText, { start, node, value }: Entry): number | undefined {
  if (value === undefined || !(isMap(node) || isSeq(node)) || node.flow || !file.beginsLine(value)) return undefined;
  const unit = file.columnOf(value) - file.columnOf(start);
  return unit >= 0 && (unit > 0 || isSeq(node)) ? unit : undefined;
}

const indents = new WeakMap<FlowText, { unit?: number; list?: number }>();

/** The first indentation of a map and of a list in the file. */
function indentsOf(file: FlowText): { unit?: number; list?: number } {
  const known = indents.get(file);
  if (known) return known;
  const found: { unit?: number; list?: number } = {};
  visit(file.document, {
    Map: (_key, map) => {
      if (map.flow || !isNode(map)) return undefined;
      for (const entry of holderOf(map).entries) {
        const unit = unitOf(file, entry);
        if (unit === undefined) continue;
        if (isMap(entry.node)) found.unit ??= unit;
        else found.list ??= unit;
      }
      return found.unit !== undefined && found.list !== undefined ? visit.BREAK : undefined;
    },
  });
  indents.set(file, found);
  return found;
}
