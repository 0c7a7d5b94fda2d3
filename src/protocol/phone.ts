import { z } from 'zod';
import { mediaAsks } from './media.ts';

/** The socket of `/call`, `GET /api/v1/phone` (WebSocket, session cookie): a phone in the browser that dials a number of ours. */
export const phoneAsk = z.discriminatedUnion('ask', [
  ...mediaAsks,
  /** → `{ callId }`; refused with number.unknown. */
  z.strictObject({ ask: z.literal('dial'), number: z.string().regex(/^[0-9+*#]{1,32}$/) }),
  z.strictObject({ ask: z.literal('sendDigits'), digits: z.string().regex(/^[0-9*#]{1,20}$/) }),
  z.strictObject({ ask: z.literal('hangUp') }),
]);
export type PhoneAsk = z.infer<typeof phoneAsk>;

export const phoneAskFrame = z.strictObject({ id: z.number().int().nonnegative(), body: phoneAsk });

export type PhoneFrame =
  | { re: number; ok: true; result: Record<string, unknown> }
  | { re: number; ok: false; code: string; text: string }
  | { event: 'phone'; phone: PhoneState }
  | { event: 'mediaLost' }
  | { event: 'beat'; at: number };

export type PhoneState =
  | { kind: 'idle'; last?: { callId: string; endedBy: 'caller' | 'agent' | 'party' | 'system'; durationMs: number } }
  | { kind: 'dialling' | 'talking'; callId: string; number: string; since: number };
