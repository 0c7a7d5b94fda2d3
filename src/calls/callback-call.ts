import type { CallJournal, EndedBy } from '../reports/journal.ts';
import { failureCode, ParleyError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { Callback } from './callback-store.ts';
import { CallerAudio, type MakeAudio } from './caller-audio.ts';
import type { FactBody } from './facts.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';
import type { Outbound } from './outbound.ts';
import type { OutboundLeg } from './outbound-leg.ts';
import type { OutboundEnd } from './outbound-machine.ts';
import type { CallbackRules, QueuePlace, Waiter } from './queue-port.ts';
import type { Recordings } from './recordings.ts';
import { RINGBACK } from './ringback.ts';
import { type Partner, Talk } from './talk.ts';

export interface CallbackCallDeps {
  outbound: Outbound;
  media: MediaPort;
  facts: MediaFacts;
  recordings: Recordings;
  makeAudio: MakeAudio;
  holdMusic: () => Parameters<CallerAudio['loop']>[0];
  journal: CallJournal;
  clock: Clock;
  log: Logger;
}

export type TriedResult = 'busy' | 'noAnswer' | 'failed' | 'givenUp';

/** What a call back tells the one who keeps it. */
export interface CallbackCallEvents {
  /** Counts a try before it is made; false when somebody else makes it. */
  begin(attempt: number): Promise<boolean>;
  /** The first fact of the call is written: from now on it counts as a call that runs. */
  started(): void;
  /** They talk. */
  reached(): void;
  /** When the number is dialled again, if it is. UTC ms. */
  missed(attempt: number, result: TriedResult): number | undefined;
  /** The agent was gone in mid-talk, and the customer was let go. */
  cutOff(): void;
  /** Told once and last. `missed`, `reached` or neither came before. */
  over(): void;
}

/**
 * One stay of a callback in its queue, and the call that comes of it: an agent accepts, the number is dialled, the two are joined. It
 * is a call in the records from the first desk that rings; what was before, nobody would look for.
 */
export class CallbackCall implements Waiter {
  readonly callId: string;
  readonly callerNumber: string;
  readonly callerName?: string;
  readonly calledNumber: string;
  readonly path: Waiter['path'];
  readonly #deps: CallbackCallDeps;
  readonly #callback: Callback;
  readonly #rules: CallbackRules;
  readonly #events: CallbackCallEvents;
  readonly #log: Logger;
  /** Facts of before the call began; undefined once it has. */
  #held: FactBody[] | undefined = [];
  #place: QueuePlace | undefined;
  /** The customer's, while it is dialled and while they talk. */
  #leg: OutboundLeg | undefined;
  #talk: Talk | undefined;
  #audio: CallerAudio | undefined;
  #agentGaveUp = false;
  #isOver = false;

  constructor(deps: CallbackCallDeps, callback: Callback, rules: CallbackRules, events: CallbackCallEvents) {
    const { number, callerName, calledNumber, path } = callback;
    this.callId = newId('call', deps.clock.now());
    this.callerNumber = number;
    if (callerName !== undefined) this.callerName = callerName;
    this.calledNumber = calledNumber;
    this.path = [...path];
    this.#deps = deps;
    this.#callback = callback;
    this.#rules = rules;
    this.#events = events;
    this.#log = deps.log.child({ callId: this.callId, callbackId: callback.callbackId });
  }

  /** Whether it is only waiting: no desk has rung for it yet. */
  get isIdle(): boolean {
    return this.#held !== undefined;
  }

  /** Whether the number is being dialled, or they talk. */
  get isBusy(): boolean {
    return this.#leg !== undefined;
  }

  /** Its place in the queue, once it has one. */
  waitIn(place: QueuePlace): void {
    this.#place = place;
    if (this.#isOver) place.leave('system');
  }

  write = (fact: FactBody, at = this.#deps.clock.now()): void => {
    if (this.#held && fact.type !== 'offerMade') {
      this.#held.push(fact);
      return;
    }
    if (this.#held) this.#begin(this.#held);
    this.#deps.journal.write({ ...fact, callId: this.callId, at });
  };

  async connect(partner: Partner): Promise<Talk> {
    const attempt = this.#callback.attempts + 1;
    if (!(await this.#events.begin(attempt))) {
      this.#leave('system', 'called by another node');
      throw new ParleyError('agent.wrongState', {}, { text: 'This customer is being called already' });
    }
    if (this.#agentGaveUp) this.#missed(attempt, 'givenUp', 'agent gave up');
    if (this.#isOver) throw gone();
    const leg = await this.#dial(attempt, partner.endpointId);
    return await this.#join(leg, partner);
  }

  giveUp(): void {
    this.#agentGaveUp = true;
    this.#leg?.hangUp('agent gave up');
  }

  /** Ends it wherever it stands: from outside, or because it is no longer wanted. */
  end(by: EndedBy, reason: string): void {
    if (this.#isOver) return;
    if (this.#talk) this.#talk.end(by, reason);
    else if (this.#leg) this.#leg.hangUp(reason);
    else this.#leave(by, reason);
  }

  #begin(held: readonly FactBody[]): void {
    this.#held = undefined;
    const { callId, callerNumber, callerName, calledNumber } = this;
    const { callbackId, bookedIn, since } = this.#callback;
    const at = this.#deps.clock.now();
    const { journal } = this.#deps;
    journal.write({ type: 'callStarted', callId, at, callerNumber, ...(callerName && { callerName }), calledNumber });
    journal.write({ type: 'callbackBegun', callId, at, callbackId, bookedIn });
    // Their wait began long before this call did.
    for (const fact of held) journal.write({ ...fact, callId, at: Math.min(at, since) });
    this.#events.started();
  }

  /** Resolves with the leg once they answer. Until then the agent hears ringing. */
  #dial(attempt: number, agentEndpoint: string): Promise<OutboundLeg> {
    const { outbound } = this.#deps;
    const { callId, callerNumber: number, calledNumber, write } = this;
    return new Promise((resolve, reject) => {
      const playId = newId('play', this.#deps.clock.now());
      const wish = {
        callId,
        number,
        shownAs: calledNumber,
        ringMs: this.#rules.ringMs,
        role: 'caller' as const,
        write,
      };
      try {
        const leg = outbound.leg(wish, {
          answered: () => {
            this.#order({ order: 'endpoint.stopPlay', endpointId: agentEndpoint, playId });
            resolve(leg);
          },
          ended: (how, reason) => {
            this.#order({ order: 'endpoint.stopPlay', endpointId: agentEndpoint, playId });
            this.#legEnded(attempt, how, reason);
            reject(gone());
          },
        });
        this.#leg = leg;
        this.#order({
          ...{ order: 'endpoint.play', endpointId: agentEndpoint, playId, loop: true },
          items: [...RINGBACK],
        });
        leg.dial();
      } catch (error) {
        const code = failureCode(error);
        if (code === undefined) this.#log.error({ err: error }, 'bug: a call back could not be dialled');
        this.#missed(attempt, 'failed', code ?? 'bug');
        reject(gone());
      }
    });
  }

  async #join(leg: OutboundLeg, partner: Partner): Promise<Talk> {
    const { media, facts, makeAudio, recordings, holdMusic, clock } = this.#deps;
    const { callId, write } = this;
    const audio = new CallerAudio(
      { media, facts, make: makeAudio, log: this.#log },
      { endpointId: leg.endpointId, callId },
    );
    this.#audio = audio;
    const recording = { kind: this.#callback.mayRecord ? ('own' as const) : ('none' as const) };
    try {
      const talk = await Talk.start(
        {
          callId,
          callerKind: 'carrier',
          audio,
          holdMusic,
          media,
          facts,
          recording,
          recordings,
          write,
          clock,
          log: this.#log,
        },
        partner,
      );
      if (!leg.isTalking) {
        talk.end('caller', 'caller hung up');
        throw gone();
      }
      this.#talk = talk;
      this.#events.reached();
      this.write({
        ...{ type: 'callbackTried', callbackId: this.#callback.callbackId },
        ...{ attempt: this.#callback.attempts + 1, result: 'reached' },
      });
      talk.onEnd((by) => this.#talkEnded(leg, by));
      return talk;
    } catch (error) {
      leg.hangUp('could not be joined');
      throw error;
    }
  }

  #legEnded(attempt: number, how: OutboundEnd, reason: string): void {
    if (this.#talk) {
      this.#talk.end(how === 'hungUp' ? 'caller' : 'system', how === 'hungUp' ? 'caller hung up' : reason);
      return;
    }
    if (how === 'left') this.#missed(attempt, this.#agentGaveUp ? 'givenUp' : 'failed', reason);
    else this.#missed(attempt, how === 'hungUp' ? 'noAnswer' : how, reason);
  }

  #missed(attempt: number, result: TriedResult, reason: string): void {
    if (this.#isOver) return;
    const againAt = this.#events.missed(attempt, result);
    const { callbackId } = this.#callback;
    this.#leave(result === 'givenUp' ? 'agent' : 'system', reason, () => {
      const again = againAt === undefined ? {} : { againAt };
      this.write({ type: 'callbackTried', callbackId, attempt, result, ...again });
    });
  }

  #talkEnded(leg: OutboundLeg, by: EndedBy): void {
    this.#audio?.close();
    leg.hangUp('the talk ended');
    // The ticket hears of the end after us, or is in the middle of telling us that the agent is gone.
    queueMicrotask(() => {
      if (this.#isOver) return;
      this.#isOver = true;
      this.#place?.leave('system');
      const reason = by === 'system' ? 'the talk was cut off' : `${by} hung up`;
      this.write({ type: 'callEnded', outcome: 'answered', endedBy: by, reason });
      if (by === 'system') this.#events.cutOff();
      this.#events.over();
    });
  }

  /** The end without a talk: the place is given up, and a call that had begun gets its last fact. */
  #leave(by: EndedBy, reason: string, before: () => void = () => {}): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#place?.leave('system');
    this.#audio?.close();
    if (!this.isIdle) {
      before();
      this.write({ type: 'callEnded', outcome: 'notReached', endedBy: by, reason });
    }
    this.#log.info({ reason }, 'a call back was not made');
    this.#events.over();
  }

  #order(order: Parameters<MediaPort['order']>[0]): void {
    this.#deps.media.order(order).catch((error: unknown) => {
      this.#log.debug({ error: String(error) }, 'order failed');
    });
  }
}

function gone(): ParleyError {
  return new ParleyError('call.unavailable', {}, { text: 'The customer was not reached' });
}
