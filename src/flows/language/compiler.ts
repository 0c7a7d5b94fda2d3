import { parseDuration } from '../../shared/time.ts';
import { type Expression, type Expressions, type ExpressionType, type Names, RESERVED_NAMES } from './condition.ts';
import type { FlowRule, Mistakes, Place } from './errors.ts';
import type { CallSite, FlowDefaults, Named, References, Sound } from './flow.ts';
import { didYouMean } from './near.ts';
import { type Audio, type AudioItem, type AudioWithBargeIn, type BargeIn, TONES } from './shapes.ts';
import type { Path, YamlSource } from './source.ts';
import { compileTemplate, type Template } from './template.ts';

/** The first form of a step, read from its file; what a verb's `compile` turns its source into. */
export interface Compiled<P> {
  params: P;
  exits: Record<string, string | null>;
  sounds: Sound[];
}

/** What the steps of one flow compile with: they hand in what stood in the file and say where it stood. */
export class Compiler {
  readonly languages: readonly string[];
  readonly defaults: FlowDefaults;
  readonly results: Names;
  readonly callSites: CallSite[] = [];
  #reads: Named[] = [];
  #writes: Named[] = [];
  readonly references: References = {
    queues: new Map(),
    calendars: new Map(),
    prompts: new Map(),
    boxes: new Map(),
    services: new Map(),
    flows: new Map(),
  };
  readonly #source: YamlSource;
  readonly #mistakes: Mistakes;
  readonly #expressions: Expressions;

  constructor(made: {
    source: YamlSource;
    mistakes: Mistakes;
    expressions: Expressions;
    languages: readonly string[];
    defaults: FlowDefaults;
    results: Names;
  }) {
    this.#source = made.source;
    this.#mistakes = made.mistakes;
    this.#expressions = made.expressions;
    this.languages = made.languages;
    this.defaults = made.defaults;
    this.results = made.results;
  }

  /** A mistake at the value at `path`. */
  wrong(rule: FlowRule, path: Path, text: string, hint?: string): void {
    this.#mistakes.add(rule, this.#source.place(path), text, hint);
  }

  /** A mistake at the key at the end of `path`. */
  wrongKey(rule: FlowRule, path: Path, text: string, hint?: string): void {
    this.#mistakes.add(rule, this.#source.keyPlace(path), text, hint);
  }

