import {
  Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml';
import type { FlowRule, Mistakes, Place } from './errors.ts';

export type Path = readonly (string | number)[];

/** What stands at a path of plain data; undefined where nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  let here = value;
  for (const part of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

const MAX_BYTES = 512 * 1024;
const MAX_DEPTH = 32;
/** Values in one file, counted as they are written. */
const MAX_NODES = 20_000;
/** Lists in lists in one line, deeper than we read: the parser would only find out by running out of stack. */
const DEEP_LINE = /^[ \t]*(?:[-?:][ \t]+){40}/m;
/** Anchors in use and what they may grow to; a flow for people needs a handful. */
const MAX_ALIASES = 200;
const MAX_ALIAS_GROWTH = 1_000;

/** A YAML file that was read: its plain value, and the place of everything in it. */
export interface YamlSource {
  text: string;
  value: unknown;
  /** Its nodes, each with the tokens it was read from. */
  document: Document.Parsed;
  /** The place of the value at `path`, or of the nearest thing around it. Follows aliases and merge keys. */
  place(path: Path): Place;
  /** The place of the key at the end of `path`, or of the nearest thing around it. */
  keyPlace(path: Path): Place;
  /** The key at the end of `path` as it was written: a number when it was not quoted. */
  writtenKey(path: Path): unknown;
  /** Whether a number is written as a fraction; 0.0 is one, although its value is that of 0. */
  isFraction(path: Path): boolean;
}

/** Reads one YAML 1.2 document; undefined when it cannot be used, with every reason in `mistakes`. Never throws. */
export function readYaml(text: string, mistakes: Mistakes): YamlSource | undefined {
  const top = { line: 1, column: 1 };
  if (Buffer.byteLength(text) > MAX_BYTES) {
    mistakes.add('yaml.size', top, 'The file is larger than 512 KiB', 'split it into several flows');
    return undefined;
  }
  if (bracketDepth(text) > 4 * MAX_DEPTH || DEEP_LINE.test(text)) {
    mistakes.add('yaml.depth', top, 'Values nest too deeply');
    return undefined;
  }
  const lines = new LineCounter();
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: 'silent',
      merge: true,
      keepSourceTokens: true,
      // Checked below: the library compares every key with every other.
      uniqueKeys: false,
    });
    if (!('length' in documents) || documents.length === 0 || documents[0] === undefined) {
      mistakes.add('yaml.syntax', top, 'The file is empty');
      return undefined;
    }
    const at = (offset: number, end = offset): Place => {
      const position = lines.linePos(Math.min(offset, text.length));
      return { line: position.line, column: position.col, offset, end };
    };
    const second = documents[1];
    if (second) mistakes.add('yaml.documents', at(second.range[0]), 'A second document begins here');
    return readDocument(text, documents[0], at, mistakes);
  } catch (error) {
    // Deep nesting exhausts the parser's stack; everything else here is refused input too.
    const deep = error instanceof RangeError;
    mistakes.add(
      deep ? 'yaml.depth' : 'yaml.syntax',
      top,
      deep ? 'Values nest too deeply' : 'The file cannot be read as YAML',
    );
    return undefined;
  }
}

function readDocument(
  text: string,
  document: Document.Parsed,
  at: (offset: number, end?: number) => Place,
  mistakes: Mistakes,
): YamlSource | undefined {
  const told = new Set<number>();
  for (const error of document.errors) {
    // One broken spot often breaks everything that is open around it; it is told once.
    if (told.has(error.pos[0])) continue;
    told.add(error.pos[0]);
    mistakes.add('yaml.syntax', at(error.pos[0], error.pos[1]), sentenceOf(error.message));
  }
  for (const warning of document.warnings) mistakes.add('yaml.tag', at(warning.pos[0]), sentenceOf(warning.message));
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  if (!shapely(document, at, mistakes)) return undefined;
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIAS_GROWTH });
  } catch {
    mistakes.add('yaml.aliases', at(0), 'Anchors are repeated so often that the file would become huge');
    return undefined;
  }
  const placeOf = (node: unknown): Place | undefined => {
    const range = isNode(node) ? node.range : undefined;
    return range ? at(range[0], range[1]) : undefined;
  };
  const top = placeOf(document.contents) ?? at(0);
  return {
    text,
    value,
    document,
    place: (path) => placeOf(find(document, path).node) ?? top,
    keyPlace: (path) => {
      const found = find(document, path);
      return (found.complete ? placeOf(found.key) : undefined) ?? placeOf(found.node) ?? top;
    },
    writtenKey: (path) => {
      const { key } = find(document, path);
      return isScalar(key) ? key.value : undefined;
    },
    isFraction: (path) => {
      const { node } = find(document, path);
      const value = isAlias(node) ? targets.get(node) : node;
      return isScalar(value) && typeof value.value === 'number' && /^(?!0x).*[.eE]/.test(value.source ?? '');
    },
  };
}

