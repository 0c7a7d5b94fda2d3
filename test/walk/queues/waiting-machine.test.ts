import { expect, test } from 'vitest';
import {
  type WaitingEvent,
  type WaitingOrder,
  type WaitingState,
  waitingMachine,
} from '../../../src/queues/waiting-machine.ts';
import { everyPath, type Path } from '../../../src/shared/machine.ts';

const SAMPLES: WaitingEvent[] = [
  { kind: 'chosen', offerId: 'offer-1', agentId: 'amy' },
  { kind: 'claimed' },
  { kind: 'claimRefused' },
  { kind: 'notRung' },
  { kind: 'accepted' },
  { kind: 'declined' },
  { kind: 'rangOut' },
  { kind: 'agentLost' },
  { kind: 'connected' },
  { kind: 'connectFailed' },
  { kind: 'callerLeft' },
  { kind: 'waitedTooLong' },
  { kind: 'deserted' },
  { kind: 'talkEnded' },
  { kind: 'agentVanished' },
];

type Walk = Path<WaitingState, WaitingEvent, WaitingOrder>;

const count = (path: Walk, matches: (order: WaitingOrder) => boolean): number => path.effects.filter(matches).length;
const events = (path: Walk, kind: WaitingEvent['kind']): number =>
  path.events.filter((event) => event.kind === kind).length;

/** Answers to what was ordered come once for each order; a path in which they come oftener cannot happen. */
function canHappen(path: Walk): boolean {
  const claims = count(path, (order) => order.do === 'claim');
  const connects = count(path, (order) => order.do === 'connect');
  return (
    events(path, 'claimed') + events(path, 'claimRefused') <= claims &&
    events(path, 'connected') + events(path, 'connectFailed') <= connects
  );
}

function* walks(): Generator<Walk> {
  for (const path of everyPath(waitingMachine, { kind: 'waiting' }, SAMPLES, 9)) if (canHappen(path)) yield path;
}

test('[Q12] [Q17] on every path the stay ends once, in words and for the flow', () => {
  let left = 0;
  for (const path of walks()) {
    const isLeft = path.states.at(-1)?.kind === 'left';
    if (isLeft) left += 1;
    const waits = 1 + count(path, (order) => order.do === 'waitAgain');
    const ended = count(path, (order) => order.do === 'endWait');
    const isWaiting = !isLeft && path.states.at(-1)?.kind !== 'talking';
    expect(ended, name(path)).toBe(isWaiting ? waits - 1 : waits);
    const told = count(path, (order) => order.do === 'tellEnded');
    expect(told, name(path)).toBe(isLeft && events(path, 'callerLeft') === 0 ? 1 : 0);
  }
  expect(left).toBeGreaterThan(100);
});

test('[Q17] every ring ends in exactly one outcome, unless the desk never rang', () => {
  for (const path of walks()) {
    const { kind } = path.states.at(-1) ?? { kind: 'waiting' };
    const rings = count(path, (order) => order.do === 'ring') - events(path, 'notRung');
    const open = kind === 'offered' || kind === 'connecting' ? 1 : 0;
    expect(
      count(path, (order) => order.do === 'endOffer'),
      name(path),
    ).toBe(rings - open);
  }
});

test('[Q11] [Q12] a claim that was taken is freed once the stay is over', () => {
  for (const path of walks()) {
    if (path.states.at(-1)?.kind !== 'left') continue;
    // A claim still on its way is answered later, and freed then: see the next test.
    expect(
      count(path, (order) => order.do === 'release'),
      name(path),
    ).toBeGreaterThanOrEqual(events(path, 'claimed'));
  }
});

test('[Q12] a claim or a talk that comes about after the caller has left is given back', () => {
  const after = (kind: 'claimed' | 'connected') => waitingMachine.left[kind]?.({ kind: 'left' }, { kind } as never);
  expect(after('claimed')?.slice(1)).toEqual([{ do: 'release' }]);
  expect(after('connected')?.slice(1)).toEqual([{ do: 'dropTalk' }, { do: 'release' }]);
});

test('[Q12] a talk ends with the stay, by the one who ends it or by us', () => {
  for (const path of walks()) {
    if (path.states.at(-1)?.kind !== 'left') continue;
    const ended =
      count(path, (order) => order.do === 'dropTalk') +
      count(path, (o) => o.do === 'tellEnded' && o.outcome === 'agentEnded');
    expect(ended, name(path)).toBe(events(path, 'connected'));
  }
});

function name(path: Walk): string {
  return path.events.map(({ kind }) => kind).join(' > ');
}
