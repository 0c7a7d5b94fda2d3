import type { TransferOutcome } from '../flows/machine/types.ts';
import { failureCode } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { MediaPort } from './media-port.ts';
import type { Outbound } from './outbound.ts';
import type { OutboundLeg } from './outbound-leg.ts';
import type { OutboundEnd } from './outbound-machine.ts';
import type { QueueCaller, QueuePlace } from './queue-port.ts';
import { RINGBACK } from './ringback.ts';
import type { Talk } from './talk.ts';
import type { TransferListener } from './transfer-port.ts';

export interface PartyDeps {
  outbound: Outbound;
  media: MediaPort;
  log: Logger;
}

export interface PartyWish {
  number: string;
  ringMs: number;
  callerId?: string;
}

/** Calls another party for a caller, who hears ringing, and joins the two. */
export function callParty(
  deps: PartyDeps,
  wish: PartyWish,
  caller: QueueCaller,
  listener: TransferListener,
): QueuePlace {
  const transfer = new PartyTransfer(deps, caller, listener);
  transfer.begin(wish);
  return transfer;
}

class PartyTransfer implements QueuePlace {
  readonly #deps: PartyDeps;
  readonly #caller: QueueCaller;
  readonly #listener: TransferListener;
  #leg: OutboundLeg | undefined;
  #talk: Talk | undefined;
  #rings = false;
  #isOver = false;
  #unwatchKeys: () => void = () => {};

  constructor(deps: PartyDeps, caller: QueueCaller, listener: TransferListener) {
    this.#deps = deps;
    this.#caller = caller;
    this.#listener = listener;
  }

  begin({ number, ringMs, callerId }: PartyWish): void {
    const { callId, calledNumber, audio, write } = this.#caller;
    try {
      this.#leg = this.#deps.outbound.leg(
        { callId, number, callerId, shownAs: calledNumber, ringMs, role: 'party', write },
        {
          answered: () => void this.#join(),
          digit: (digit) => this.#press(audio.endpointId, digit),
          ended: (how) => this.#legEnded(how),
        },
      );
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) throw error;
      this.#deps.log.warn({ code, pii: { number } }, 'a party was not called');
      write({ type: 'noted', what: 'party not called', detail: { code } });
      this.#end('failed');
      return;
    }
    this.#rings = true;
    audio.loop(RINGBACK);
    this.#leg.dial();
  }

  leave(by: 'caller' | 'system'): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopRinging();
    this.#unwatchKeys();
    const reason = by === 'caller' ? 'caller hung up' : 'the flow went on';
    this.#talk?.end(by, reason);
    this.#leg?.hangUp(reason);
  }

  /** They answered: what they alone should hear is played to them, then the two are joined. */
  async #join(): Promise<void> {
    const leg = this.#leg;
    if (!leg) return;
    const { legId, endpointId } = leg;
    try {
      const talk = await this.#caller.connect({ legId, endpointId });
      this.#rings = false;
      if (this.#isOver || !leg.isTalking) {
        talk.end('system', 'nobody is there any more');
        return;
      }
      this.#talk = talk;
      talk.onEnd(() => this.#end('ended'));
      this.#passKeys(endpointId);
      this.#listener.answered();
    } catch (error) {
      if (this.#isOver) return;
      this.#deps.log.warn({ err: error }, 'caller and party could not be joined');
      this.#end('failed');
    }
  }

  #legEnded(how: OutboundEnd): void {
    if (this.#talk) {
      this.#talk.end(how === 'hungUp' ? 'party' : 'system', how === 'hungUp' ? 'party hung up' : 'lost');
      return;
    }
    // Someone who hung up before they were joined has not talked with the caller.
    this.#end(how === 'hungUp' || how === 'left' ? 'noAnswer' : how);
  }

  #end(outcome: TransferOutcome): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopRinging();
    this.#unwatchKeys();
    this.#leg?.hangUp('the talk ended');
    this.#listener.ended(outcome);
  }

  #stopRinging(): void {
    if (this.#rings) this.#caller.audio.stop();
    this.#rings = false;
  }

  /** Keys are no sound that a bridge would carry: the caller's are pressed again for the other side. */
  #passKeys(party: string): void {
    this.#unwatchKeys = this.#caller.onKey((digit) => this.#press(party, digit));
  }

  #press(endpointId: string, digits: string): void {
    if (!this.#talk) return;
    this.#deps.media.order({ order: 'endpoint.sendDigits', endpointId, digits }).catch((error: unknown) => {
      this.#deps.log.debug({ endpointId, error: String(error) }, 'a key was not passed on');
    });
  }
}
