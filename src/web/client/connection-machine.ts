import type { Machine } from '../../shared/machine.ts';

/** Where a page's line to the server stands. `attempt` counts the tries since it last stood, from 0. */
export type ConnectionState =
  | { kind: 'idle' }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'open' }
  /** Waits before the next try. */
  | { kind: 'waiting'; attempt: number }
  /** Asks over HTTP whether the session still holds, for a refused socket does not say why. */
  | { kind: 'checking'; attempt: number }
  /** Another page of this user has the desk. */
  | { kind: 'takenOver' }
  | { kind: 'loggedOut' }
  | { kind: 'closed' };

export type ConnectionEvent =
  | { kind: 'startAsked' }
  | { kind: 'opened' }
  | { kind: 'dropped'; code: number }
  | { kind: 'retryDue' }
  /** The network or the page came back: no need to wait longer. */
  | { kind: 'nudged' }
  /** No beat for too long: the line is dead although nobody said so. */
  | { kind: 'fellSilent' }
  | { kind: 'sessionHolds' }
  | { kind: 'sessionGone' }
  | { kind: 'sessionUnknown' }
  | { kind: 'takeBackAsked' }
  | { kind: 'stopAsked' };

export type ConnectionEffect =
  | { do: 'openSocket' }
  | { do: 'closeSocket' }
  | { do: 'checkSession' }
  | { do: 'bookRetry'; attempt: number }
  | { do: 'cancelRetry' }
  | { do: 'watchSilence' }
  /** Asks still unanswered fail: whether they were carried out is not known. */
  | { do: 'failAsks' };

/** Close codes of `agents/desk-service.ts`. */
export const TAKEN_OVER = 4001;
export const LOGGED_OUT = 4003;

type Next = readonly [ConnectionState, ...ConnectionEffect[]];

const connect = (attempt: number): Next => [{ kind: 'connecting', attempt }, { do: 'openSocket' }];
const retry = (attempt: number, ...first: ConnectionEffect[]): Next => [
  { kind: 'waiting', attempt },
  ...first,
  { do: 'bookRetry', attempt },
];
const check = (attempt: number, ...first: ConnectionEffect[]): Next => [
  { kind: 'checking', attempt },
  ...first,
  { do: 'checkSession' },
];

function dropped(code: number, attempt: number, ...first: ConnectionEffect[]): Next {
  if (code === TAKEN_OVER) return [{ kind: 'takenOver' }, ...first];
  if (code === LOGGED_OUT) return [{ kind: 'loggedOut' }, ...first];
  return retry(attempt, ...first);
}

export const connectionMachine: Machine<ConnectionState, ConnectionEvent, ConnectionEffect> = {
  idle: {
    startAsked: () => connect(0),
    stopAsked: () => [{ kind: 'closed' }],
  },
  connecting: {
    opened: () => [{ kind: 'open' }, { do: 'watchSilence' }],
    dropped: (state, event) => dropped(event.code, state.attempt + 1),
    stopAsked: () => [{ kind: 'closed' }, { do: 'closeSocket' }],
  },
  open: {
    dropped: (_, event) => dropped(event.code, 0, { do: 'failAsks' }),
    fellSilent: () => retry(0, { do: 'closeSocket' }, { do: 'failAsks' }),
    stopAsked: () => [{ kind: 'closed' }, { do: 'closeSocket' }, { do: 'failAsks' }],
  },
  waiting: {
    retryDue: (state) => check(state.attempt),
    nudged: (state) => check(state.attempt, { do: 'cancelRetry' }),
    stopAsked: () => [{ kind: 'closed' }, { do: 'cancelRetry' }],
  },
  checking: {
    sessionHolds: (state) => connect(state.attempt),
    sessionGone: () => [{ kind: 'loggedOut' }],
    sessionUnknown: (state) => retry(state.attempt + 1),
    stopAsked: () => [{ kind: 'closed' }],
  },
  takenOver: {
    takeBackAsked: () => connect(0),
    stopAsked: () => [{ kind: 'closed' }],
  },
  loggedOut: {
    stopAsked: () => [{ kind: 'closed' }],
  },
  closed: {},
};
