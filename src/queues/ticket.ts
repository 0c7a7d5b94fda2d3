import type { AgentFloor, DeskOffer } from '../agents/floor.ts';
import type { QueueListener, QueuePlace, Waiter } from '../calls/queue-port.ts';
import type { Talk } from '../calls/talk.ts';
import type { CallerStory } from '../protocol/desk.ts';
import { ParleyError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { step } from '../shared/machine.ts';
import type { Clock } from '../shared/time.ts';
import type { ClaimStore } from './claim-store.ts';
import type { Waiting } from './matching.ts';
import type { QueueSettings } from './queue-settings.ts';
import {
  type Asked,
  type WaitingEvent,
  type WaitingOrder,
  type WaitingState,
  waitingMachine,
} from './waiting-machine.ts';

/** What somebody hears until they are joined with an agent. */
export interface WaitingSound {
  /** Begins; does nothing while it is on. */
  start(): void;
  /** Somebody is about to be joined with them. */
  settle(): void;
  stop(): void;
}

export interface TicketDeps {
  /** A transfer stands in no queue. */
  kind: 'queue' | 'transfer' | 'callback';
  caller: Waiter;
  listener: QueueListener;
  settings: Pick<QueueSettings, 'queue' | 'ringMs' | 'wrapUpMs' | 'missesAllowed'>;
  /** The longest wait, in ms. */
  maxWaitMs: number;
  priority: number;
  /** When the wait began, when that was before now. UTC ms. */
  since?: number | undefined;
  skills: readonly string[];
  audio: WaitingSound;
  floor: AgentFloor;
  claims: ClaimStore;
  /** Asks for a round of matching. */
  look(): void;
  /** An agent has answered. */
  answered(): void;
  /** The caller has left for good. */
  gone(ticket: Ticket): void;
  clock: Clock;
  log: Logger;
}

/** How long a claim holds without being prolonged, in ms: longer than a ring, shorter than patience. */
const LEASE_MS = 60_000;
const PROLONG_EVERY_MS = 20_000;
/** How long an agent who did not take a call is not asked for it again, in ms. */
const NOT_AGAIN_MS = 30_000;
/** Pause before another try when the store of claims refused or did not answer, in ms. */
const CLAIM_AGAIN_MS = 1_000;

/** One caller's place in a queue: drives the table of `waiting-machine.ts`. */
export class Ticket implements QueuePlace {
  readonly since: number;
  readonly #deps: TicketDeps;
  readonly #notAgain = new Map<string, number>();
  #state: WaitingState = { kind: 'waiting' };
  /** The latest offer; what is released or undone is always this one. */
  #asked: Asked | undefined;
  #reason = '';
  #talk: Talk | undefined;
  #accepting: { resolve: (talk: Talk) => void; reject: (error: ParleyError) => void } | undefined;
  #leftBy: 'caller' | 'system' = 'caller';
  #cancelRing: () => void = () => {};
  #cancelLease: () => void = () => {};
  #cancelWait: () => void = () => {};
  #cancelLook: () => void = () => {};

  constructor(deps: TicketDeps) {
    this.#deps = deps;
    this.since = deps.since ?? deps.clock.now();
  }

  /** Begins the wait. */
  begin(): void {
    const { audio, clock, maxWaitMs } = this.#deps;
    this.#writeEntered();
    this.#cancelWait = clock.after(maxWaitMs, () => this.#take({ kind: 'waitedTooLong' }));
    audio.start();
  }

  get kind(): TicketDeps['kind'] {
    return this.#deps.kind;
  }

  get queue(): string {
    return this.#deps.settings.queue;
  }

  get callId(): string {
    return this.#deps.caller.callId;
  }

  /** Whether an agent could be offered to this caller now. */
  get isWaiting(): boolean {
    return this.#state.kind === 'waiting';
  }

  /** Whether the caller has no agent yet. */
  get isInLine(): boolean {
    return this.#state.kind !== 'talking' && this.#state.kind !== 'left';
  }

  get #isInQueue(): boolean {
    return this.#deps.kind !== 'transfer';
  }

  /** The queue, for facts and desks. */
  get #queueWord(): { queue?: string } {
    return this.#isInQueue ? { queue: this.queue } : {};
  }

  #writeEntered(): void {
    if (this.#isInQueue) this.#deps.caller.write({ type: 'queueEntered', queue: this.queue });
  }

  /** As matching sees it. */
  view(): Waiting {
    const { priority, skills } = this.#deps;
    const { callId, queue, since } = this;
    return { callId, queue, since, priority, skills, notAgain: this.#notAgain };
  }

  /** Matching chose this agent. */
  offer(agentId: string, reason: string): void {
    this.#reason = reason;
    this.#take({ kind: 'chosen', offerId: newId('offer', this.#deps.clock.now()), agentId });
  }

  /** Nobody is on duty. */
  deserted(): void {
    this.#take({ kind: 'deserted' });
  }

  leave(by: 'caller' | 'system'): void {
    this.#leftBy = by;
    this.#take({ kind: 'callerLeft' });
  }

  #take(event: WaitingEvent): void {
    const before = this.#state.kind;
    const move = step(waitingMachine, this.#state, event);
    this.#deps.log.debug({ callId: this.callId, state: before, event: event.kind, moved: move.moved }, 'waiting');
    if (!move.moved) return;
    this.#state = move.state;
    if ('offerId' in move.state) this.#asked = { offerId: move.state.offerId, agentId: move.state.agentId };
    for (const order of move.effects) this.#obey(order);
    this.#settle();
  }

  /** What follows from the new state alone. */
  #settle(): void {
    const { kind } = this.#state;
    if (kind !== 'offered') this.#cancelRing();
    if (kind === 'waiting') this.#deps.audio.start();
    if (kind === 'connecting') this.#deps.audio.settle();
    if (kind === 'talking') this.#deps.audio.stop();
    if (kind !== 'left') return;
    this.#cancelWait();
    this.#cancelLook();
    this.#deps.audio.stop();
    this.#refuseAccepting();
    this.#deps.gone(this);
  }

  #obey(order: WaitingOrder): void {
    const { caller, floor, listener, clock, settings } = this.#deps;
    const asked = this.#asked;
    switch (order.do) {
      case 'claim':
        if (asked) void this.#claim(asked);
        return;
      case 'release':
        if (asked) this.#release(asked);
        return;
      case 'ring':
        if (asked) this.#ring(asked);
        return;
      case 'stopRinging':
        if (asked) floor.stopRinging(asked.agentId, asked.offerId, order.why);
        return;
      case 'connect':
        // `accept` does it: it alone knows the agent's endpoint.
        return;
      case 'dropTalk':
        this.#dropTalk();
        return;
      case 'passOver':
        if (asked) this.#notAgain.set(asked.agentId, clock.now() + NOT_AGAIN_MS);
        this.#lookIn(NOT_AGAIN_MS);
        return;
      case 'endOffer':
        if (asked) caller.write({ type: 'offerEnded', offerId: asked.offerId, outcome: order.outcome });
        return;
      case 'endWait':
        this.#cancelWait();
        if (this.#isInQueue) caller.write({ type: 'queueLeft', queue: settings.queue, outcome: order.outcome });
        return;
      case 'tellAnswered':
        this.#deps.answered();
        listener.answered();
        return;
      case 'tellEnded':
        listener.ended(order.outcome);
        return;
      case 'waitAgain':
        this.#waitAgain();
        return;
      case 'lookForAgent':
        this.#deps.look();
        return;
    }
  }

  async #claim({ offerId, agentId }: Asked): Promise<void> {
    const { claims, log } = this.#deps;
    try {
      const outcome = await claims.claim({ claimId: offerId, callId: this.callId, agentId }, LEASE_MS);
      if (outcome === 'claimed') {
        this.#keepLease(offerId);
        this.#take({ kind: 'claimed' });
        return;
      }
      log.info({ callId: this.callId, agentId, outcome }, 'claim refused');
    } catch (error) {
      log.warn({ callId: this.callId, error: String(error) }, 'the store of claims does not answer');
    }
    this.#notAgain.set(agentId, this.#deps.clock.now() + CLAIM_AGAIN_MS);
    this.#lookIn(CLAIM_AGAIN_MS);
    this.#take({ kind: 'claimRefused' });
  }

  #keepLease(claimId: string): void {
    this.#cancelLease();
    this.#cancelLease = this.#deps.clock.after(PROLONG_EVERY_MS, () => {
      this.#keepLease(claimId);
      this.#deps.claims.prolong(claimId, LEASE_MS).catch((error: unknown) => {
        this.#deps.log.warn({ callId: this.callId, error: String(error) }, 'claim was not prolonged');
      });
    });
  }

  #release({ offerId }: Asked): void {
    this.#cancelLease();
    this.#deps.claims.release(offerId).catch((error: unknown) => {
      // The lease ends by itself.
      this.#deps.log.warn({ callId: this.callId, error: String(error) }, 'claim was not released');
    });
  }

  #ring(asked: Asked): void {
    const { floor, clock, settings, caller } = this.#deps;
    const ringsUntil = clock.now() + settings.ringMs;
    if (!floor.ring(asked.agentId, this.#deskOffer(asked, ringsUntil))) {
      this.#take({ kind: 'notRung' });
      return;
    }
    caller.write({ type: 'offerMade', ...asked, ...this.#queueWord, reason: this.#reason });
    this.#cancelRing = clock.after(settings.ringMs, () => this.#take({ kind: 'rangOut' }));
  }

  #deskOffer({ offerId }: Asked, ringsUntil: number): DeskOffer {
    const { caller, settings } = this.#deps;
    const { wrapUpMs, missesAllowed } = settings;
    const isThis = (): boolean => this.#asked?.offerId === offerId;
    const take = (event: WaitingEvent): void => {
      if (isThis()) this.#take(event);
    };
    return {
      offerId,
      story: this.#story(),
      ringsUntil,
      wrapUpMs,
      missesAllowed,
      accept: (endpointId) => this.#accept(offerId, endpointId),
      decline: () => take({ kind: 'declined' }),
      lost: () => take({ kind: 'agentLost' }),
      vanished: () => take({ kind: 'agentVanished' }),
      ...(caller.giveUp && { giveUp: () => caller.giveUp?.() }),
    };
  }

  #story(): CallerStory {
    const { callId, callerNumber, callerName, calledNumber, path } = this.#deps.caller;
    const waitedMs = this.#deps.clock.now() - this.since;
    const { kind } = this.#deps;
    return {
      ...{ callId, callerNumber, ...(callerName && { callerName }), calledNumber },
      ...(kind !== 'queue' && { kind }),
      ...this.#queueWord,
      ...{ waitedMs, path },
    };
  }

  #accept(offerId: string, endpointId: string): Promise<Talk> {
    if (this.#state.kind !== 'offered' || this.#state.offerId !== offerId) {
      return Promise.reject(new ParleyError('agent.wrongState', {}, { text: 'The caller is gone' }));
    }
    const { agentId } = this.#state;
    return new Promise((resolve, reject) => {
      this.#accepting = { resolve, reject };
      this.#take({ kind: 'accepted' });
      this.#deps.caller.connect({ agentId, endpointId }).then(
        (talk) => this.#connected(talk),
        (error: unknown) => this.#connectFailed(error),
      );
    });
  }

  #connected(talk: Talk): void {
    this.#talk = talk;
    talk.onEnd(() => this.#take({ kind: 'talkEnded' }));
    this.#accepting?.resolve(talk);
    this.#accepting = undefined;
    this.#take({ kind: 'connected' });
  }

  #connectFailed(error: unknown): void {
    if (this.#state.kind === 'connecting')
      this.#deps.log.warn({ callId: this.callId, err: error }, 'caller and agent could not be joined');
    this.#refuseAccepting();
    this.#take({ kind: 'connectFailed' });
  }

  #refuseAccepting(): void {
    this.#accepting?.reject(new ParleyError('agent.wrongState', {}, { text: 'The caller is gone' }));
    this.#accepting = undefined;
  }

  #dropTalk(): void {
    const talk = this.#talk;
    this.#talk = undefined;
    const vanished = this.#state.kind === 'waiting';
    talk?.end(vanished ? 'system' : this.#leftBy, vanished ? 'agent line lost' : 'caller hung up');
  }

  /** The time of the first wait stays, so the caller stands in front of everyone who came later. */
  #waitAgain(): void {
    const { clock, maxWaitMs } = this.#deps;
    this.#writeEntered();
    this.#cancelWait = clock.after(maxWaitMs, () => this.#take({ kind: 'waitedTooLong' }));
  }

  #lookIn(ms: number): void {
    this.#cancelLook();
    this.#cancelLook = this.#deps.clock.after(ms, () => this.#deps.look());
  }
}
