import { expect, test } from 'vitest';
import { type AgentEvent, type AgentOrder, type AgentState, agentMachine } from '../../../src/agents/agent-machine.ts';
import { everyPath, type Path, step } from '../../../src/shared/machine.ts';

const SAMPLES: AgentEvent[] = [
  { kind: 'pageOpened', hasAudio: true },
  { kind: 'pageOpened', hasAudio: false },
  { kind: 'pageLost' },
  { kind: 'audioUp' },
  { kind: 'audioLost' },
  { kind: 'availableAsked' },
  { kind: 'breakAsked', reason: 'lunch' },
  { kind: 'rung' },
  { kind: 'answerAsked' },
  { kind: 'declineAsked' },
  { kind: 'callerLeft', reachable: true },
  { kind: 'callerLeft', reachable: false },
  { kind: 'rangOut', reachable: true, tooOften: false },
  { kind: 'rangOut', reachable: true, tooOften: true },
  { kind: 'joined' },
  { kind: 'joinFailed', reachable: true },
  { kind: 'talkEnded' },
  { kind: 'wrapUpOver', reachable: true },
  { kind: 'graceOver', hasPage: false },
  { kind: 'graceOver', hasPage: true },
];

type Walk = Path<AgentState, AgentEvent, AgentOrder>;
const walks = (depth: number): Iterable<Walk> => everyPath(agentMachine, { kind: 'offline' }, SAMPLES, depth);
const take = (state: AgentState, event: AgentEvent) => step(agentMachine, state, event);

test('[A1] a desk rings only for someone who is available, and whoever logs in is on a break', () => {
  for (const kind of Object.keys(agentMachine) as AgentState['kind'][]) {
    expect('rung' in agentMachine[kind], kind).toBe(kind === 'available');
  }
  expect(take({ kind: 'offline' }, { kind: 'pageOpened', hasAudio: true }).state).toEqual({ kind: 'onBreak' });
});

test('[A3] on every path a lost page, a lost line and wrap-up have a clock that runs', () => {
  for (const path of walks(6)) {
    const { kind } = path.states.at(-1) ?? { kind: 'offline' };
    if (kind === 'unreachable') expect(clock(path, 'startGrace', 'stopGrace'), name(path)).toBe(true);
    if (kind === 'wrappingUp') expect(clock(path, 'startWrapUp', 'stopWrapUp'), name(path)).toBe(true);
    // A clock of grace that goes on ticking may end an agent's next call. One that has rung ticks no more.
    const hasRung = path.events.some((event) => event.kind === 'graceOver');
    if (!hasRung && (kind === 'available' || kind === 'onBreak'))
      expect(clock(path, 'startGrace', 'stopGrace'), name(path)).toBe(false);
  }
});

test('[A3] every ring of a desk is answered, declined, lost or withdrawn', () => {
  for (const path of walks(6)) {
    const rings = path.events.filter(({ kind }) => kind === 'rung').length;
    const withdrawn = path.events.filter(
      ({ kind }, index) => (kind === 'callerLeft' || kind === 'rangOut') && path.states[index]?.kind === 'offered',
    ).length;
    const ended = path.effects.filter((o) => o === 'acceptOffer' || o === 'declineOffer' || o === 'loseOffer').length;
    const isRinging = path.states.at(-1)?.kind === 'offered' ? 1 : 0;
    expect(ended + withdrawn + isRinging, name(path)).toBe(rings);
  }
});

test('[A4] a break asked for in a call begins after wrap-up, unless it is taken back', () => {
  const talking = take({ kind: 'talking', next: 'available' }, { kind: 'breakAsked', reason: 'lunch' }).state;
  const wrapping = take(talking, { kind: 'talkEnded' }).state;
  expect(take(wrapping, { kind: 'wrapUpOver', reachable: true }).state).toEqual({ kind: 'onBreak', reason: 'lunch' });
  const back = take(talking, { kind: 'availableAsked' }).state;
  expect(take(take(back, { kind: 'talkEnded' }).state, { kind: 'wrapUpOver', reachable: true }).state).toEqual({
    kind: 'available',
  });
});

test('[A4] a break asked for while the desk rings declines the call', () => {
  expect(take({ kind: 'offered' }, { kind: 'breakAsked' })).toMatchObject({
    state: { kind: 'onBreak' },
    effects: ['stopGrace', 'declineOffer'],
  });
});

test('[A12] [A6] someone out of reach is not offered the next call', () => {
  for (const event of [
    { kind: 'callerLeft', reachable: false },
    { kind: 'rangOut', reachable: false, tooOften: false },
  ] as const) {
    expect(take({ kind: 'offered' }, event).state.kind).toBe('unreachable');
  }
  expect(take({ kind: 'wrappingUp', next: 'available' }, { kind: 'wrapUpOver', reachable: false }).state.kind).toBe(
    'unreachable',
  );
  expect(take({ kind: 'unreachable', was: 'available' }, { kind: 'graceOver', hasPage: false }).state.kind).toBe(
    'offline',
  );
});

test('[A22] a lost line in a talk mutes it and vanishes after the grace', () => {
  expect(take({ kind: 'talking', next: 'available' }, { kind: 'audioLost' }).effects).toEqual([
    'muteLine',
    'startGrace',
  ]);
  expect(take({ kind: 'talking', next: 'available' }, { kind: 'audioUp' }).effects).toEqual([
    'stopGrace',
    'restoreLine',
  ]);
  expect(take({ kind: 'talking', next: 'available' }, { kind: 'graceOver', hasPage: true }).effects).toContain(
    'vanish',
  );
});

function clock(path: Walk, start: AgentOrder, stop: AgentOrder): boolean {
  const last = path.effects.findLast((order) => order === start || order === stop);
  return last === start;
}

function name(path: Walk): string {
  return path.events.map((event) => JSON.stringify(event)).join(' > ');
}
