import type { Machine } from '../../shared/machine.ts';

/** The life of a dialog as the server sees it: RFC 3261 section 12, and what becomes of it when its App is lost. */
export type DialogLife =
  | { kind: 'early' }
  | { kind: 'confirmed' }
  /** Its App is gone; another may adopt it by sending a request in it. */
  | { kind: 'orphaned' }
  /** The App's BYE is out and unanswered. */
  | { kind: 'ending' }
  | { kind: 'ended' };

export type DialogEvent =
  | { kind: 'confirmed' }
  /** The INVITE or SUBSCRIBE that would have made it failed. */
  | { kind: 'failed' }
  | { kind: 'ownerLost' }
  | { kind: 'adopted' }
  | { kind: 'orphanTimeOver' }
  | { kind: 'byeSent' }
  /** 401 or 407 to our BYE: the App tries again with credentials, so the dialog is still there. */
  | { kind: 'byeChallenged' }
  | { kind: 'byeAnswered' }
  /** The peer's BYE, a terminated subscription, or our own BYE after a time limit. */
  | { kind: 'over' };

export type DialogEffect =
  | { do: 'startOrphanTimer' }
  | { do: 'stopOrphanTimer' }
  | { do: 'hangUpOrphan' }
  /** No message matches this dialog any more. */
  | { do: 'forget' };

const FORGET = { do: 'forget' } as const;
const ended = { kind: 'ended' } as const;
const confirmed = { kind: 'confirmed' } as const;
const ending = { kind: 'ending' } as const;
const over = () => [ended, FORGET] as const;

export const dialogLifeMachine: Machine<DialogLife, DialogEvent, DialogEffect> = {
  early: {
    confirmed: () => [confirmed],
    failed: over,
    byeSent: () => [ending],
    over,
  },
  confirmed: {
    ownerLost: () => [{ kind: 'orphaned' }, { do: 'startOrphanTimer' }],
    byeSent: () => [ending],
    over,
  },
  orphaned: {
    adopted: () => [confirmed, { do: 'stopOrphanTimer' }],
    orphanTimeOver: () => [ended, { do: 'hangUpOrphan' }, FORGET],
    over: () => [ended, { do: 'stopOrphanTimer' }, FORGET],
  },
  ending: {
    // A late 2xx to the INVITE changes nothing: the BYE is already out.
    confirmed: () => [ending],
    byeChallenged: () => [confirmed],
    byeSent: () => [ending],
    byeAnswered: over,
    failed: over,
    over,
  },
  ended: {},
};
