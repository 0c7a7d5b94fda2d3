import { describe, expect, it } from 'vitest';
import { everyPath, step } from '../../../src/shared/machine.ts';
import {
  type ConnectionEvent,
  type ConnectionState,
  connectionMachine,
  LOGGED_OUT,
  TAKEN_OVER,
} from '../../../src/web/client/connection-machine.ts';

const EVENTS: ConnectionEvent[] = [
  { kind: 'startAsked' },
  { kind: 'opened' },
  { kind: 'dropped', code: 1006 },
  { kind: 'dropped', code: TAKEN_OVER },
  { kind: 'dropped', code: LOGGED_OUT },
  { kind: 'retryDue' },
  { kind: 'nudged' },
  { kind: 'fellSilent' },
  { kind: 'sessionHolds' },
  { kind: 'sessionGone' },
  { kind: 'sessionUnknown' },
  { kind: 'takeBackAsked' },
  { kind: 'stopAsked' },
];
const START: ConnectionState = { kind: 'idle' };

describe('the line of a page', () => {
  it('[D40] on every path there is at most one socket, one pause and one question under way', () => {
    for (const { events, effects } of everyPath(connectionMachine, START, EVENTS, 6)) {
      const told = events.map((event) => event.kind);
      const count = (name: string): number => effects.filter((effect) => effect.do === name).length;
      const ends = (...names: string[]): number => told.filter((name) => names.includes(name)).length;
      expect(count('openSocket') - ends('dropped') - count('closeSocket')).toBeOneOf([0, 1]);
      expect(count('bookRetry') - ends('retryDue') - count('cancelRetry')).toBeOneOf([0, 1]);
      const answers = ends('sessionHolds', 'sessionGone', 'sessionUnknown');
      // Stopping does not wait for an answer that is under way.
      expect(count('checkSession') - answers).toBeOneOf([0, 1]);
    }
  });

  it('[D41] asks never outlive the line they were sent on', () => {
    for (const { states, effects } of everyPath(connectionMachine, START, EVENTS, 6)) {
      const opened = states.filter((state) => state.kind === 'open').length;
      const isOpen = states.at(-1)?.kind === 'open' ? 1 : 0;
      expect(effects.filter((effect) => effect.do === 'failAsks')).toHaveLength(opened - isOpen);
    }
  });

  it('[D42] from every state the page can be stopped, and from every waiting state it finds back by itself', () => {
    for (const { states } of everyPath(connectionMachine, START, EVENTS, 5)) {
      const here = states.at(-1) ?? START;
      if (here.kind === 'closed') continue;
      expect(step(connectionMachine, here, { kind: 'stopAsked' }).state.kind).toBe('closed');
      if (here.kind !== 'waiting') continue;
      const back = [{ kind: 'retryDue' }, { kind: 'sessionHolds' }, { kind: 'opened' }] as const;
      expect(back.reduce<ConnectionState>((at, event) => step(connectionMachine, at, event).state, here).kind).toBe(
        'open',
      );
    }
  });

  it('[D43] a page that was taken over or logged out does not come back by itself', () => {
    for (const code of [TAKEN_OVER, LOGGED_OUT]) {
      const move = step(connectionMachine, { kind: 'open' }, { kind: 'dropped', code });
      for (const kind of ['retryDue', 'nudged', 'sessionHolds', 'opened'] as const) {
        expect(step(connectionMachine, move.state, { kind }).moved).toBe(false);
      }
    }
  });
});
