import type { AgentFloor } from '../agents/floor.ts';
import type { QueueCaller, QueuePlace } from '../calls/queue-port.ts';
import { RINGBACK } from '../calls/ringback.ts';
import type { TransferListener } from '../calls/transfer-port.ts';
import type { TransferOutcome } from '../flows/machine/types.ts';
import type { Presence } from '../protocol/desk.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { ClaimStore } from './claim-store.ts';
import { USUAL_DESK } from './queue-settings.ts';
import { Ticket, type WaitingSound } from './ticket.ts';
import type { OfferOutcome } from './waiting-machine.ts';

export interface RingAgentDeps {
  floor: AgentFloor;
  claims: ClaimStore;
  clock: Clock;
  log: Logger;
}

/** What becomes of a call for an agent who is not free; `available` ones are rung. */
const NOT_FREE: Record<Exclude<Presence, 'available'>, TransferOutcome> = {
  offline: 'failed',
  unreachable: 'failed',
  onBreak: 'busy',
  offered: 'busy',
  talking: 'busy',
  wrappingUp: 'busy',
};

/** What an offer that came to nothing means to the caller. */
const MISSED: Record<OfferOutcome, TransferOutcome> = {
  declined: 'busy',
  rangOut: 'noAnswer',
  agentLost: 'failed',
  answered: 'failed',
  callerLeft: 'failed',
};

/**
 * Rings one agent alone. It is a ticket like those of the queues, but one that no matching sees: it has its agent, and ends
 * where another would wait on.
 */
export function ringAgent(
  deps: RingAgentDeps,
  { agent, ringMs }: { agent: string; ringMs: number },
  caller: QueueCaller,
  listener: TransferListener,
): QueuePlace {
  const found = deps.floor.agents().find(({ name }) => name === agent);
  const presence = found?.presence ?? 'offline';
  if (!found || presence !== 'available') {
    deps.log.info({ callId: caller.callId, agent, presence }, 'an agent cannot be rung');
    listener.ended(presence === 'available' ? 'failed' : NOT_FREE[presence]);
    return { leave: () => {} };
  }
  // An agent who is taken by another call in the moment of the ring is busy.
  let outcome: TransferOutcome = 'busy';
  const ticket: Ticket = new Ticket({
    ...deps,
    kind: 'transfer',
    caller: {
      ...caller,
      write: (fact, at) => {
        if (fact.type === 'offerEnded') outcome = MISSED[fact.outcome];
        caller.write(fact, at);
      },
    },
    listener: {
      answered: () => listener.answered(),
      ended: (how) => listener.ended(how === 'agentEnded' ? 'ended' : outcome),
    },
    settings: { queue: '', ringMs, ...USUAL_DESK },
    // The ring has its own end; this is for a store of claims that does not answer.
    maxWaitMs: ringMs,
    priority: 0,
    skills: [],
    audio: ringback(caller.audio),
    // There is nobody else to look for.
    look: () => queueMicrotask(() => ticket.deserted()),
    answered: () => {},
    gone: () => {},
  });
  ticket.begin();
  ticket.offer(found.agentId, 'the flow asks for this agent');
  return ticket;
}

/** The tone that a caller hears until the agent is there, or nobody is. */
function ringback(audio: QueueCaller['audio']): WaitingSound {
  let state: 'new' | 'on' | 'over' = 'new';
  return {
    start: () => {
      if (state === 'new') audio.loop(RINGBACK);
      if (state === 'new') state = 'on';
    },
    settle: () => {},
    stop: () => {
      if (state === 'on') audio.stop();
      state = 'over';
    },
  };
}
