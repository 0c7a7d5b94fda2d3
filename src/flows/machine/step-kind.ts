import type { z } from 'zod';
import type { Compiled, Compiler } from '../language/compiler.ts';
import type { ExpressionType } from '../language/condition.ts';
import type { Flow, Sound } from '../language/flow.ts';
import type { Path } from '../language/source.ts';
import type { EndReason, FlowEffect, FlowEvent, FlowState, FlowValue, Json, PlayItem, RejectCause } from './types.ts';
import type { Verdict } from './verdict.ts';

/** What a step may look at while it decides. Everything in it belongs to this moment. */
export interface View {
  readonly flow: Flow;
  readonly state: Readonly<FlowState>;
  readonly step: string;
  /** An id for `what` that no other visit of any step uses. */
  id(what: string): string;
  /** The items that `sounds` are at this moment, in the language of the call. Throws `ExpressionFailure`. */
  items(sounds: readonly Sound[]): PlayItem[];
  /** Values for expressions. */
  scope(): Record<string, unknown>;
  /** From 0 up to 1, always the same for this step in this call. */
  chance(): number;
}

/** What a step changes besides its own memory. */
export interface Changes {
  vars?: Record<string, FlowValue>;
  secrets?: Record<string, string>;
  language?: string;
  /** Keys pressed ahead that are left after this move. */
  typed?: string;
  voice?: 'female' | 'male';
  /** The count of this step, when it is one that counts; 0 forgets it. */
  loops?: number;
  /** When the wait for a queue began, by queue. */
  waits?: Record<string, number>;
  answered?: true;
}

/** What came of an event: the step goes on waiting with this memory, or leaves by an exit (`error`: it failed). */
export type Move<L extends Json> =
  | (Only<'stay'> & { stay: L })
  | (Only<'exit'> & { exit: string; why?: string })
  /** Goes on in another flow; with `returns` this step is `resume`d when that one returns. */
  | (Only<'call'> & { call: string; given: Record<string, FlowValue>; returns: boolean })
  /** Back to the flow that called, with these results; in the first flow of a call this is its end. */
  | (Only<'back'> & { back: Record<string, FlowValue> })
  /** Ends the call. */
  | (Only<'end'> & { end: EndReason; cause?: RejectCause });

/** A move says one of these things. */
type Only<K extends Say> = { [key in Exclude<Say, K>]?: never } & { effects: FlowEffect[] } & Changes;
type Say = 'stay' | 'exit' | 'call' | 'back' | 'end';

export type EventOf<T extends FlowEvent['type']> = Extract<FlowEvent, { type: T }>;

/** The events that reach a step; `hangup` is the engine's own affair. */
export type StepEvent = Exclude<FlowEvent['type'], 'hangup'>;

/**
 * One verb: what it looks like in a file, how it is compiled, and its transitions as pure functions. `P` is what it compiles to,
 * `L` what it remembers while it waits. An event without a cell, or whose cell answers undefined, means nothing to the step.
 */
export interface StepKind<S, P, L extends Json> {
  verb: string;
  title: string;
  summary: string;
  /** A step of this verb as it stands in a file, for the reference page. */
  example: string;
  /** The whole step as it stands in a file. */
  shape: z.ZodType<S>;
  /** The keys of `shape`, for "did you mean". */
  keys: readonly string[];
  /** The names a visit can end with, besides `error`; a name in brackets stands for many. */
  exits: readonly string[];
  /** Whether it makes no sense without a caller; such a step ends a run whose caller has left. */
  needsCaller: boolean;
  /** `path` is the step's path in the file. Mistakes go to the compiler; what is returned then is never run. */
  compile(source: S, compiler: Compiler, path: Path): Compiled<P>;
  /** What can be told of `params` before any call. */
  traits(params: P): Traits;
  /** The variable that digits are collected into, so that it is known before expressions are compiled. */
  declares?(source: S): { name: string; secret: boolean; path: Path } | undefined;
  enter(params: P, view: View): Move<L>;
  on: { readonly [E in StepEvent]?: (params: P, local: L, event: EventOf<E>, view: View) => Move<L> | undefined };
  /** The flow that this step called has returned. */
  resume?(params: P, results: Readonly<Record<string, FlowValue>>, view: View): Move<L>;
  /** Whether the caller talks with a person at this moment. */
  inTalk?(local: L): boolean;
  /** Of a step that asks for keys: what a row of them is worth. For those who make some up. */
  judge?(params: P): (digits: string) => Verdict;
  /** Of a step that asks a service: an answer in which it finds what `value` says, for those who make one up. */
  answerWith?(params: P, value: (name: string, type: ExpressionType) => FlowValue): Json;
  /** What has to be undone when the call leaves the step from outside: the caller hung up. */
  leave?(params: P, local: L, view: View): FlowEffect[];
}

