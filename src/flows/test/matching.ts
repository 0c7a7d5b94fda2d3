import type { Happening } from '../run/happenings.ts';
import type { Expectation } from './shape.ts';

/** One thing that is waited for: what it is in words, and how it is known. */
export interface Wanted {
  words: string;
  matches(one: Happening): boolean;
}

/** Texts are compared without regard to case and to how much space there is. */
export function contains(text: string, part: string): boolean {
  return plain(text).includes(plain(part));
}

/** The same few texts are compared again and again. */
const plains = new Map<string, string>();
const MOST_PLAINS = 2_000;

function plain(text: string): string {
  const known = plains.get(text);
  if (known !== undefined) return known;
  const made = text.toLowerCase().replace(/\s+/g, ' ').trim();
  if (plains.size >= MOST_PLAINS) plains.clear();
  plains.set(text, made);
  return made;
}

export function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

/** Everything an expectation waits for; its values of variables are not among them. */
export function wantedOf(expected: Expectation): Wanted[] {
  const wanted: Wanted[] = [];
  const want = (words: string, matches: (one: Happening) => boolean) => wanted.push({ words, matches });
  for (const part of listOf(expected.said)) want(`says “${part}”`, (one) => says(one, part, expected.language));
  if (expected.played !== undefined)
    want(
      `plays ${expected.played}`,
      (one) => one.what === 'said' && one.item.type === 'prompt' && one.item.prompt === expected.played,
    );
  if (expected.step !== undefined)
    want(`enters ${expected.step}`, (one) => one.what === 'entered' && one.step === expected.step);
  if (expected.queued !== undefined) wanted.push(queuedIn(expected.queued));
  if (expected.talks)
    want('talks with a person', ({ what }) => what === 'queueAnswered' || what === 'transferAnswered');
  if (expected.asked !== undefined) wanted.push(askedOf(expected.asked));
  if (expected.recorded !== undefined)
    want(`recording: ${expected.recorded}`, (one) => one.what === 'recorded' && one.order === expected.recorded);
  if (expected.transferred !== undefined)
    want(`rings ${expected.transferred}`, (one) => one.what === 'transferred' && one.to === expected.transferred);
  for (const [name, value] of Object.entries(expected.tagged ?? {}))
    want(`tags ${name}: ${value}`, (one) => one.what === 'tagged' && one.tags[name] === value);
  if (expected.event !== undefined)
    want(`event ${expected.event}`, (one) => one.what === 'milestone' && one.name === expected.event);
  if (expected.sentDigits !== undefined)
    want(
      `sends the keys ${expected.sentDigits}`,
      (one) => one.what === 'sentDigits' && one.digits === expected.sentDigits,
    );
  if (expected.voicemail !== undefined)
    want(
      `takes a message for ${expected.voicemail}`,
      (one) => one.what === 'voicemail' && one.box === expected.voicemail,
    );
  if (expected.callback !== undefined) {
    const { queue, number } = expected.callback;
    want(
      `books a call back${number === undefined ? '' : ` to ${number}`} in ${queue}`,
      (one) => one.what === 'callback' && one.queue === queue && (number === undefined || one.number === number),
    );
  }
  if (expected.ended !== undefined)
    want(
      `ends: ${expected.ended}`,
      (one) => one.what === 'ended' && (one.reason === expected.ended || one.cause === expected.ended),
    );
  return wanted;
}

export function says(one: Happening, part: string, language?: string): boolean {
  if (one.what !== 'said' || one.item.type !== 'text') return false;
  return contains(one.item.text, part) && (language === undefined || one.item.language === language);
}

function queuedIn(expected: NonNullable<Expectation['queued']>): Wanted {
  const { queue, priority, skills } = typeof expected === 'string' ? { queue: expected } : { ...expected };
  const more = [
    ...(priority === undefined ? [] : [`priority ${priority}`]),
    ...(skills === undefined ? [] : [`skills ${skills.join(' ') || 'none'}`]),
  ];
  return {
    words: [`waits in ${queue}`, ...more].join(', '),
    matches: (one) =>
      one.what === 'queued' &&
      one.effect.queue === queue &&
      (priority === undefined || one.effect.priority === priority) &&
      (skills === undefined || same([...skills].sort(), [...one.effect.skills].sort())),
  };
}

function askedOf(expected: NonNullable<Expectation['asked']>): Wanted {
  const { service, method, path, query, body } =
    typeof expected === 'string' ? { ...addressOf(expected) } : { ...expected };
  return {
    words: `asks ${[method, `${service}${path ?? ''}`].filter(Boolean).join(' ')}${body === undefined ? '' : ` with ${JSON.stringify(body)}`}`,
    matches: (one) => {
      if (one.what !== 'asked') return false;
      const { effect } = one;
      return (
        effect.service === service &&
        (method === undefined || effect.method === method) &&
        (path === undefined || effect.path === path) &&
        (query === undefined || same(sorted(query), sorted(Object.fromEntries(effect.query)))) &&
        (body === undefined || same(body, effect.body))
      );
    },
  };
}

/** `GET crm/customers/1`, `crm/customers/1` or `crm`. */
function addressOf(text: string): {
  service: string;
  method?: string;
  path?: string;
  query?: undefined;
  body?: undefined;
} {
  const [, method, service = '', path] = /^(?:([A-Z]+) )?([^/]+)(\/.*)?$/.exec(text) ?? [];
  return { service, ...(method === undefined ? {} : { method }), ...(path === undefined ? {} : { path }) };
}

function sorted(values: Record<string, unknown>): [string, string][] {
  return Object.entries(values)
    .map(([key, value]): [string, string] => [key, String(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Deep equality of JSON, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (
    typeof a !== 'object' ||
    typeof b !== 'object' ||
    a === null ||
    b === null ||
    Array.isArray(a) !== Array.isArray(b)
  )
    return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every(
      (key) => Object.hasOwn(b, key) && same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}
