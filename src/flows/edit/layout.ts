import {
  type CST,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** A key with its value, or an item of a list, as it stands in the text. All numbers are offsets. */
export interface Entry {
  holder: Holder;
  /** The key of a map's entry, as the name that a path has for it. */
  name: string | undefined;
  key: Node | undefined;
  node: Node | null;
  /** Where the key or the `-` begins, with an anchor that stands before it. */
  start: number;
  /** Behind the `:` or `-`, and behind an anchor; a value begins after it. */
  mark: number;
  /** Whether there is a `:` or `-`; in `{ a, b }` there is none. */
  marked: boolean;
  /** Its value has a tag, such as `!!str`. */
  tagged: boolean;
  /** Where the value begins; undefined when nothing is written. */
  value: number | undefined;
  /** Behind the last character that is no space and no comment. */
  end: number;
}

/** A map or list with its entries. */
export interface Holder {
  node: YAMLMap | YAMLSeq;
  isMap: boolean;
  /** Written with braces or brackets. */
  flow: boolean;
  entries: Entry[];
  /** Of a flow collection: where its bracket opens, where it closes, and its own commas. */
  open: number;
  close: number;
  commas: number[];
  /** Written in a way that is read but not edited: `? key`, a key that is no plain word, `[a: b]`. */
  odd: boolean;
}

/** The text of a document never changes, so what was found in it is kept with its nodes. */
const known = new WeakMap<Node, Holder>();

export function holderOf(node: YAMLMap | YAMLSeq): Holder {
  const found = known.get(node) ?? read(node);
  known.set(node, found);
  return found;
}

function read(node: YAMLMap | YAMLSeq): Holder {
  const token = node.srcToken;
  const holder: Holder = {
    node,
    isMap: isMap(node),
    flow: node.flow === true,
    entries: [],
    open: token?.offset ?? 0,
    close: token?.offset ?? 0,
    commas: [],
    odd: token === undefined || !('items' in token),
  };
  if (token === undefined || !('items' in token)) return holder;
  if (token.type === 'flow-collection') {
    holder.close = token.end[0]?.offset ?? token.offset;
    holder.commas = token.items.flatMap(({ start }) => offsetsOf(start, 'comma'));
  }
  if (isMap(node)) holder.entries = node.items.map((pair) => pairEntry(holder, pair));
  else holder.entries = listEntries(holder, node, token.items);
  return holder;
}

/** Behind the last character of a value that is no space and no comment; undefined when nothing of it is written. */
export function endOf(node: Node | null, token: CST.Token | undefined): number | undefined {
  if (token === undefined) return undefined;
  if (token.type === 'block-scalar') return blockScalarEnds(token).body;
  if ((isMap(node) || isSeq(node)) && !node.flow) return holderOf(node).entries.at(-1)?.end;
  if (token.type === 'flow-collection') return (token.end[0]?.offset ?? token.offset) + 1;
  return 'source' in token ? token.offset + token.source.length : undefined;
}

/** Of a block scalar: behind its `|` or `>` with what belongs to that, and behind the last line of its text. */
export function blockScalarEnds(token: CST.BlockScalar): { header: string; head: number; body: number } {
  const props = token.props as CST.SourceToken[];
  const header = props.find(({ type }) => type === 'block-scalar-header');
  const head = header === undefined ? token.offset : header.offset + header.source.length;
  const begin = lastEnd(props, head);
  const source = header?.source ?? '';
  // With "keep" the empty lines after the text are part of it.
  const lines = token.source.replace(/\n$/, '').split('\n');
  if (!source.includes('+')) while (lines.length > 0 && /^ *\r?$/.test(lines.at(-1) ?? '')) lines.pop();
  const text = lines.join('\n').replace(/\r$/, '');
  return { header: source, head, body: text === '' ? head : begin + text.length };
}

function pairEntry(holder: Holder, pair: Pair): Entry {
  const item = pair.srcToken as CST.CollectionItem | undefined;
  const key = isNode(pair.key) ? pair.key : undefined;
  const node = isNode(pair.value) ? pair.value : null;
  const first = item?.start.find(({ type }) => isProperty(type) || type === 'explicit-key-ind');
  const plain = isScalar(key) && key.value !== null && first?.type !== 'explicit-key-ind' && !isOddKey(key);
  if (!item?.key || !plain) holder.odd = true;
  const keyEnd = endOf(key ?? null, item?.key ?? undefined) ?? holder.open;
  const marks = (item?.sep ?? []).filter(({ type }) => type === 'map-value-ind' || isProperty(type));
  const mark = lastEnd(marks, keyEnd);
  return {
    holder,
    name: isScalar(key) ? String(key.value) : undefined,
    key,
    node,
    start: first?.offset ?? item?.key?.offset ?? keyEnd,
    mark,
    marked: marks.length > 0,
    tagged: marks.some(({ type }) => type === 'tag'),
    ...valuePart(node, item?.value, mark),
  };
}

/** A key of several lines ends in no line of its own. */
function isOddKey(key: Node): boolean {
  const token = key.srcToken;
  return token !== undefined && 'source' in token && token.source.includes('\n');
}

function listEntries(holder: Holder, list: YAMLSeq, written: readonly CST.CollectionItem[]): Entry[] {
  const items = written.filter(
    (item) =>
      item.value !== undefined ||
      item.key ||
      item.sep ||
      item.start.some(({ type }) => isProperty(type) || isDash(type)),
  );
  if (items.length !== list.items.length) holder.odd = true;
  return items.map((item, index) => {
    const node = list.items[index];
    if (item.key || item.sep || isPair(node)) holder.odd = true;
    const marks = item.start.filter(({ type }) => isDash(type) || isProperty(type));
    const start = marks[0]?.offset ?? item.value?.offset ?? holder.open;
    const mark = lastEnd(marks, start);
    const value = valuePart(isNode(node) ? node : null, item.value, mark);
    return {
      holder,
      name: undefined,
      key: undefined,
      node: isNode(node) ? node : null,
      start,
      mark,
      marked: marks.some(({ type }) => isDash(type)),
      tagged: marks.some(({ type }) => type === 'tag'),
      ...value,
    };
  });
}

function valuePart(node: Node | null, token: CST.Token | null | undefined, mark: number): Pick<Entry, 'value' | 'end'> {
  if (!token) return { value: undefined, end: mark };
  const inside = (isMap(node) || isSeq(node)) && !node.flow ? holderOf(node).entries[0] : undefined;
  return { value: inside?.start ?? token.offset, end: endOf(node, token) ?? mark };
}

function lastEnd(tokens: readonly CST.SourceToken[], otherwise: number): number {
  const last = tokens.at(-1);
  return last === undefined ? otherwise : last.offset + last.source.length;
}

function offsetsOf(tokens: readonly CST.SourceToken[], type: CST.SourceToken['type']): number[] {
  return tokens.filter((token) => token.type === type).map(({ offset }) => offset);
}

function isProperty(type: string): boolean {
  return type === 'anchor' || type === 'tag';
}

function isDash(type: string): boolean {
  return type === 'seq-item-ind';
}