  /** What the step that is being compiled reads and gives values to; the next one begins with neither. */
  takeUses(): { reads: Named[]; writes: Named[] } {
    const uses = { reads: this.#reads, writes: this.#writes };
    this.#reads = [];
    this.#writes = [];
    return uses;
  }

  /** The step gives this variable a value; its name is the key or the value at `path`. */
  writes(name: string, path: Path): void {
    const place = path.at(-1) === name ? this.#source.keyPlace(path) : this.#source.place(path);
    this.#writes.push({ name, place });
  }

  /** A key as it was written: a number when it was not quoted. */
  writtenKey(path: Path): unknown {
    return this.#source.writtenKey(path);
  }

  refer(kind: keyof References, name: string, path: Path): void {
    const places = this.references[kind].get(name) ?? [];
    this.references[kind].set(name, [...places, this.#source.place(path)]);
  }

  /** A step that goes on in another flow. What it gives and takes is compared once that flow is known. */
  callSite(site: {
    kind: 'call' | 'goto';
    flow: string;
    path: Path;
    given: readonly { name: string; type: ExpressionType; path: Path }[];
    taken: readonly { variable: string; result: string }[];
  }): void {
    const { kind, flow, path } = site;
    this.refer('flows', flow, [...path, kind]);
    const given = new Map(
      site.given.map(({ name, type, path: at }) => [name, { type, place: this.#source.keyPlace(at) }]),
    );
    const taken = site.taken.flatMap(({ variable, result }) => {
      const at = [...path, 'save', variable];
      const type = this.typeOfVariable(variable);
      this.writes(variable, at);
      if (type !== undefined) return [{ result, variable, type, place: this.#source.place(at) }];
      const hint = didYouMean(variable, this.variables) ?? 'declare it under vars, with its first value';
      this.wrongKey('variable.unknown', at, `There is no variable ${variable.slice(0, 64)}`, hint);
      return [];
    });
    const place = this.#source.place([...path, kind]);
    const givenPlace = given.size > 0 ? this.#source.keyPlace([...path, 'with']) : place;
    this.callSites.push({ flow, kind, place, given, givenPlace, taken });
  }

  duration(text: string, path: Path, range: { minMs: number; maxMs: number }): number {
    const ms = parseDuration(text) ?? Number.NaN;
    if (!(ms >= range.minMs && ms <= range.maxMs))
      this.wrong('value.wrong', path, `From ${range.minMs} ms to ${range.maxMs} ms, and this is ${text}`);
    return ms;
  }

  /** An expression that stands bare, as under `if`; with `wanted`, the type it must have. */
  expression(text: string, path: Path, wanted?: ExpressionType): Expression | undefined {
    const compiled = this.#expressions.compile(text);
    if (!('evaluate' in compiled)) {
      const { rule, text: sentence, hint, start } = compiled;
      this.#mistakes.add(rule, this.#inside(path, text, start), sentence, hint);
      return undefined;
    }
    if (wanted !== undefined && compiled.type !== wanted) {
      this.wrong('expression.type', path, `A condition gives true or false, and this gives ${compiled.type}`);
      return undefined;
    }
    this.#read(compiled, path);
    return compiled;
  }

  /** `language`: that of a text to be said; only such texts say values in words. */
  template(text: string, path: Path, language?: string): Template {
    const compiled = compileTemplate(text, this.#expressions, language);
    if (!Array.isArray(compiled)) {
      for (const part of compiled.parts) if (typeof part !== 'string') this.#read(part, path);
      return compiled;
    }
    for (const problem of compiled) {
      const around = problem.expression === '' ? text : problem.expression;
      this.#mistakes.add(problem.rule, this.#inside(path, around, problem.start), problem.text, problem.hint);
    }
    return { parts: [] };
  }

  typeOfVariable(name: string): ExpressionType | undefined {
    return this.#expressions.names.get(name);
  }

  /** Variables that hold digits collected in confidence. */
  get secrets(): ReadonlySet<string> {
    return this.#expressions.secrets;
  }

  /** Whether `name` holds digits collected in confidence; where it does, `path` is noted as a place that reads it. */
  readsSecret(name: string, path: Path): boolean {
    if (!this.#expressions.secrets.has(name)) return false;
    this.#reads.push({ name, place: this.#source.place(path) });
    return true;
  }

  get variables(): Iterable<string> {
    return this.#expressions.names.keys();
  }

  audio(value: Audio | AudioWithBargeIn, path: Path): Sound[] {
    if (typeof value === 'string') return this.#item({ text: value }, path, true);
    if (Array.isArray(value)) return value.flatMap((item, index) => this.audio(item, [...path, index]));
    if ('items' in value) return this.audio(value.items, [...path, 'items']);
    return this.#item(value as AudioItem, path, false);
  }

  bargeInOf(value: AudioWithBargeIn): BargeIn {
    const own = typeof value === 'object' && !Array.isArray(value) ? value.bargeIn : undefined;
    return own ?? this.defaults.bargeIn;
  }

  #item(item: AudioItem, path: Path, bare: boolean): Sound[] {
    const present = (['text', 'prompt', 'hours', 'silence', 'tone'] as const).filter((key) => item[key] !== undefined);
    if (present.length !== 1) {
      const sentence = 'Exactly one of text, prompt, hours, silence or tone is played by an item';
      this.wrong('value.wrong', path, sentence, 'write several items as a list');
      return [];
    }
    const language = item.language === undefined ? {} : { language: item.language };
    if (item.text !== undefined) return this.#text(item.text, item.language, bare ? path : [...path, 'text']);
    if (item.prompt !== undefined) {
      this.refer('prompts', item.prompt, [...path, 'prompt']);
      return [{ kind: 'prompt', prompt: item.prompt, ...language }];
    }
    if (item.hours !== undefined) {
      this.refer('calendars', item.hours, [...path, 'hours']);
      return [{ kind: 'hours', calendar: item.hours, ...language }];
    }
    if (item.silence !== undefined) {
      const durationMs = this.duration(item.silence, [...path, 'silence'], { minMs: 20, maxMs: 60_000 });
      return [{ kind: 'silence', durationMs }];
    }
    const tone = TONES[item.tone ?? 'beep'];
    return [{ kind: 'tone', frequenciesHz: [...tone.frequenciesHz], durationMs: tone.durationMs }];
  }

  #text(text: string | Record<string, string>, language: string | undefined, path: Path): Sound[] {
    if (typeof text === 'string') {
      const spoken = language ?? this.languages[0] ?? 'en';
      const missing = language === undefined ? this.languages.slice(1) : [];
      if (missing.length > 0) {
        const hint = `write { ${this.languages.map((tag) => `${tag}: …`).join(', ')} }, or say which language it is in`;
        this.wrong('text.language', path, `The text is missing in ${missing.join(', ')}`, hint);
      }
      return [{ kind: 'text', texts: { [spoken]: this.template(text, path, spoken) }, language: spoken }];
    }
    if (language !== undefined && text[language] === undefined)
      this.wrong('text.language', path, `There is no text in ${language}`);
    const missing = this.languages.filter((tag) => language === undefined && text[tag] === undefined);
    if (missing.length > 0) this.wrong('text.language', path, `The text is missing in ${missing.join(', ')}`);
    const texts: Record<string, Template> = {};
    for (const [tag, words] of Object.entries(text)) {
      if (!this.languages.includes(tag) && tag !== language) {
        const sentence = `The flow does not speak ${tag}`;
        this.wrongKey(
          'text.language',
          [...path, tag],
          sentence,
          didYouMean(tag, this.languages) ?? 'add it to languages',
        );
      }
      texts[tag] = this.template(words, [...path, tag], tag);
    }
    return [{ kind: 'text', texts, ...(language === undefined ? {} : { language }) }];
  }

  #read({ reads, source }: Expression, path: Path): void {
    for (const { start, ...read } of reads) this.#reads.push({ ...read, place: this.#inside(path, source, start) });
  }

  /** The place of a character within the value at `path`, as well as the value's quoting allows. */
  #inside(path: Path, part: string, start: number): Pick<Place, 'line' | 'column'> {
    const place = this.#source.place(path);
    const written = this.#source.text.slice(place.offset, place.end);
    const at = written.indexOf(part);
    if (at < 0) return place;
    const before = written.slice(0, at + start).split('\n');
    const column = (before.at(-1) ?? '').length + 1;
    return before.length === 1
      ? { line: place.line, column: place.column + column - 1 }
      : { line: place.line + before.length - 1, column };
  }
}

/** Whether a name can be a variable; the answer is what is wrong with it. */
export function wrongVariableName(name: string): string | undefined {
  if (!/^[a-z][A-Za-z0-9_]{0,63}$/.test(name))
    return 'A variable begins with a small letter, then letters, digits and _';
  if (RESERVED_NAMES.has(name)) return `${name} means something else in expressions`;
  return undefined;
}