/** A stretch of time, in ms; `mostMs` is Infinity when nothing bounds it. */
export interface Stretch {
  leastMs: number;
  mostMs: number;
}

/** A step that decides without waiting for anything. */
export const AT_ONCE: Stretch = { leastMs: 0, mostMs: 0 };

/** What people do that makes a call leave a step: an answer that fits, one that does not, silence, or a person's part in it. */
export type Act = 'answer' | 'wrongAnswer' | 'silence' | 'person';

/** How it is known that an entry of keys is complete. */
export interface EntryEnd {
  /** How long the next key is waited for. */
  interDigitMs: number;
  /** Whether the file says so, for this question or for all. */
  isSaid: boolean;
  /** Exits of entries that are complete and may yet go on, so that the wait decides. */
  mayGoOn: readonly string[];
  /** The key that ends an entry; `fits`: it may also be a part of one. */
  terminator?: { key: string; fits: boolean };
}

/** What is known of a compiled step without running it: what the checker proves with. */
export interface Traits {
  /** Variables that surely have a value of this call when the step is left, by exit; `*` stands for every exit. */
  gives?: Readonly<Record<string, readonly string[]>>;
  /** The variable into which the step takes digits in confidence. */
  secret?: string;
  /** The service that is told digits taken in confidence. */
  tellsSecret?: string;
  /** What people have to do for an exit, `*` for those that are not named; an exit without comes about by itself. */
  acts?: Readonly<Record<string, Act>>;
  entry?: EntryEnd;
  /** The caller is on the way to a person from here on. */
  person?: true;
  /** The caller is told to the end that the call is recorded. */
  consents?: true;
  records?: 'start' | 'pause' | 'resume' | 'stop';
  /** The exit that is taken at the latest after so many visits, however often the others are. */
  bound?: { exit: string; visits: number };
  /** The voices that the step may choose for the texts after it. */
  voices?: readonly ('female' | 'male')[];
  /** The flow that goes on inside of this step; without `returns` the call does not come back. */
  calls?: { flow: string; returns: boolean };
  /** Goes back to the flow that called. */
  returns?: true;
  /** The call is answered from here on. */
  answers?: true;
  /** Needs an answered call. */
  audible?: true;
  /** The caller hears nothing of it. */
  silent?: true;
  /** The world may make it fail; every step that works out an expression may fail too. */
  fails?: true;
  /** Needs a call that is not answered yet. */
  unanswered?: true;
  /** The number that is called, when it is known beforehand. */
  dials?: string;
  /** How long a visit that ends by `exit` lasts, given how long audio lasts. */
  lasts(exit: string, playing: (sounds: readonly Sound[]) => Stretch): Stretch;
}

/** A verb whose own types only it knows; the engine hands back to it what it made itself. */
export type AnyStepKind = StepKind<unknown, unknown, Json>;

/** Forgets the types of a verb, which TypeScript cannot carry through a table of verbs. */
export function anyStep<S, P, L extends Json>(kind: StepKind<S, P, L>): AnyStepKind {
  return kind as unknown as AnyStepKind;
}
