import type { Calendar } from '../calendars/calendar.ts';
import type { AnyStepKind, Traits } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';
import type { ExpressionType, Names } from './condition.ts';
import type { Place } from './errors.ts';
import type { BargeIn } from './shapes.ts';
import type { PlacedTarget } from './targets.ts';
import type { Template } from './template.ts';

/** One thing to hear, ready for a call: a text for each language it can be spoken in. */
export type Sound =
  | { kind: 'text'; texts: Record<string, Template>; language?: string }
  | { kind: 'prompt'; prompt: string; language?: string }
  | { kind: 'hours'; calendar: string; language?: string }
  | { kind: 'silence'; durationMs: number }
  | { kind: 'tone'; frequenciesHz: number[]; durationMs: number };

/** A step as it was compiled. `params` belongs to the verb; everyone else sees names, exits and places. */
export interface Step {
  name: string;
  verb: string;
  /** What it is about, in the words of the file: a queue, a condition, a variable. For people; may be empty. */
  about: string;
  kind: AnyStepKind;
  params: unknown;
  /** Where each exit leads; `null` ends the call. The exit `error` is not here: see `onError`. */
  exits: Record<string, string | null>;
  onError?: string;
  /** Everything this step can play, for rendering ahead of time. */
  sounds: Sound[];
  traits: Traits;
  /** Names that its expressions read, and variables that it gives values to, with their places. */
  reads: Named[];
  writes: Named[];
  /** Every exit that is written in the file, with the place where its step is named. */
  targets: PlacedTarget[];
  place: Place;
  /** Where its name stands. */
  keyPlace: Place;
}

/** A name where it stands in a file. */
export interface Named {
  name: string;
  place: Pick<Place, 'line' | 'column'>;
  /** It is read by an expression that itself asks whether it is empty. */
  isTested?: true;
}

/** What a flow needs from outside, each with the places that name it. */
export interface References {
  queues: Map<string, Place[]>;
  calendars: Map<string, Place[]>;
  prompts: Map<string, Place[]>;
  boxes: Map<string, Place[]>;
  services: Map<string, Place[]>;
  flows: Map<string, Place[]>;
}

/** A step that goes on in another flow, with what it gives and takes there. */
export interface CallSite {
  flow: string;
  kind: 'call' | 'goto';
  place: Place;
  /** Arguments by parameter; undefined where the type could not be told. */
  given: Map<string, { type: ExpressionType; place: Place }>;
  /** The place of the arguments together. */
  givenPlace: Place;
  /** Results taken, each with the variable of ours. */
  taken: { result: string; variable: string; type: ExpressionType; place: Place }[];
}

export interface FlowDefaults {
  bargeIn: BargeIn;
  timeoutMs: number;
  interDigitMs: number;
  /** Whether the file says how long the next key is waited for. */
  saysInterDigit: boolean;
  retries: number;
}

/** A flow that was read and found right. It never changes; a changed file is another flow with another hash. */
export interface Flow {
  name: string;
  /** SHA-256 of the file's bytes, in hex. */
  hash: string;
  /** What a call is pinned to: `hash`, or a hash over it and the versions of the flows inside. */
  version: string;
  file: string;
  title: string;
  /** The first is spoken when nothing else is known. */
  languages: [string, ...string[]];
  start: string;
  onError?: string;
  onHangup?: string;
  maxDuration?: { afterMs: number; step: string };
  /** Calls are answered by a step of the flow, not before it begins. */
  answersByStep: boolean;
  params: Names;
  results: Names;
  /** Where the flow goes on in others. */
  callSites: CallSite[];
  vars: Record<string, FlowValue>;
  /** Types of `vars`, and of what digits are collected into. */
  names: Names;
  /** Where variables (secret ones too) and results are declared. */
  places: { names: ReadonlyMap<string, Place>; results: ReadonlyMap<string, Place> };
  /** `start` and the handlers `on.error`, `on.hangup`, `on.maxDuration`, as they are written. */
  targets: PlacedTarget[];
  steps: ReadonlyMap<string, Step>;
  references: References;
  /** The calendars of `references`, bound by the library; a missing one makes its step fail. */
  calendars: Readonly<Record<string, Calendar>>;
  /** The flows of `references` and all that those reach, by name, bound by the library. */
  flows: Readonly<Record<string, Flow>>;
}

/** The value a variable of this type has before anybody gives it one. */
export function emptyValue(type: ExpressionType): FlowValue {
  if (type === 'string') return '';
  return type === 'bool' ? false : 0;
}

/** The type of a value that stands in a file. */
export function typeOf(value: FlowValue): ExpressionType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  return Number.isInteger(value) ? 'int' : 'double';
}

/** The same flow with its calendars. */
export function bindCalendars(flow: Flow, calendars: ReadonlyMap<string, Calendar>): Flow {
  const bound: Record<string, Calendar> = {};
  for (const name of flow.references.calendars.keys()) {
    const calendar = calendars.get(name);
    if (calendar) bound[name] = calendar;
  }
  return { ...flow, calendars: bound };
}
