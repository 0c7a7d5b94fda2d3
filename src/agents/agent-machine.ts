import type { Machine } from '../shared/machine.ts';

/** What an agent wants to be once the present call is over. */
type Wish = 'available' | 'onBreak';

/** `reason` is the agent's own word for a break. */
export type AgentState =
  | { kind: 'offline' }
  | { kind: 'onBreak'; reason?: string }
  | { kind: 'available' }
  /** The desk rings. `misses`: calls in a row that this agent let ring. */
  | { kind: 'offered' }
  /** The agent has answered; caller and agent are being joined. */
  | { kind: 'answering'; next: Wish; reason?: string }
  | { kind: 'talking'; next: Wish; reason?: string }
  | { kind: 'wrappingUp'; next: Wish; reason?: string }
  /** Logged in, but the page or its audio is gone; comes back as what it was. */
  | { kind: 'unreachable'; was: Wish; reason?: string };

export type AgentEvent =
  /** A page is connected. `hasAudio`: its audio stands. */
  | { kind: 'pageOpened'; hasAudio: boolean }
  | { kind: 'pageLost' }
  | { kind: 'audioUp' }
  | { kind: 'audioLost' }
  | { kind: 'availableAsked' }
  | { kind: 'breakAsked'; reason?: string }
  | { kind: 'rung' }
  | { kind: 'answerAsked' }
  | { kind: 'declineAsked' }
  /** `reachable`, here and below: page and audio are there. */
  | { kind: 'callerLeft'; reachable: boolean }
  /** The ring time is over. `tooOften`: that was one time too many. */
  | { kind: 'rangOut'; reachable: boolean; tooOften: boolean }
  | { kind: 'joined' }
  | { kind: 'joinFailed'; reachable: boolean }
  | { kind: 'talkEnded' }
  /** Wrap-up is finished or its time is over. */
  | { kind: 'wrapUpOver'; reachable: boolean }
  /** The time of grace is over. `hasPage`: the page is there, only its audio is not. */
  | { kind: 'graceOver'; hasPage: boolean };

export type AgentOrder =
  | 'declineOffer'
  | 'loseOffer'
  | 'acceptOffer'
  | 'muteLine'
  | 'restoreLine'
  | 'vanish'
  | 'startWrapUp'
  | 'stopWrapUp'
  | 'startGrace'
  | 'stopGrace';

type After = { next: Wish; reason?: string };

const reasoned = (reason: string | undefined): { reason?: string } => (reason === undefined ? {} : { reason });

function wished({ next, reason }: After): AgentState {
  return next === 'available' ? { kind: 'available' } : { kind: 'onBreak', ...reasoned(reason) };
}

/** Free again, or what the agent wished to be; someone who is out of reach is not offered the next call. */
function freed(after: After, reachable: boolean, ...orders: AgentOrder[]): readonly [AgentState, ...AgentOrder[]] {
  if (reachable || after.next === 'onBreak') return [wished(after), ...orders];
  return [{ kind: 'unreachable', was: 'available' }, ...orders, 'startGrace'];
}

function later<K extends 'answering' | 'talking'>(kind: K, reason: string | undefined) {
  return { kind, next: 'onBreak' as const, ...reasoned(reason) };
}

/**
 * An agent's presence. Calls are offered only to `available`. Every state that waits for something out of the agent's hands
 * is left by time: a ring by the queue's ring time, wrap-up by its own, a lost page or lost audio by the time of grace.
 */
export const agentMachine: Machine<AgentState, AgentEvent, AgentOrder> = {
  offline: {
    pageOpened: () => [{ kind: 'onBreak' }],
  },
  onBreak: {
    availableAsked: () => [{ kind: 'available' }],
    breakAsked: (_, { reason }) => [{ kind: 'onBreak', ...reasoned(reason) }],
    pageLost: (state) => [{ kind: 'unreachable', was: 'onBreak', ...reasoned(state.reason) }, 'startGrace'],
  },
  available: {
    breakAsked: (_, { reason }) => [{ kind: 'onBreak', ...reasoned(reason) }],
    rung: () => [{ kind: 'offered' }],
    pageLost: () => [{ kind: 'unreachable', was: 'available' }, 'startGrace'],
    audioLost: () => [{ kind: 'unreachable', was: 'available' }, 'startGrace'],
  },
  offered: {
    answerAsked: () => [{ kind: 'answering', next: 'available' }, 'stopGrace', 'acceptOffer'],
    declineAsked: () => [{ kind: 'available' }, 'stopGrace', 'declineOffer'],
    breakAsked: (_, { reason }) => [{ kind: 'onBreak', ...reasoned(reason) }, 'stopGrace', 'declineOffer'],
    callerLeft: (_, { reachable }) => freed({ next: 'available' }, reachable, 'stopGrace'),
    rangOut: (_, { tooOften, reachable }) =>
      tooOften
        ? [{ kind: 'onBreak', reason: 'calls were not answered' }, 'stopGrace']
        : freed({ next: 'available' }, reachable, 'stopGrace'),
    // A page that reloads is back within the ring time and finds its offer again.
    pageLost: (state) => [state, 'startGrace'],
    pageOpened: (state, { hasAudio }) => (hasAudio ? [state, 'stopGrace'] : [state]),
    audioLost: (state) => [state, 'startGrace'],
    audioUp: (state) => [state, 'stopGrace'],
    graceOver: () => [{ kind: 'unreachable', was: 'available' }, 'loseOffer', 'startGrace'],
  },
  answering: {
    joined: (state) => [{ ...state, kind: 'talking' }],
    joinFailed: (state, { reachable }) => freed(state, reachable),
    breakAsked: (_, { reason }) => [later('answering', reason)],
    availableAsked: () => [{ kind: 'answering', next: 'available' }],
  },
  talking: {
    talkEnded: (state) => [{ ...state, kind: 'wrappingUp' }, 'stopGrace', 'startWrapUp'],
    breakAsked: (_, { reason }) => [later('talking', reason)],
    availableAsked: () => [{ kind: 'talking', next: 'available' }],
    // Without the page the two still hear each other; without the audio the caller gets music and the agent some time.
    audioLost: (state) => [state, 'muteLine', 'startGrace'],
    audioUp: (state) => [state, 'stopGrace', 'restoreLine'],
    graceOver: (state) => [{ kind: 'unreachable', was: state.next, ...reasoned(state.reason) }, 'vanish', 'startGrace'],
  },
  wrappingUp: {
    wrapUpOver: (state, { reachable }) => freed(state, reachable, 'stopWrapUp'),
    availableAsked: () => [{ kind: 'available' }, 'stopWrapUp'],
    breakAsked: (_, { reason }) => [{ kind: 'onBreak', ...reasoned(reason) }, 'stopWrapUp'],
  },
  unreachable: {
    pageOpened: (state, { hasAudio }) =>
      hasAudio || state.was === 'onBreak'
        ? [wished({ next: state.was, ...reasoned(state.reason) }), 'stopGrace']
        : [state, 'startGrace'],
    audioUp: (state) => [wished({ next: state.was, ...reasoned(state.reason) }), 'stopGrace'],
    pageLost: (state) => [state, 'startGrace'],
    breakAsked: (_, { reason }) => [{ kind: 'onBreak', ...reasoned(reason) }, 'stopGrace'],
    graceOver: (_, { hasPage }) => (hasPage ? [{ kind: 'onBreak', reason: 'no audio' }] : [{ kind: 'offline' }]),
  },
};
