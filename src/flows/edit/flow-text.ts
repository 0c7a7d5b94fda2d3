import { type Alias, type Document, type Node, visit } from 'yaml';
import { Mistakes } from '../language/errors.ts';
import { type Path, readYaml, type YamlSource } from '../language/source.ts';

/** Why an edit is not made. Lines and columns count from 1, columns in UTF-16 units. */
export interface Refusal {
  line: number;
  column: number;
  text: string;
}

/** Ends an edit from anywhere inside of it; `editFlow` makes the answer of it, and nobody outside ever meets it. */
export class Refused extends Error {
  readonly offset: number;

  constructor(offset: number, text: string) {
    super(text);
    this.offset = offset;
  }
}

const BOM = '\ufeff';

/** An edit reads the text before and after it, and mostly begins with what the last one gave. */
let lastRead: readonly FlowText[] = [];

/** The text of a flow with its nodes, its lines, and where its anchors are repeated. */
export class FlowText {
  readonly text: string;
  readonly yaml: YamlSource;
  readonly document: Document.Parsed;
  readonly value: unknown;
  /** How its lines end; the first one decides. */
  readonly eol: '\n' | '\r\n';
  readonly placeOf: (path: Path) => number;
  readonly keyPlaceOf: (path: Path) => number;
  readonly #repeats: ReadonlyMap<Node, readonly Alias[]>;

  private constructor(text: string, yaml: YamlSource) {
    this.text = text;
    this.yaml = yaml;
    this.document = yaml.document;
    this.value = yaml.value;
    this.eol = /\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n';
    this.placeOf = (path) => yaml.place(path).offset;
    this.keyPlaceOf = (path) => yaml.keyPlace(path).offset;
    this.#repeats = repeatsIn(yaml.document);
  }

  /** A text that is no YAML we read is refused: there is nothing in it that could be named. */
  static read(text: string): FlowText | Refusal {
    const known = lastRead.find((file) => file.text === text);
    if (known) return known;
    const mistakes = new Mistakes('');
    const yaml = readYaml(text, mistakes);
    if (yaml) {
      const file = new FlowText(text, yaml);
      lastRead = [file, ...lastRead].slice(0, 2);
      return file;
    }
    const [first] = mistakes.list();
    return {
      line: first?.line ?? 1,
      column: first?.column ?? 1,
      text: `The file cannot be read: ${first?.text ?? ''}`,
    };
  }

  lineOf(offset: number): number {
    return lineAndColumn(this.text, offset).line;
  }

  /** Where the line of `offset` begins, behind a byte order mark. */
  lineStart(offset: number): number {
    const start = this.text.lastIndexOf('\n', offset - 1) + 1;
    return start === 0 && this.text.startsWith(BOM) ? 1 : start;
  }

  /** Where the line of `offset` ends, before its line end. */
  lineEnd(offset: number): number {
    const at = this.text.indexOf('\n', offset);
    if (at < 0) return this.text.length;
    return at > offset && this.text.charAt(at - 1) === '\r' ? at - 1 : at;
  }

  /** Where the next line begins; the length of the text on the last one. */
  nextLine(offset: number): number {
    const at = this.text.indexOf('\n', offset);
    return at < 0 ? this.text.length : at + 1;
  }

  columnOf(offset: number): number {
    return offset - this.lineStart(offset);
  }

  /** Whether nothing but a comment follows on the line. */
  endsLine(offset: number): boolean {
    return /^[ \t]*(#|$)/.test(this.text.slice(offset, this.lineEnd(offset)));
  }

  /** Whether nothing stands before it on its line. */
  beginsLine(offset: number): boolean {
    return this.text.slice(this.lineStart(offset), offset).trim() === '';
  }

  /** The aliases that repeat this very node. */
  repeats(node: Node): readonly Alias[] {
    return this.#repeats.get(node) ?? [];
  }

  get hasAliases(): boolean {
    return this.#repeats.size > 0;
  }
}

export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split('\n');
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}

export function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function repeatsIn(document: Document.Parsed): Map<Node, Alias[]> {
  const found = new Map<Node, Alias[]>();
  visit(document, {
    Alias: (_key, alias) => {
      const node = alias.resolve(document);
      if (node) found.set(node, [...(found.get(node) ?? []), alias]);
    },
  });
  return found;
}
