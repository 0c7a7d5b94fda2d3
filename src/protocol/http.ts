import { z } from 'zod';

/** The HTTP surface, below `/api/v1`. Failures: `{ error: { code, text } }` with the status of the failure table. */

/** `POST /session` → `SessionUser` and a cookie; `GET /session` → `SessionUser`; `DELETE /session`. */
export const logInBody = z.strictObject({ name: z.string().min(1).max(100), password: z.string().min(1).max(500) });

export const role = z.enum(['agent', 'supervisor', 'admin']);
export type Role = z.infer<typeof role>;

export const sessionUser = z.object({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  role,
  /** What they can do, in the words that flows ask queues for. */
  skills: z.array(z.string()),
});
export type SessionUser = z.infer<typeof sessionUser>;

export const endedBy = z.enum(['caller', 'agent', 'party', 'system']);

/** `GET /calls?before=<startedAt>&limit=<1..200>` → `{ calls: CallSummary[] }`, newest first (supervisor, admin). */
export const callSummary = z.object({
  callId: z.string(),
  startedAt: z.number(),
  endedAt: z.number().optional(),
  callerNumber: z.string(),
  calledNumber: z.string(),
  flow: z.string().optional(),
  queue: z.string().optional(),
  agentName: z.string().optional(),
  waitedMs: z.number().optional(),
  talkedMs: z.number().optional(),
  /** Absent while the call runs. */
  outcome: z.enum(['answered', 'abandoned', 'voicemail', 'selfService', 'rejected', 'failed', 'notReached']).optional(),
  endedBy: endedBy.optional(),
  /** Plain words: `caller hung up`, `program restarted`. */
  endReason: z.string().optional(),
  hasRecording: z.boolean(),
});
export type CallSummary = z.infer<typeof callSummary>;

/** `GET /calls/:callId` → `CallRecord` (supervisor, admin). */
export const callRecord = callSummary.extend({
  flowVersion: z.string().optional(),
  legs: z.array(
    z.object({
      legId: z.string(),
      kind: z.enum(['carrier', 'browser']),
      role: z.enum(['caller', 'agent', 'party']),
      sipCallId: z.string().optional(),
      address: z.string().optional(),
      agentName: z.string().optional(),
      /** The number that we called. */
      number: z.string().optional(),
      startedAt: z.number(),
      answeredAt: z.number().optional(),
      endedAt: z.number().optional(),
      endReason: z.string().optional(),
      /** Worst and mean figures of the leg's audio, where known. */
      quality: z.object({ mos: z.number(), lossRate: z.number(), jitterMs: z.number() }).optional(),
    }),
  ),
  steps: z.array(
    z.object({
      step: z.string(),
      verb: z.string(),
      /** The flow of the step, inside of a flow that another one called. */
      flow: z.string().optional(),
      at: z.number(),
      leftAt: z.number().optional(),
      exit: z.string().optional(),
      /** Digits pressed in this step; absent for secure steps. */
      digits: z.string().optional(),
      secure: z.boolean().optional(),
    }),
  ),
  offers: z.array(
    z.object({
      offerId: z.string(),
      agentName: z.string(),
      /** Absent where a flow asked for this agent. */
      queue: z.string().optional(),
      at: z.number(),
      endedAt: z.number().optional(),
      outcome: z.enum(['answered', 'declined', 'rangOut', 'callerLeft', 'agentLost']).optional(),
      /** Why this agent, in words: `longest idle: 93 s`. */
      reason: z.string(),
    }),
  ),
  recordings: z.array(
    z.object({
      recordingId: z.string(),
      kind: z.enum(['call', 'voicemail']),
      state: z.enum(['running', 'closed', 'transcoding', 'stored', 'failed']),
      durationMs: z.number().optional(),
      sha256: z.string().optional(),
      startedAt: z.number(),
      gaps: z.array(z.object({ channel: z.string(), fromMs: z.number(), toMs: z.number(), reason: z.string() })),
      failure: z.string().optional(),
      /** `GET /recordings/:recordingId/audio?format=opus|mp3|wav`, with byte ranges. */
      formats: z.array(z.enum(['opus', 'mp3', 'wav'])),
    }),
  ),
  /** Labels that the flow gave the call. */
  tags: z.record(z.string(), z.string()).optional(),
  /** Everything else that happened, in order. */
  events: z.array(z.object({ at: z.number(), what: z.string(), detail: z.record(z.string(), z.unknown()).optional() })),
});
export type CallRecord = z.infer<typeof callRecord>;

/** `GET /callbacks` → `{ callbacks: CallbackEntry[] }`: those that are open, the longest wait first (supervisor, admin). */
export const callbackEntry = z.object({
  callbackId: z.string(),
  queue: z.string(),
  number: z.string(),
  callerName: z.string().optional(),
  calledNumber: z.string(),
  /** The call in which it was booked. */
  bookedIn: z.string(),
  priority: z.number(),
  since: z.number(),
  bookedAt: z.number(),
  /** How often it was dialled; not again before `dueAt`. */
  attempts: z.number(),
  dueAt: z.number(),
});
export const callbackList = z.object({ callbacks: z.array(callbackEntry) });
export type CallbackEntry = z.infer<typeof callbackEntry>;

/** `GET /numbers` → `{ numbers: NumberEntry[] }`. */
export const numberEntry = z.object({ number: z.string(), flow: z.string(), title: z.string().optional() });
export type NumberEntry = z.infer<typeof numberEntry>;

export const callList = z.object({ calls: z.array(callSummary) });
export const numberList = z.object({ numbers: z.array(numberEntry) });

/** Every answer of 400 and above. `id` names a bug's line in the log. */
export const failureAnswer = z.object({
  error: z.object({ code: z.string(), text: z.string(), id: z.string().optional() }),
});
export type FailureAnswer = z.infer<typeof failureAnswer>;
