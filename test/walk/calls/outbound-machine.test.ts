import { expect, test } from 'vitest';
import {
  type OutboundEvent,
  type OutboundOrder,
  type OutboundState,
  outboundMachine,
  refusalMeans,
} from '../../../src/calls/outbound-machine.ts';
import { everyPath, type Path } from '../../../src/shared/machine.ts';

type Way = Path<OutboundState, OutboundEvent, OutboundOrder>;

const SAMPLES: OutboundEvent[] = [
  { kind: 'dialAsked' },
  { kind: 'mediaOffered', sdp: 'v=0' },
  { kind: 'mediaRefused', code: 'media.noPorts' },
  { kind: 'ringing' },
  { kind: 'answered', sdp: 'v=0' },
  { kind: 'refused', status: 486, reason: 'Busy Here' },
  { kind: 'answerTaken' },
  { kind: 'answerBad', code: 'sdp.invalid' },
  { kind: 'ringTimeOver' },
  { kind: 'farEnded', by: 'far', reason: 'far end hung up' },
  { kind: 'hangUpAsked', reason: 'caller hung up' },
  { kind: 'mediaLost' },
];

/** Each group happens at most once to one leg: an order has one answer, an INVITE one final answer. */
const ONCE: Record<string, string> = {
  dialAsked: 'dial',
  mediaOffered: 'offer',
  mediaRefused: 'offer',
  answered: 'final',
  refused: 'final',
  answerTaken: 'answer',
  answerBad: 'answer',
  farEnded: 'bye',
  ringTimeOver: 'time',
  mediaLost: 'media',
};

function* realPaths(): Generator<Way> {
  for (const path of everyPath(outboundMachine, { kind: 'new' }, SAMPLES, 8)) {
    const groups = path.events.map(({ kind }) => ONCE[kind]).filter((group) => group !== undefined);
    if (new Set(groups).size === groups.length) yield path;
  }
}

const count = (path: Way, what: OutboundOrder['do']): number =>
  path.effects.filter((order) => order.do === what).length;
const has = (path: Way, kind: OutboundEvent['kind']): boolean => path.events.some((event) => event.kind === kind);
const isEnded = (path: Way): boolean => path.states.at(-1)?.kind === 'ended';
const name = (path: Way): string => path.events.map(({ kind }) => kind).join(' > ');

test('[C43] on every path the end is told exactly once, and a leg that has ended stays so', () => {
  let paths = 0;
  for (const path of realPaths()) {
    paths += 1;
    expect(count(path, 'tellEnded'), name(path)).toBe(isEnded(path) ? 1 : 0);
    const first = path.states.findIndex(({ kind }) => kind === 'ended');
    if (first >= 0) expect(path.states.slice(first).every(({ kind }) => kind === 'ended')).toBe(true);
    expect(count(path, 'tellAnswered'), name(path)).toBeLessThanOrEqual(1);
    expect(count(path, 'tellRinging'), name(path)).toBeLessThanOrEqual(1);
    expect(count(path, 'invite'), name(path)).toBeLessThanOrEqual(1);
  }
  expect(paths).toBeGreaterThan(60);
});

test('[C43] an endpoint that was opened is closed on every path that ends, unless it was lost itself', () => {
  for (const path of realPaths()) {
    if (!isEnded(path) || !has(path, 'mediaOffered') || has(path, 'mediaLost')) continue;
    expect(count(path, 'closeMedia'), name(path)).toBeGreaterThan(0);
  }
});

test('[C43] [C44] an INVITE without a final answer is taken back, and an answer that crosses that is hung up', () => {
  let crossed = 0;
  for (const path of realPaths()) {
    if (!isEnded(path) || count(path, 'invite') === 0) continue;
    const isSettled = count(path, 'cancel') > 0 || has(path, 'refused') || has(path, 'answered');
    expect(isSettled, name(path)).toBe(true);
    expect(count(path, 'cancel'), name(path)).toBeLessThanOrEqual(1);
    if (!has(path, 'answered')) continue;
    expect(count(path, 'hangUp') > 0 || has(path, 'farEnded'), name(path)).toBe(true);
    if (count(path, 'cancel') > 0) crossed += 1;
  }
  expect(crossed).toBeGreaterThan(0);
});

test('[C43] while nobody has ended it, a leg is left by time or by what it waits for', () => {
  for (const kind of ['opening', 'dialling'] as const) expect(outboundMachine[kind].ringTimeOver).toBeDefined();
  for (const row of ['opening', 'dialling', 'joining', 'talking'] as const) {
    expect(outboundMachine[row].hangUpAsked).toBeDefined();
    expect(outboundMachine[row].mediaLost).toBeDefined();
  }
});

test.each([
  [486, false, 'busy'],
  [600, false, 'busy'],
  [603, true, 'busy'],
  [480, false, 'noAnswer'],
  [487, true, 'noAnswer'],
  [408, true, 'noAnswer'],
  [408, false, 'failed'],
  [302, false, 'failed'],
  [403, false, 'failed'],
  [404, false, 'failed'],
  [407, false, 'failed'],
  [484, false, 'failed'],
  [488, false, 'failed'],
  [500, false, 'failed'],
  [503, true, 'failed'],
])('[C45] %i, after ringing: %s, means %s', (status, rang, outcome) => {
  expect(refusalMeans(status, rang)).toBe(outcome);
});
