import type { SessionListener } from './signalling.ts';
import type { TrunkOut } from './trunk-out.ts';

export interface DialOrder {
  out: TrunkOut;
  /** Digits, perhaps with `+` before them; nothing that means anything else in an address. */
  number: string;
  callerId: string;
  /** Our SDP. */
  offer: string;
}

/** What a call that we make tells its leg. None of these throws. `answered` and `refused` exclude each other. */
export interface DialListener extends SessionListener {
  /** The INVITE is out. */
  sent(sipCallId: string): void;
  ringing(): void;
  answered(dialogId: string, sdp: string): void;
  /** The far end, the carrier or the SIP server turned the call down. `status` is SIP's; 503 when nothing could be sent. */
  refused(status: number, reason: string): void;
  /** The answered call is over. */
  ended(by: 'far' | 'system', reason: string): void;
}

/** One call that we make. Each order does nothing when it comes too late for it. */
export interface DialledLine {
  /** Takes the INVITE back; an answer that crosses it is told as `answered`. */
  cancel(): void;
  hangUp(reason: string): void;
}

/** How calls are made: SIP through a carrier. */
export interface Dialler {
  dial(order: DialOrder, listener: DialListener): DialledLine;
}
