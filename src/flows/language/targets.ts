import type { Place } from './errors.ts';
import { type Path, valueAt } from './source.ts';

/** One place in a file where a step is named, and by which exit the call goes there. */
export interface Target {
  /** `error` for `onError`. */
  exit: string;
  to: string;
  /** Where the name stands, within the step. */
  path: Path;
}

/** A target with its place in the file. */
export interface PlacedTarget {
  exit: string;
  to: string;
  place: Place;
  /** Where the key stands that it is written under: a choice, say. */
  keyPlace: Place;
}

/** Keys under which one step is named, where the exit has the key's own name. */
const PLAIN = ['next', 'noInput', 'noMatch', 'then', 'else', 'open', 'closed', 'holiday', 'again', 'done'];
/** Keys under which steps are named by a word of the writer's, which is the exit. */
const MAPS = ['choices', 'cases'];
/** Keys under which steps are named in a list, each under `then`; the exit is this word with a number. */
const LISTS: Readonly<Record<string, string>> = { if: 'case', distribute: 'share' };

/** Every step that a step of a file names, in the order of the file. Values that are no names are passed over. */
export function targetsIn(step: unknown): Target[] {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) return [];
  return Object.entries(step).flatMap(([key, value]): Target[] => {
    if (PLAIN.includes(key)) return named(key, value, [key]);
    if (/^on[A-Z]/.test(key)) return named(key.charAt(2).toLowerCase() + key.slice(3), value, [key]);
    if (MAPS.includes(key) && typeof value === 'object' && value !== null)
      return Object.entries(value).flatMap(([word, to]) => named(word, to, [key, word]));
    const word = Object.hasOwn(LISTS, key) ? LISTS[key] : undefined;
    if (word === undefined || !Array.isArray(value)) return [];
    return value.flatMap((one: unknown, index) => {
      const to = typeof one === 'object' && one !== null && 'then' in one ? one.then : undefined;
      return named(`${word}${index + 1}`, to, [key, index, 'then']);
    });
  });
}

/** The steps that the head of a flow names. */
export function headTargets(head: unknown): Target[] {
  if (typeof head !== 'object' || head === null) return [];
  const { start, on } = head as { start?: unknown; on?: unknown };
  const handlers = typeof on === 'object' && on !== null ? (on as Record<string, unknown>) : {};
  const longest = handlers['maxDuration'];
  const then = typeof longest === 'object' && longest !== null && 'then' in longest ? longest.then : undefined;
  return [
    ...named('start', start, ['start']),
    ...named('on.error', handlers['error'], ['on', 'error']),
    ...named('on.hangup', handlers['hangup'], ['on', 'hangup']),
    ...named('on.maxDuration', then, ['on', 'maxDuration', 'then']),
  ];
}

/** Every step that a file of a flow names, with whole paths: first in its head, then step by step. */
export function targetsOf(file: unknown): Target[] {
  const steps = valueAt(file, ['steps']);
  const inside = typeof steps === 'object' && steps !== null ? Object.entries(steps) : [];
  const whole = ([name, step]: [string, unknown]) =>
    targetsIn(step).map((target) => ({ ...target, path: ['steps', name, ...target.path] }));
  return [...headTargets(file), ...inside.flatMap(whole)];
}

function named(exit: string, to: unknown, path: Path): Target[] {
  return typeof to === 'string' ? [{ exit, to, path }] : [];
}
