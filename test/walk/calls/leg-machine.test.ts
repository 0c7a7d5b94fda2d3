import { expect, test } from 'vitest';
import { type LegEvent, type LegOrder, type LegState, legMachine } from '../../../src/calls/leg-machine.ts';
import { everyPath, type Path } from '../../../src/shared/machine.ts';

const SAMPLES: LegEvent[] = [
  { kind: 'openAsked' },
  { kind: 'mediaOpened', sdp: 'v=0 answer', offers: false },
  { kind: 'mediaOpened', sdp: 'v=0 offer', offers: true },
  { kind: 'mediaRefused', code: 'media.noPorts' },
  { kind: 'answerSent' },
  { kind: 'answerFailed', reason: 'lost' },
  { kind: 'acknowledged', sdp: '' },
  { kind: 'acknowledged', sdp: 'v=0 their answer' },
  { kind: 'answerTaken' },
  { kind: 'answerBad', code: 'sdp.invalid' },
  { kind: 'cancelled' },
  { kind: 'farEnded', by: 'caller', reason: 'caller hung up' },
  { kind: 'hangUpAsked', by: 'system', reason: 'the flow ended' },
  { kind: 'mediaLost' },
];

/** Each of these happens at most once to one leg; the others may come again. */
const ONCE = new Set([
  ...['openAsked', 'mediaOpened', 'mediaRefused', 'answerSent', 'answerFailed'],
  ...['acknowledged', 'answerTaken', 'answerBad'],
]);

function* realPaths(): Generator<Path<LegState, LegEvent, LegOrder>> {
  for (const path of everyPath(legMachine, { kind: 'offered' }, SAMPLES, 7)) {
    const kinds = path.events.map(({ kind }) => kind).filter((kind) => ONCE.has(kind));
    if (new Set(kinds).size === kinds.length) yield path;
  }
}

const count = (path: Path<LegState, LegEvent, LegOrder>, what: LegOrder['do']): number =>
  path.effects.filter((order) => order.do === what).length;
const has = (path: Path<LegState, LegEvent, LegOrder>, kind: LegEvent['kind']): boolean =>
  path.events.some((event) => event.kind === kind);

test('[C10] on every path the end is told exactly once, and a leg that has ended stays so', () => {
  let paths = 0;
  for (const path of realPaths()) {
    paths += 1;
    const isEnded = path.states.at(-1)?.kind === 'ended';
    expect(count(path, 'tellEnded'), name(path)).toBe(isEnded ? 1 : 0);
    const first = path.states.findIndex(({ kind }) => kind === 'ended');
    if (first >= 0) expect(path.states.slice(first).every(({ kind }) => kind === 'ended')).toBe(true);
  }
  expect(paths).toBeGreaterThan(30);
});

test('[C10] an endpoint that opened is closed on every path that ends, unless it was lost itself', () => {
  for (const path of realPaths()) {
    if (path.states.at(-1)?.kind !== 'ended') continue;
    if (!has(path, 'mediaOpened') || has(path, 'mediaLost')) continue;
    expect(count(path, 'closeMedia'), name(path)).toBeGreaterThan(0);
  }
});

test('[C10] [C12] a dialog that came about is hung up by us or was ended by the far end', () => {
  for (const path of realPaths()) {
    if (path.states.at(-1)?.kind !== 'ended' || !has(path, 'answerSent')) continue;
    expect(count(path, 'hangUp') > 0 || has(path, 'farEnded'), name(path)).toBe(true);
  }
});

test('[C11] nobody is answered or refused after giving up', () => {
  for (const path of realPaths()) {
    const ended = path.states.findIndex(({ kind }) => kind === 'ended');
    if (ended < 0 || path.events[ended - 1]?.kind !== 'cancelled') continue;
    expect(count(path, 'refuse'), name(path)).toBe(0);
    const state = path.states.at(-1);
    expect(state?.kind === 'ended' && state.by).toBe('caller');
  }
});

test('[C10] a caller is refused only before an answer was sent, and at most once', () => {
  for (const path of realPaths()) {
    expect(count(path, 'refuse') + count(path, 'sendAnswer'), name(path)).toBeLessThanOrEqual(1);
    expect(count(path, 'tellTalking')).toBeLessThanOrEqual(1);
  }
});

test('[C70] [C71] a caller without an offer is answered by ours, and nobody talks before their answer is taken', () => {
  for (const path of realPaths()) {
    const late = path.events.some((event) => event.kind === 'mediaOpened' && event.offers);
    const talks = path.states.some(({ kind }) => kind === 'talking');
    expect(count(path, 'tellAnswered'), name(path)).toBeLessThanOrEqual(1);
    if (talks) expect(count(path, 'tellAnswered'), name(path)).toBe(1);
    if (!late) continue;
    expect(talks, name(path)).toBe(count(path, 'tellTalking') === 1);
    if (talks) expect(has(path, 'answerTaken'), name(path)).toBe(true);
  }
});

test('[C71] no answer in the ACK, or a bad one, hangs up and says why', () => {
  const at = legMachine.awaiting.acknowledged?.({ kind: 'awaiting' }, { kind: 'acknowledged', sdp: '' });
  expect(at).toEqual([
    { kind: 'ended', by: 'system', reason: 'no answer in the ACK' },
    { do: 'hangUp', reason: 'no answer in the ACK' },
    { do: 'tellEnded' },
    { do: 'closeMedia' },
  ]);
  for (const path of realPaths()) {
    if (path.events.at(-1)?.kind !== 'answerBad') continue;
    expect(path.states.at(-1), name(path)).toMatchObject({ kind: 'ended', by: 'system', reason: 'sdp.invalid' });
    expect([count(path, 'hangUp'), count(path, 'closeMedia')], name(path)).toEqual([1, 1]);
  }
});

function name(path: Path<LegState, LegEvent, LegOrder>): string {
  return path.events.map(({ kind }) => kind).join(' > ');
}
