import { type Machine, step } from '../../../shared/machine.ts';
import type { Sound } from '../../language/flow.ts';
import type { Stretch, View } from '../../machine/step-kind.ts';
import type { FlowEffect, Json } from '../../machine/types.ts';
import { type EntryEvent, type EntryOrder, type EntryRules, type EntryState, entryMachine } from './machine.ts';

/** A question that may be asked several times; `menu` and `collect` are two of them. */
export interface Question extends EntryRules {
  prompt: Sound[];
  /** Played before the prompt when it is asked again. */
  noInputPrompt: Sound[];
  noMatchPrompt: Sound[];
  timeoutMs: number;
  interDigitMs: number;
  retries: number;
  /** The answer is secret: keys pressed ahead are dropped, for they may have been heard already. */
  secure: boolean;
  machine: Machine<EntryState, EntryEvent, EntryOrder>;
}

export function question(parts: Omit<Question, 'machine'>): Question {
  return { ...parts, machine: entryMachine(parts) };
}

/** What a question remembers while it waits: plain JSON. `secure` tells `printable` to hide it. */
export interface Asking {
  entry: EntryState & Record<string, string>;
  round: number;
  playId: string | null;
  timerId: string | null;
  /** Timers started so far. */
  timers: number;
  secure: boolean;
  [key: string]: string | number | boolean | null | Record<string, string>;
}

export type Asked =
  | { kind: 'waiting'; asking: Asking; effects: FlowEffect[]; typed: string }
  | { kind: 'answered'; digits: string; effects: FlowEffect[]; typed: string }
  | { kind: 'gaveUp'; why: 'noInput' | 'noMatch'; effects: FlowEffect[]; typed: string };

/** How far a question has come, told from what its step remembers: which round it is, and whether an entry has begun. */
export function progressOf(local: Json): { round: number; hasBegun: boolean } | undefined {
  if (typeof local !== 'object' || local === null || Array.isArray(local)) return undefined;
  const { round, entry } = local as Partial<Asking>;
  return round === undefined || entry === undefined ? undefined : { round, hasBegun: entry.kind === 'gathering' };
}

/** Asks for the first time. Keys pressed ahead count as pressed at once, if barge-in allows. */
export function ask(question: Question, view: View): Asked {
  const typed = question.secure || question.bargeIn === 'none' ? '' : view.state.typed;
  const fresh = newRound(question, 0);
  let entry: EntryState = fresh.entry;
  let used = 0;
  while (used < typed.length && !isOver(entry)) {
    entry = step(question.machine, entry, { kind: 'digit', digit: typed[used] ?? '' }).state;
    used += 1;
  }
  const asking = { ...fresh, entry: { ...entry } };
  if (entry.kind === 'prompting') return promptNow(question, asking, [], view);
  if (entry.kind === 'gathering') return waitNow(asking, question.interDigitMs, [], view, '');
  return conclude(question, asking, [], view, typed.slice(used));
}

export function digitPressed(question: Question, asking: Asking, digit: string, view: View): Asked | undefined {
  return advance(question, asking, { kind: 'digit', digit }, view);
}

/** The end of the prompt, however it came about: a prompt that fails must not keep the caller from choosing. */
export function promptEnded(question: Question, asking: Asking, playId: string, view: View): Asked | undefined {
  if (asking.playId !== playId) return undefined;
  return advance(question, { ...asking, playId: null }, { kind: 'promptEnded' }, view);
}

export function timedOut(question: Question, asking: Asking, timerId: string, view: View): Asked | undefined {
  if (asking.timerId !== timerId) return undefined;
  return advance(question, { ...asking, timerId: null }, { kind: 'timedOut' }, view);
}

/** What has to be stopped when the call leaves in the middle of the question. */
export function stopAsking(asking: Asking): FlowEffect[] {
  const effects: FlowEffect[] = [];
  if (asking.playId !== null) effects.push({ type: 'stopPlay', playId: asking.playId });
  if (asking.timerId !== null) effects.push({ type: 'clearTimer', timerId: asking.timerId });
  return effects;
}

