import type { EndedBy } from '../reports/journal.ts';
import type { FailureCode } from '../shared/errors.ts';

/** What goes on in an answered call, whoever called whom. None of these throws. */
export interface SessionListener {
  /** A key that came by signalling: SIP INFO, or a key of the phone page. */
  digit(digit: string): void;
  /** A new offer inside the call: resolves with our answer. Rejects with `sdp.invalid` or `media.noCommonCodec`. */
  reoffered(sdp: string): Promise<string>;
  /** They ask for an offer inside the call: resolves with it. `acknowledged` follows. */
  offerWanted(): Promise<string>;
  /** The answer to an offer of ours that was in our answer to the call, or inside it; empty when the ACK brought none. */
  acknowledged(answer: string): void;
}

/** What a caller's signalling tells its leg. None of these throws. */
export interface SignallingListener extends SessionListener {
  /** Our answer is out. Carrier legs: the SIP server's id of the dialog. */
  answered(dialogId: string | undefined): void;
  answerFailed(reason: string): void;
  /** The caller gave up before our answer. */
  cancelled(): void;
  /** The dialog is over. */
  ended(by: EndedBy, reason: string): void;
}

/** How one caller's far end is reached: SIP through a carrier, or the socket of the phone page. */
export interface CallerSignalling {
  readonly kind: 'carrier' | 'browser';
  /** To be called once, before anything else and in the same turn in which the call came. */
  listen(listener: SignallingListener): void;
  /** Lets the phone ring at the caller's side; only before the answer. */
  ring(): void;
  /** Accepts the call; `answered` or `answerFailed` follows, and `acknowledged` when the call came without an offer. */
  answer(sdp: string): void;
  /** Turns the call down before it is answered. Failures of ours that will pass ask the caller to try again. */
  refuse(code: FailureCode): void;
  /** Ends the answered call. Does nothing when it is over already. */
  hangUp(reason: string): void;
}

/** A call as it comes in. */
export interface IncomingCall {
  signalling: CallerSignalling;
  /** As the carrier sent it; `anonymous` when withheld. */
  callerNumber: string;
  callerName?: string;
  calledNumber: string;
  /** Carrier legs: the Call-ID header. */
  sipCallId?: string;
  /** Carrier legs: the address the call came from, without the port. */
  address?: string;
  /** Carrier legs: their SDP; absent when they want our offer, empty when what they sent is none. */
  offer?: string;
  /** Browser legs: the endpoint that the page has set up already. */
  endpointId?: string;
}
