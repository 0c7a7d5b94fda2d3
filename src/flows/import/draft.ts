import { Document, isMap, isScalar, type Pair, Scalar, visit } from 'yaml';
import { wrongVariableName } from '../language/compiler.ts';
import { STEP_NAME } from '../language/shapes.ts';
import type { FlowValue } from '../machine/types.ts';
import { MOST_DIGITS } from '../steps/dtmf.ts';
import { labelOf, textOf } from './shared.ts';

/** What became of one thing of the file that was imported. Nothing of it is passed over in silence. */
export interface ReportLine {
  /** `changed`: it works a little differently; `lost`: somebody has to do it by hand. */
  kind: 'changed' | 'lost';
  /** Where in the file: the name of a widget, action or verb. */
  where: string;
  text: string;
}

/** Names that have to be bound or recorded before the flow can be used. */
export interface Needs {
  queues: string[];
  calendars: string[];
  prompts: string[];
  services: string[];
  flows: string[];
}

export interface Imported {
  name: string;
  yaml: string;
  report: ReportLine[];
  needs: Needs;
}

export type DraftStep = Record<string, unknown>;

/** A flow in the making. Steps are added in the order in which they shall stand in the file. */
export class Draft {
  readonly name: string;
  readonly language: string;
  readonly vars: Record<string, FlowValue> = {};
  readonly report: ReportLine[] = [];
  start = 'end';
  readonly #title: string;
  readonly #steps = new Map<string, DraftStep>();
  readonly #comments = new Map<string, string[]>();
  readonly #names = new Map<string, string>();
  readonly #used = new Set(['end']);
  readonly #variables = new Map<string, string>();
  readonly #needs: { [K in keyof Needs]: Set<string> } = {
    queues: new Set(),
    calendars: new Set(),
    prompts: new Set(),
    services: new Set(),
    flows: new Set(),
  };

  constructor(name: string, title: string, language: string) {
    this.name = boundName(name);
    this.language = language;
    this.#title = title;
  }

  /** The step name for a name of the file: the same for the same, and never one that is taken by another. */
  stepName(original: string): string {
    const known = this.#names.get(original);
    if (known !== undefined) return known;
    const name = this.freshName(original);
    this.#names.set(original, name);
    return name;
  }

  /** A step name that stands for nothing in the file. */
  freshName(word: string): string {
    const name = unused(camel(word, 'step'), (one) => this.#used.has(one));
    this.#used.add(name);
    return name;
  }

  /** The variable for a name of the file, with its first value; a variable keeps the type it got first. */
  variable(original: string, first: FlowValue = ''): string {
    const known = this.#variables.get(original);
    if (known !== undefined) return known;
    const wish = camel(original, 'value');
    const base = wrongVariableName(wish) === undefined ? wish : `my${wish.charAt(0).toUpperCase()}${wish.slice(1)}`;
    const name = unused(base, (one) => [...this.#variables.values()].includes(one));
    this.#variables.set(original, name);
    this.vars[name] = first;
    return name;
  }

  knows(original: string): string | undefined {
    return this.#variables.get(original);
  }

  add(name: string, step: DraftStep): void {
    this.#steps.set(name, withKeyTime(step));
  }

  step(name: string): DraftStep | undefined {
    return this.#steps.get(name);
  }

  need(kind: keyof Needs, original: string): string {
    const name = kind === 'prompts' ? promptFor(original) : boundName(original);
    this.#needs[kind].add(name);
    return name;
  }

  changed(where: string, text: string): void {
    this.report.push({ kind: 'changed', where, text });
  }

  /** Something that could not be carried over: in the report, and as a comment at the step that stands in its place. */
  lost(where: string, text: string, step?: string): void {
    this.report.push({ kind: 'lost', where, text });
    if (step !== undefined)
      this.#comments.set(step, [...(this.#comments.get(step) ?? []), `not carried over: ${text}`]);
  }

  /** Sends the keys of `value`, as many as go out in one step; what cannot be sent is told. */
  sendKeys(step: string, where: string, value: unknown, next: string): void {
    const written = textOf(value);
    const keys = written.replace(/[^0-9A-D*#]/g, '').slice(0, MOST_DIGITS);
    if (keys === '') {
      this.standIn(step, where, 'there are no keys that can be sent', next);
      return;
    }
    this.add(step, { dtmf: keys, next });
    if (keys !== written) this.lost(where, 'pauses between keys, and keys that cannot be sent', step);
  }

  /** A step that goes on and marks the place of what has no counterpart here. */
  standIn(name: string, where: string, text: string, next: string): void {
    this.add(name, { event: { name: 'notCarriedOver', values: { what: labelOf(where) } }, next });
    this.lost(where, text, name);
  }

  /** The file, in which every target leads somewhere and every name is declared. */
  finish(): Imported {
    if (![...this.#steps.values()].some((step) => 'hangup' in step) || !this.#steps.has('end'))
      this.#steps.set('end', { hangup: {} });
    const document = new Document({
      flow: this.name,
      version: 1,
      title: this.#title.slice(0, 200) || this.name,
      languages: [this.language],
      ...(Object.keys(this.vars).length === 0 ? {} : { vars: this.vars }),
      start: this.start,
      steps: Object.fromEntries(this.#reached()),
    });
    document.commentBefore = ' Imported. What could not be carried over stands in the report and beside its step.';
    this.#dress(document);
    const needs = Object.fromEntries(Object.entries(this.#needs).map(([kind, names]) => [kind, [...names].sort()]));
    return {
      name: this.name,
      yaml: document.toString({ lineWidth: 120, flowCollectionPadding: true }),
      report: this.report,
      needs: needs as unknown as Needs,
    };
  }

  /** Steps that are reached from the start, in their order; what is never reached is told. */
  #reached(): [string, DraftStep][] {
    const seen = new Set<string>();
    const open = [this.start];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const step = this.#steps.get(name);
      if (seen.has(name) || !step) continue;
      seen.add(name);
      open.push(...targetsOf(step));
    }
    for (const name of this.#steps.keys()) {
      if (!seen.has(name) && name !== 'end') this.lost(name, 'nothing leads to this step, so it was left out');
    }
    return [...this.#steps].filter(([name]) => seen.has(name));
  }

  #dress(document: Document): void {
    const steps = document.get('steps');
    if (isMap(steps)) {
      steps.items.forEach((pair, index) => {
        const key = (pair as Pair).key;
        if (!isScalar(key)) return;
        const comments = this.#comments.get(String(key.value)) ?? [];
        if (comments.length > 0) key.commentBefore = comments.map((line) => ` ${line.replace(/\s+/g, ' ')}`).join('\n');
        if (index > 0) key.spaceBefore = true;
      });
    }
    // Keys that look like numbers are quoted, as the language asks for.
    visit(document, {
      Scalar: (kind, node) => {
        if (kind === 'key' && typeof node.value === 'string' && /^[\d*#]+$/.test(node.value))
          node.type = Scalar.QUOTE_DOUBLE;
      },
    });
  }
}

/** How long others wait for the next key of a choice that may go on. */
const USUAL_KEY_TIME = '2s';

/** A menu in which one choice begins another says how long the next key is waited for. */
function withKeyTime(step: DraftStep): DraftStep {
  if (!('menu' in step)) return step;
  const keys = Object.keys(step['choices'] as Record<string, string>);
  const isOpen = keys.some((key) => keys.some((other) => other !== key && other.startsWith(key)));
  return isOpen ? { ...step, menu: { interDigit: USUAL_KEY_TIME, ...(step['menu'] as object) } } : step;
}

/** Every step that a step names, by the keys of the language. */
function targetsOf(step: DraftStep): string[] {
  return Object.entries(step).flatMap(([key, value]): string[] => {
    if (/^(next|noInput|noMatch|then|else|open|closed|holiday|again|done|on[A-Z].*)$/.test(key)) return [String(value)];
    if (key === 'choices' || key === 'cases') return Object.values(value as Record<string, string>);
    if ((key === 'if' || key === 'distribute') && Array.isArray(value))
      return (value as { then: string }[]).map(({ then }) => then);
    return [];
  });
}

function unused(base: string, isTaken: (name: string) => boolean): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? base : `${base}${count}`;
    if (!isTaken(name)) return name;
  }
}

/** `Main Menu_2` becomes `mainMenu2`. */
function camel(text: string, otherwise: string): string {
  const words = text.normalize('NFKD').match(/[A-Za-z0-9]+/g) ?? [];
  const joined = words
    .map((word, index) => (index === 0 ? word.charAt(0).toLowerCase() : word.charAt(0).toUpperCase()) + word.slice(1))
    .join('')
    .slice(0, 40);
  const name = /^[A-Za-z]/.test(joined) ? joined : `${otherwise}${joined}`;
  return STEP_NAME.test(name) ? name : otherwise;
}

/** A name that is bound outside of flows: small letters, digits and dashes. */
export function boundName(text: string): string {
  const name = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return name === '' ? 'imported' : name;
}

/** The prompt for an address or path of a recording: its file name without the ending. */
function promptFor(address: string): string {
  const file = address.split(/[?#]/)[0]?.split('/').at(-1) ?? '';
  return boundName(file.replace(/\.[A-Za-z0-9]{1,5}$/, ''));
}
