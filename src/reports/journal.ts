import type { FlowAlias } from '../flows/held-flows.ts';
import type { QueueFigures, TransferOutcome } from '../flows/machine/types.ts';

/**
 * What the call centre writes down while it works. Each fact is journaled as it happens, so that a record is complete even when the
 * program dies in mid-call; the call's record is built from these facts alone.
 */
export type EndedBy = 'caller' | 'agent' | 'party' | 'system';
/** `notReached`: a call back that nobody answered. */
export type CallOutcome = 'answered' | 'abandoned' | 'voicemail' | 'selfService' | 'rejected' | 'failed' | 'notReached';

/** `at` is UTC ms on each fact. */
export type CallFact = { callId: string; at: number } & (
  | { type: 'callStarted'; callerNumber: string; callerName?: string; calledNumber: string }
  | {
      type: 'flowStarted';
      flow: string;
      flowVersion: string;
      /** By which way the call came to this version; absent in facts of before versions were published. */
      alias?: FlowAlias;
      /** The wish of the number for the flow's language. */
      language?: string;
    }
  | {
      type: 'legStarted';
      legId: string;
      kind: 'carrier' | 'browser';
      role: 'caller' | 'agent' | 'party';
      /** Carrier legs: Call-ID header and the SIP server's dialog id, which lets a restarted app hang up. */
      sipCallId?: string;
      dialogId?: string;
      address?: string;
      agentId?: string;
      /** The number that we called. */
      number?: string;
    }
  | { type: 'legDialogKnown'; legId: string; dialogId?: string; sipCallId?: string }
  | { type: 'legAnswered'; legId: string }
  | { type: 'legQuality'; legId: string; mos: number; lossRate: number; jitterMs: number }
  | { type: 'legEnded'; legId: string; reason: string }
  /** `flow` is there inside of a flow that another one called. */
  | { type: 'stepEntered'; step: string; verb: string; flow?: string }
  | { type: 'digitsCollected'; step: string; digits: string }
  | { type: 'secureDigitsCollected'; step: string }
  | { type: 'stepLeft'; step: string; exit: string; flow?: string }
  /** Labels of the call; a later value of a name replaces the earlier. */
  | { type: 'tagged'; step: string; tags: Record<string, string> }
  | { type: 'milestone'; step: string; name: string; values: Record<string, string | number | boolean> }
  /** The caller was told to the end that the call is recorded. */
  | { type: 'consentPlayed'; step: string }
  /** A service answered, or did not; what it said is not kept. */
  | { type: 'serviceAsked'; service: string; status?: number; failure?: string; tookMs: number }
  /** A flow was told how busy a queue is. */
  | { type: 'queueRead'; queue: string; figures: QueueFigures }
  | { type: 'queueEntered'; queue: string }
  | { type: 'offerMade'; offerId: string; agentId: string; queue?: string; reason: string }
  | {
      type: 'offerEnded';
      offerId: string;
      outcome: 'answered' | 'declined' | 'rangOut' | 'callerLeft' | 'agentLost';
    }
  | { type: 'queueLeft'; queue: string; outcome: 'answered' | 'abandoned' | 'timeout' | 'noAgents' | 'full' }
  /** `merged`: the same number had been booked in this queue already. */
  | { type: 'callbackBooked'; callbackId: string; queue: string; number: string; merged: boolean }
  /** This call is a call back, booked in another call. */
  | { type: 'callbackBegun'; callbackId: string; bookedIn: string }
  /** The number was dialled. `againAt`: it will be again, UTC ms. */
  | {
      type: 'callbackTried';
      callbackId: string;
      attempt: number;
      result: 'reached' | 'busy' | 'noAnswer' | 'failed' | 'givenUp';
      againAt?: number;
    }
  /** A flow rings another party for the caller. */
  | { type: 'transferStarted'; to: { number: string } | { agent: string } }
  /** `left`: by the caller, or by the flow's end, while it rang or in the talk. */
  | { type: 'transferEnded'; outcome: TransferOutcome | 'left' }
  /** `agentId` is absent where the other one is a party that was called. */
  | { type: 'talkStarted'; agentId?: string; legId: string }
  | { type: 'talkEnded'; agentId?: string; endedBy: EndedBy }
  | { type: 'recordingStarted'; recordingId: string; kind: 'call' | 'voicemail'; file: string }
  | {
      type: 'recordingClosed';
      recordingId: string;
      sha256: string;
      bytes: number;
      durationMs: number;
      gaps: { channel: string; fromMs: number; toMs: number; reason: string }[];
      reason: string;
    }
  | { type: 'noted'; what: string; detail?: Record<string, unknown> }
  | { type: 'callEnded'; outcome: CallOutcome; endedBy: EndedBy; reason: string }
);

/** Where call facts go. `write` never throws and never waits: facts are queued in order and a failing store is retried. */
export interface CallJournal {
  write(fact: CallFact): void;
  /** Resolves when everything written so far is safely stored. */
  flushed(): Promise<void>;
}
