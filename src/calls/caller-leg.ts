import type { EndedBy } from '../reports/journal.ts';
import { type FailureCode, failureCode } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { step } from '../shared/machine.ts';
import type { WriteFact } from './facts.ts';
import { type LegEvent, type LegOrder, type LegState, legMachine } from './leg-machine.ts';
import { type LegMedia, takeNewAnswer } from './leg-media.ts';
import type { MediaFacts } from './media-port.ts';
import type { CallerSignalling } from './signalling.ts';

/** What the call hears from its caller's leg. */
export interface CallerLegListener {
  /** The call is answered. */
  answered(): void;
  /** Both can hear each other from now on. */
  talking(): void;
  digit(digit: string): void;
  ended(by: EndedBy, reason: string): void;
}

export interface CallerLegDeps {
  legId: string;
  signalling: CallerSignalling;
  media: LegMedia;
  facts: MediaFacts;
  write: WriteFact;
  log: Logger;
}

/** The caller's leg: joins signalling and media, and drives the table of `leg-machine.ts`. */
export class CallerLeg {
  readonly endpointId: string;
  readonly #deps: CallerLegDeps;
  readonly #listener: CallerLegListener;
  readonly #unwatch: () => void;
  #state: LegState = { kind: 'offered' };

  /** Takes the signalling over at once, so that nothing the caller does meanwhile is missed. */
  constructor(deps: CallerLegDeps, listener: CallerLegListener) {
    this.#deps = deps;
    this.#listener = listener;
    this.endpointId = deps.media.endpointId;
    deps.signalling.listen({
      answered: (dialogId) => this.#answered(dialogId),
      answerFailed: (reason) => this.#take({ kind: 'answerFailed', reason }),
      cancelled: () => this.#take({ kind: 'cancelled' }),
      ended: (by, reason) => this.#take({ kind: 'farEnded', by, reason }),
      digit: (digit) => this.#digit(digit),
      reoffered: (sdp) => deps.media.reoffer(sdp),
      offerWanted: () => deps.media.offerAgain(),
      acknowledged: (sdp) => this.#take({ kind: 'acknowledged', sdp }),
    });
    this.#unwatch = deps.facts.watch(this.endpointId, (fact) => {
      if (fact.fact === 'digit') this.#digit(fact.digit);
      else if (fact.fact === 'endpointLost') this.#take({ kind: 'mediaLost' });
      else if (fact.fact === 'quality') this.#noteQuality(fact);
    });
  }

  get state(): LegState['kind'] {
    return this.#state.kind;
  }

  /** Opens the media and answers the call; `talking` or `ended` follows. */
  open(): void {
    this.#take({ kind: 'openAsked' });
  }

  /** Lets the caller hear ringing; does nothing once the leg is past that. */
  ring(): void {
    if (this.#state.kind === 'offered') this.#deps.signalling.ring();
  }

  /** Ends the leg wherever it stands. Before the answer, `code` says what the caller is refused with. */
  hangUp(by: EndedBy, reason: string, code?: FailureCode): void {
    this.#take({ kind: 'hangUpAsked', by, reason, ...(code && { code }) });
  }

  #take(event: LegEvent): void {
    const before = this.#state.kind;
    const move = step(legMachine, this.#state, event);
    this.#deps.log.debug({ state: before, event: event.kind, moved: move.moved }, 'caller leg');
    if (!move.moved) return;
    this.#state = move.state;
    for (const order of move.effects) this.#obey(order);
  }

  #obey(order: LegOrder): void {
    const { signalling, media, write, legId } = this.#deps;
    switch (order.do) {
      case 'openMedia':
        media.open().then(
          (opened) => this.#take({ kind: 'mediaOpened', ...opened }),
          (error: unknown) => this.#take({ kind: 'mediaRefused', code: this.#codeOf(error) }),
        );
        return;
      case 'closeMedia':
        media.close();
        return;
      case 'sendAnswer':
        signalling.answer(order.sdp);
        return;
      case 'refuse':
        signalling.refuse(order.code);
        return;
      case 'hangUp':
        signalling.hangUp(order.reason);
        return;
      case 'takeAnswer':
        media.take(order.sdp).then(
          () => this.#take({ kind: 'answerTaken' }),
          (error: unknown) => this.#take({ kind: 'answerBad', code: this.#codeOf(error) }),
        );
        return;
      case 'takeNewAnswer':
        void takeNewAnswer(media, order.sdp, write);
        return;
      case 'tellAnswered':
        write({ type: 'legAnswered', legId });
        this.#listener.answered();
        return;
      case 'tellTalking':
        this.#listener.talking();
        return;
      case 'tellEnded':
        this.#tellEnded();
        return;
    }
  }

  #tellEnded(): void {
    if (this.#state.kind !== 'ended') return;
    const { by, reason } = this.#state;
    this.#unwatch();
    this.#deps.write({ type: 'legEnded', legId: this.#deps.legId, reason });
    this.#listener.ended(by, reason);
  }

  #answered(dialogId: string | undefined): void {
    const { legId, write } = this.#deps;
    if (dialogId !== undefined && this.#state.kind !== 'ended') write({ type: 'legDialogKnown', legId, dialogId });
    this.#take({ kind: 'answerSent' });
  }

  #codeOf(error: unknown): FailureCode {
    const code = failureCode(error);
    if (code === undefined) this.#deps.log.error({ err: error }, 'bug: the media of a call failed');
    return code ?? 'media.badOrder';
  }

  #digit(digit: string): void {
    if (this.#state.kind === 'talking') this.#listener.digit(digit);
  }

  #noteQuality({ mos, lossRate, jitterMs }: { mos: number; lossRate: number; jitterMs: number }): void {
    this.#deps.write({ type: 'legQuality', legId: this.#deps.legId, mos, lossRate, jitterMs });
  }
}