/**
 * How long a question can last that ends by `exit`. An answer may come at once, by keys pressed ahead; giving up takes every
 * round, at least the time to be silent in each.
 */
export function askingLasts(
  question: Question,
  exit: string,
  mostKeys: number,
  playing: (sounds: readonly Sound[]) => Stretch,
): Stretch {
  const { prompt, noInputPrompt, noMatchPrompt, retries, timeoutMs, interDigitMs } = question;
  const first = playing(prompt);
  const before = [playing(noInputPrompt), playing(noMatchPrompt)].map(({ mostMs }) => mostMs);
  const entryMs = timeoutMs + mostKeys * interDigitMs;
  const mostMs = (retries + 1) * (first.mostMs + entryMs) + retries * Math.max(...before);
  // The last round is silent; the others may have been cut short by wrong keys.
  const leastMs = exit === 'noInput' ? first.leastMs + timeoutMs : 0;
  return { leastMs, mostMs };
}

function advance(question: Question, asking: Asking, event: EntryEvent, view: View): Asked | undefined {
  const move = step(question.machine, asking.entry as EntryState, event);
  if (!move.moved) return undefined;
  const effects: FlowEffect[] = [];
  let now: Asking = { ...asking, entry: { ...move.state } };
  for (const order of move.effects) {
    if (order === 'stopPrompt' && now.playId !== null) {
      effects.push({ type: 'stopPlay', playId: now.playId });
      now = { ...now, playId: null };
    } else if (order === 'stopWaiting' && now.timerId !== null) {
      effects.push({ type: 'clearTimer', timerId: now.timerId });
      now = { ...now, timerId: null };
    } else if (order === 'waitFirst' || order === 'waitNext') {
      const ms = order === 'waitFirst' ? question.timeoutMs : question.interDigitMs;
      return waitNow(now, ms, effects, view, '');
    }
  }
  if (isOver(move.state)) return conclude(question, now, effects, view, '');
  return { kind: 'waiting', asking: now, effects, typed: '' };
}

function conclude(question: Question, asking: Asking, effects: FlowEffect[], view: View, typed: string): Asked {
  const entry = asking.entry as EntryState;
  if (entry.kind === 'matched') return { kind: 'answered', digits: entry.digits, effects, typed };
  const why = entry.kind === 'noInput' ? 'noInput' : 'noMatch';
  if (asking.round >= question.retries) return { kind: 'gaveUp', why, effects, typed: '' };
  const again = { ...newRound(question, asking.round + 1), timers: asking.timers };
  return promptNow(question, again, why === 'noInput' ? question.noInputPrompt : question.noMatchPrompt, view, effects);
}

function promptNow(
  question: Question,
  asking: Asking,
  before: readonly Sound[],
  view: View,
  effects: FlowEffect[] = [],
): Asked {
  const items = view.items(before.length === 0 ? question.prompt : [...before, ...question.prompt]);
  if (items.length === 0) {
    const waiting: Asking = { ...asking, entry: { kind: 'waiting' } };
    return waitNow(waiting, question.timeoutMs, effects, view, '');
  }
  const playId = view.id(`ask${asking.round}`);
  effects.push({ type: 'play', playId, items });
  return { kind: 'waiting', asking: { ...asking, playId }, effects, typed: '' };
}

function waitNow(asking: Asking, ms: number, effects: FlowEffect[], view: View, typed: string): Asked {
  const timerId = view.id(`wait${asking.timers}`);
  effects.push({ type: 'setTimer', timerId, ms });
  return { kind: 'waiting', asking: { ...asking, timerId, timers: asking.timers + 1 }, effects, typed };
}

function newRound(question: Question, round: number): Asking {
  return { entry: { kind: 'prompting' }, round, playId: null, timerId: null, timers: 0, secure: question.secure };
}

function isOver(entry: EntryState): boolean {
  return entry.kind === 'matched' || entry.kind === 'noMatch' || entry.kind === 'noInput';
}
