import { type FailureCode, failureCode } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import { step } from '../shared/machine.ts';
import type { Clock } from '../shared/time.ts';
import type { DialledLine, Dialler } from './dialler.ts';
import type { WriteFact } from './facts.ts';
import { dialledMedia, takeNewAnswer } from './leg-media.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';
import {
  type OutboundEnd,
  type OutboundEvent,
  type OutboundOrder,
  type OutboundState,
  outboundMachine,
} from './outbound-machine.ts';
import type { TrunkOut } from './trunk-out.ts';

/** What is told of a leg that we call: `ended` exactly once and last. */
export interface OutboundListener {
  ringing?(): void;
  /** Their audio flows. */
  answered(): void;
  digit?(digit: string): void;
  ended(how: OutboundEnd, reason: string): void;
}

export interface OutboundLegDeps {
  media: MediaPort;
  facts: MediaFacts;
  dialler: Dialler;
  clock: Clock;
  log: Logger;
}

/** Whom to call, and how. */
export interface OutboundWish {
  callId: string;
  number: string;
  callerId: string;
  /** How long it may take until the answer, in ms. */
  ringMs: number;
  /** Who they are in the call: another party for its caller, or the caller themselves. */
  role: 'party' | 'caller';
  write: WriteFact;
}

/** A leg that we call: joins signalling and media, and drives the table of `outbound-machine.ts`. */
export class OutboundLeg {
  readonly legId: string;
  readonly #deps: OutboundLegDeps;
  readonly #wish: OutboundWish & { out: TrunkOut };
  readonly #listener: OutboundListener;
  readonly #media: ReturnType<typeof dialledMedia>;
  readonly #unwatch: () => void;
  #line: DialledLine | undefined;
  #cancelRing: () => void = () => {};
  #state: OutboundState = { kind: 'new' };

  constructor(deps: OutboundLegDeps, wish: OutboundWish & { out: TrunkOut }, listener: OutboundListener) {
    this.#deps = deps;
    this.#wish = wish;
    this.#listener = listener;
    this.legId = newId('leg', deps.clock.now());
    this.#media = dialledMedia(deps.media, deps.log, { endpointId: this.legId, callId: wish.callId });
    this.#unwatch = deps.facts.watch(this.legId, (fact) => {
      if (fact.fact === 'endpointLost') this.#take({ kind: 'mediaLost' });
      else if (fact.fact === 'digit') this.#digit(fact.digit);
    });
  }

  get endpointId(): string {
    return this.#media.endpointId;
  }

  get isTalking(): boolean {
    return this.#state.kind === 'talking';
  }

  /** Calls; `answered` or `ended` follows within the ring time. */
  dial(): void {
    const { write, role, number, ringMs } = this.#wish;
    write({ type: 'legStarted', legId: this.legId, kind: 'carrier', role, number });
    this.#cancelRing = this.#deps.clock.after(ringMs, () => this.#take({ kind: 'ringTimeOver' }));
    this.#take({ kind: 'dialAsked' });
  }

  /** Ends the leg wherever it stands. */
  hangUp(reason: string): void {
    this.#take({ kind: 'hangUpAsked', reason });
  }

  #take(event: OutboundEvent): void {
    const before = this.#state.kind;
    const move = step(outboundMachine, this.#state, event);
    this.#deps.log.debug({ legId: this.legId, state: before, event: event.kind, moved: move.moved }, 'outbound leg');
    if (!move.moved) return;
    this.#state = move.state;
    for (const order of move.effects) this.#obey(order);
  }

  #obey(order: OutboundOrder): void {
    switch (order.do) {
      case 'openMedia':
        this.#media.offer().then(
          (sdp) => this.#take({ kind: 'mediaOffered', sdp }),
          (error: unknown) => this.#take({ kind: 'mediaRefused', code: this.#codeOf(error) }),
        );
        return;
      case 'closeMedia':
        this.#media.close();
        return;
      case 'invite':
        this.#invite(order.sdp);
        return;
      case 'cancel':
        this.#line?.cancel();
        return;
      case 'takeAnswer':
        this.#media.take(order.sdp).then(
          () => this.#take({ kind: 'answerTaken' }),
          (error: unknown) => this.#take({ kind: 'answerBad', code: this.#codeOf(error) }),
        );
        return;
      case 'hangUp':
        this.#line?.hangUp(order.reason);
        return;
      case 'tellRinging':
        this.#listener.ringing?.();
        return;
      case 'tellAnswered':
        this.#cancelRing();
        this.#wish.write({ type: 'legAnswered', legId: this.legId });
        this.#listener.answered();
        return;
      case 'tellEnded':
        this.#tellEnded();
        return;
    }
  }

  #invite(offer: string): void {
    const { out, number, callerId, write } = this.#wish;
    const { legId } = this;
    this.#line = this.#deps.dialler.dial(
      { out, number, callerId, offer },
      {
        sent: (sipCallId) => {
          if (this.#state.kind !== 'ended') write({ type: 'legDialogKnown', legId, sipCallId });
        },
        ringing: () => this.#take({ kind: 'ringing' }),
        answered: (dialogId, sdp) => {
          if (this.#state.kind === 'dialling') write({ type: 'legDialogKnown', legId, dialogId });
          this.#take({ kind: 'answered', sdp });
        },
        refused: (status, reason) => this.#take({ kind: 'refused', status, reason }),
        ended: (by, reason) => this.#take({ kind: 'farEnded', by, reason }),
        digit: (digit) => this.#digit(digit),
        reoffered: (sdp) => this.#media.reoffer(sdp),
        offerWanted: () => this.#media.offerAgain(),
        acknowledged: (sdp) => void takeNewAnswer(this.#media, sdp, write),
      },
    );
  }

  #tellEnded(): void {
    if (this.#state.kind !== 'ended') return;
    const { how, reason } = this.#state;
    this.#cancelRing();
    this.#unwatch();
    this.#deps.log.info({ legId: this.legId, how, reason }, 'outbound leg ended');
    this.#wish.write({ type: 'legEnded', legId: this.legId, reason });
    this.#listener.ended(how, reason);
  }

  #digit(digit: string): void {
    if (this.#state.kind === 'talking') this.#listener.digit?.(digit);
  }

  #codeOf(error: unknown): FailureCode {
    const code = failureCode(error);
    if (code === undefined) this.#deps.log.error({ err: error }, 'bug: the media of a call that we make failed');
    return code ?? 'media.badOrder';
  }
}
