import type { CallRecord, CallSummary } from '../protocol/http.ts';
import type { CallDraft, LegDraft, RecordingDraft, StepDraft } from './call-draft.ts';

type RecordedAudio = CallRecord['recordings'][number];

/** What the facts do not say: names of people, and how far the audio of a recording has come. */
export interface RecordContext {
  /** An agent's name, or undefined for an account that is gone; the id is shown then. */
  agentName(agentId: string): string | undefined;
  recording(recordingId: string): Pick<RecordedAudio, 'state' | 'formats' | 'failure'> | undefined;
}

/** The line of a call in lists, with the agent as an id. */
export type CallSummaryFacts = Omit<CallSummary, 'agentName'> & { agentId?: string };

/** The line of a call in lists; whatever is not known is absent. */
export function summarise(draft: CallDraft): CallSummaryFacts {
  const queue = draft.waits.at(-1)?.queue;
  const agentId = draft.talks.findLast((talk) => talk.agentId !== undefined)?.agentId;
  const waitedMs = timeSpent(draft, draft.waits, (wait) => wait.left?.at);
  const talkedMs = timeSpent(draft, draft.talks, (talk) => talk.endedAt);
  return {
    callId: draft.callId,
    startedAt: draft.startedAt,
    callerNumber: draft.started?.callerNumber ?? '',
    calledNumber: draft.started?.calledNumber ?? '',
    ...(draft.flow && { flow: draft.flow.flow }),
    ...(queue !== undefined && { queue }),
    ...(agentId !== undefined && { agentId }),
    ...(waitedMs !== undefined && { waitedMs }),
    ...(talkedMs !== undefined && { talkedMs }),
    ...(draft.ended && {
      endedAt: Math.max(draft.ended.at, draft.startedAt),
      outcome: draft.ended.outcome,
      endedBy: draft.ended.endedBy,
      endReason: draft.ended.reason,
    }),
    hasRecording: draft.recordings.length > 0,
  };
}

/** The whole record of a call, from its facts and what the rest of the house knows. */
export function buildRecord(draft: CallDraft, context: RecordContext): CallRecord {
  const { agentId, ...summary } = summarise(draft);
  const nameOf = (id: string): string => context.agentName(id) ?? id;
  return {
    ...summary,
    ...(agentId !== undefined && { agentName: nameOf(agentId) }),
    ...(draft.flow && { flowVersion: draft.flow.flowVersion }),
    legs: draft.legs.map((leg) => legOf(leg, draft, nameOf)),
    steps: draft.steps.map((step) => stepOf(step, draft)),
    offers: draft.offers.map(({ made, ended }) => ({
      offerId: made.offerId,
      agentName: nameOf(made.agentId),
      ...(made.queue !== undefined && { queue: made.queue }),
      at: made.at,
      ...endOf(ended?.at, draft),
      ...(ended && { outcome: ended.outcome }),
      reason: made.reason,
    })),
    ...(Object.keys(draft.tags).length > 0 && { tags: draft.tags }),
    recordings: draft.recordings.map((recording) => recordingOf(recording, context)),
    events: draft.events.map(({ at, what, agentId: who, detail }) => ({
      at,
      what,
      ...((detail || who !== undefined) && { detail: { ...(who !== undefined && { agent: nameOf(who) }), ...detail } }),
    })),
  };
}

function legOf({ start, ...leg }: LegDraft, draft: CallDraft, nameOf: (id: string) => string) {
  const { quality } = leg;
  return {
    legId: start.legId,
    kind: start.kind,
    role: start.role,
    ...(start.sipCallId !== undefined && { sipCallId: start.sipCallId }),
    ...(start.address !== undefined && { address: start.address }),
    ...(start.agentId !== undefined && { agentName: nameOf(start.agentId) }),
    ...(start.number !== undefined && { number: start.number }),
    startedAt: start.at,
    ...(leg.answeredAt !== undefined && { answeredAt: leg.answeredAt }),
    ...endOf(leg.ended?.at, draft),
    ...(leg.ended && { endReason: leg.ended.reason }),
    ...(quality && {
      quality: {
        mos: quality.worstMos,
        lossRate: quality.lossSum / quality.count,
        jitterMs: quality.worstJitterMs,
      },
    }),
  };
}

function stepOf(step: StepDraft, draft: CallDraft) {
  const leftAt = step.left?.at ?? draft.ended?.at;
  return {
    step: step.step,
    ...(step.flow !== undefined && { flow: step.flow }),
    verb: step.verb,
    at: step.at,
    ...(leftAt !== undefined && { leftAt }),
    ...(step.left && { exit: step.left.exit }),
    ...(step.digits !== undefined && { digits: step.digits }),
    ...(step.secure && { secure: true }),
  };
}

function recordingOf({ start, closed }: RecordingDraft, context: RecordContext): RecordedAudio {
  const known = context.recording(start.recordingId);
  return {
    recordingId: start.recordingId,
    kind: start.kind,
    state: known?.state ?? (closed ? 'closed' : 'running'),
    startedAt: start.at,
    ...(closed && { durationMs: closed.durationMs, sha256: closed.sha256 }),
    gaps: closed?.gaps ?? [],
    ...(known?.failure !== undefined && { failure: known.failure }),
    formats: known?.formats ?? [],
  };
}

/** What was still open when the call ended, ended with it. */
function endOf(at: number | undefined, draft: CallDraft): { endedAt?: number } {
  const endedAt = at ?? draft.ended?.at;
  return endedAt === undefined ? {} : { endedAt };
}

/** Time spent in several stretches, in ms; a stretch that is still open in a running call counts up to its last fact. */
function timeSpent<T extends { at: number }>(
  draft: CallDraft,
  stretches: readonly T[],
  endedAt: (stretch: T) => number | undefined,
): number | undefined {
  if (stretches.length === 0) return undefined;
  const until = draft.ended?.at ?? draft.lastAt;
  return stretches.reduce((sum, one) => sum + Math.max(0, (endedAt(one) ?? until) - one.at), 0);
}
