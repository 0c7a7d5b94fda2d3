import { z } from 'zod';
import { mediaAsks } from './media.ts';

/**
 * The desk's socket, `GET /api/v1/desk` (WebSocket, session cookie). The browser asks, each ask is answered once; the server
 * sends the whole desk (`DeskState`) whenever anything in it changed. A page that reloads or reconnects gets the same desk back:
 * the state lives in the server, and a later socket of the same agent takes over from an earlier one (closed with 4001).
 */
export const deskAsk = z.discriminatedUnion('ask', [
  ...mediaAsks,
  z.strictObject({ ask: z.literal('goAvailable') }),
  z.strictObject({ ask: z.literal('takeBreak'), reason: z.string().max(60).optional() }),
  z.strictObject({ ask: z.literal('answer'), offerId: z.string().max(100) }),
  z.strictObject({ ask: z.literal('decline'), offerId: z.string().max(100) }),
  z.strictObject({ ask: z.literal('mute'), on: z.boolean() }),
  z.strictObject({ ask: z.literal('hold'), on: z.boolean() }),
  z.strictObject({ ask: z.literal('sendDigits'), digits: z.string().regex(/^[0-9*#]{1,20}$/) }),
  z.strictObject({ ask: z.literal('hangUp') }),
  z.strictObject({ ask: z.literal('finishWrapUp') }),
]);
export type DeskAsk = z.infer<typeof deskAsk>;

/** Browser → server. */
export const deskAskFrame = z.strictObject({ id: z.number().int().nonnegative(), body: deskAsk });
export type DeskAskFrame = z.infer<typeof deskAskFrame>;

/** Server → browser. */
export type DeskFrame =
  | { re: number; ok: true; result: Record<string, unknown> }
  | { re: number; ok: false; code: string; text: string }
  | { event: 'desk'; desk: DeskState }
  /** This socket's browser must set its media leg up (again). */
  | { event: 'mediaLost' }
  /** Sent at once and every 15 s by the socket itself: a page notices a line that died in silence, and learns our time (`at`, UTC ms). */
  | { event: 'beat'; at: number };

export type Presence = 'offline' | 'onBreak' | 'available' | 'offered' | 'talking' | 'wrappingUp' | 'unreachable';

/** A step the caller went through, newest last, such as `{ step: 'menu', exit: '1', label: 'Support' }`. */
export interface PathStep {
  step: string;
  exit?: string;
  label?: string;
}

export interface CallerStory {
  callId: string;
  /** As the carrier sent it; `anonymous` when withheld. */
  callerNumber: string;
  callerName?: string;
  calledNumber: string;
  /** Absent: somebody who waited in a queue. */
  kind?: 'transfer' | 'callback';
  /** Absent for a transfer. */
  queue?: string;
  waitedMs: number;
  path: PathStep[];
}

export interface DeskState {
  user: { id: string; name: string; displayName: string };
  presence: Presence;
  /** UTC ms. */
  since: number;
  breakReason?: string;
  /** True while this agent's audio leg stands. */
  mediaReady: boolean;
  /** `dialling`: the agent has accepted a call back, and the customer is being called. */
  offer?: CallerStory & { offerId: string; ringsUntil: number; dialling?: true };
  call?: CallerStory & { answeredAt: number; muted: boolean; onHold: boolean; recording: 'on' | 'off' };
  wrapUp?: CallerStory & { until: number; endedBy: 'caller' | 'agent' | 'party' | 'system' };
  queues: { queue: string; waiting: number; longestWaitMs: number }[];
}