/** What each alias stands for: the last value before it with its anchor. The library looks through the whole document each time. */
const targets = new WeakMap<Alias, Node>();

/** Depth, size, aliases and tags within bounds, and no key twice. */
function shapely(document: Document.Parsed, at: (offset: number) => Place, mistakes: Mistakes): boolean {
  let aliases = 0;
  let nodes = 0;
  const anchors = new Map<string, Node>();
  let fine = true;
  const refuse = (rule: FlowRule, node: Node, sentence: string) => {
    mistakes.add(rule, at(node.range?.[0] ?? 0), sentence);
    fine = false;
    return visit.BREAK;
  };
  visit(document, {
    Node: (_key, node, ancestors) => {
      nodes += 1;
      if (nodes > MAX_NODES) return refuse('yaml.size', node, `A file has at most ${MAX_NODES} values`);
      if (node instanceof Alias) {
        aliases += 1;
        if (aliases > MAX_ALIASES) return refuse('yaml.aliases', node, 'Too many aliases');
        const target = anchors.get(node.source);
        if (target) targets.set(node, target);
        if (ancestors.some((around) => isNode(around) && around === target))
          return refuse('yaml.aliases', node, 'This alias stands inside the value it repeats');
        return undefined;
      }
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (node.tag !== undefined && !/^tag:yaml\.org,2002:(map|seq|str|int|float|bool|null|merge)$/.test(node.tag))
        return refuse('yaml.tag', node, `The tag ${node.tag.slice(0, 50)} is not used here`);
      if (ancestors.length > MAX_DEPTH && ancestors.filter(isNode).length > MAX_DEPTH)
        return refuse('yaml.depth', node, 'Values nest too deeply');
      for (const key of repeatedKeys(node)) {
        mistakes.add('key.duplicate', at(key.range?.[0] ?? 0), 'This key is there twice');
        fine = false;
      }
      return undefined;
    },
  });
  return fine;
}

function repeatedKeys(node: Node): Node[] {
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key }) => {
    // Several merges in one map are allowed.
    if (!isScalar(key) || key.source === '<<') return [];
    const name = String(key.value);
    if (seen.has(name)) return [key];
    seen.add(name);
    return [];
  });
}

interface Found {
  node: unknown;
  key: unknown;
  /** False when the path leads further than the file does; `node` is then the last thing on the way. */
  complete: boolean;
}

function find(document: Document.Parsed, path: Path): Found {
  let here: unknown = document.contents;
  let key: unknown;
  for (const part of path) {
    const inside = isAlias(here) ? targets.get(here) : here;
    if (isSeq(inside) && typeof part === 'number' && inside.items[part] !== undefined) {
      key = undefined;
      here = inside.items[part];
      continue;
    }
    const pair = findPair(inside, String(part), 0);
    if (!pair) return { node: here, key, complete: false };
    key = pair.key;
    here = pair.value ?? pair.key;
  }
  return { node: here, key, complete: true };
}

function findPair(node: unknown, name: string, depth: number): Pair | undefined {
  const map = isAlias(node) ? targets.get(node) : node;
  if (depth > MAX_DEPTH) return undefined;
  if (isSeq(map)) return firstOf(map.items, (item) => findPair(item, name, depth + 1));
  if (!isMap(map)) return undefined;
  const own = pairsByName(map).get(name);
  if (own) return own;
  const merges = map.items.filter((pair) => isScalar(pair.key) && pair.key.source === '<<');
  return firstOf(merges, (pair) => findPair(pair.value, name, depth + 1));
}

/** The pairs of each map that was looked into: places are asked for again and again, and a map may hold a thousand steps. */
const indexes = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairsByName(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = indexes.get(map);
  if (known) return known;
  const named = new Map<string, Pair>();
  for (const pair of map.items) {
    const name = isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (name !== undefined && !named.has(name)) named.set(name, pair);
  }
  indexes.set(map, named);
  return named;
}

function firstOf<T, R>(items: readonly T[], look: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = look(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** How deep brackets open at most, counted without regard to quotes: an upper bound that costs one pass. */
function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (char === 0x5b || char === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (char === 0x5d || char === 0x7d) depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/** The first line of a parser's message, as a sentence without a full stop. */
function sentenceOf(message: string): string {
  if (/call stack|stack overflow/i.test(message)) return 'Values nest too deeply';
  const line = (message.split('\n')[0] ?? '').trim().slice(0, 200);
  return line.charAt(0).toUpperCase() + line.slice(1).replace(/[.:]$/, '');
}
