import type { FlowAlias } from '../flows/held-flows.ts';
import type { CallFact } from './journal.ts';

type FactOf<T extends CallFact['type']> = Extract<CallFact, { type: T }>;

/** What is known of a call after some of its facts. Times are UTC ms. */
export interface CallDraft {
  callId: string;
  startedAt: number;
  /** The latest time any fact carries. */
  lastAt: number;
  started?: FactOf<'callStarted'>;
  flow?: { flow: string; flowVersion: string; alias?: FlowAlias };
  ended?: FactOf<'callEnded'>;
  legs: LegDraft[];
  steps: StepDraft[];
  waits: WaitDraft[];
  offers: OfferDraft[];
  talks: TalkDraft[];
  recordings: RecordingDraft[];
  tags: Record<string, string>;
  events: { at: number; what: string; agentId?: string; detail?: Record<string, unknown> }[];
}

export interface LegDraft {
  start: FactOf<'legStarted'>;
  dialogId?: string;
  answeredAt?: number;
  ended?: { at: number; reason: string };
  quality?: { worstMos: number; lossSum: number; worstJitterMs: number; count: number };
}

export interface StepDraft {
  step: string;
  verb: string;
  /** The flow of the step, inside of a flow that another one called. */
  flow?: string;
  at: number;
  left?: { at: number; exit: string };
  digits?: string;
  secure: boolean;
}

interface WaitDraft {
  queue: string;
  at: number;
  left?: { at: number; outcome: FactOf<'queueLeft'>['outcome'] };
}

interface OfferDraft {
  made: FactOf<'offerMade'>;
  ended?: FactOf<'offerEnded'>;
}

interface TalkDraft {
  agentId?: string;
  at: number;
  endedAt?: number;
}

export interface RecordingDraft {
  start: FactOf<'recordingStarted'>;
  closed?: FactOf<'recordingClosed'>;
}

/** A call of which nothing is known but one fact's time. */
export function emptyDraft(callId: string, at: number): CallDraft {
  return {
    callId,
    startedAt: at,
    lastAt: at,
    legs: [],
    steps: [],
    waits: [],
    offers: [],
    talks: [],
    recordings: [],
    tags: {},
    events: [],
  };
}

const DRAW: { [T in CallFact['type']]: (draft: CallDraft, fact: FactOf<T>) => void } = {
  callStarted: (draft, fact) => {
    draft.started ??= fact;
    draft.startedAt = Math.min(draft.startedAt, fact.at);
  },
  flowStarted: (draft, { at, flow, flowVersion, alias }) => {
    if (draft.flow) draft.events.push({ at, what: 'flowStarted', detail: { flow, flowVersion } });
    draft.flow ??= { flow, flowVersion, ...(alias !== undefined && { alias }) };
  },
  legStarted: (draft, fact) => {
    if (findLeg(draft, fact.legId)) return;
    draft.legs.push({ start: fact, ...(fact.dialogId !== undefined && { dialogId: fact.dialogId }) });
  },
  legDialogKnown: (draft, fact) => {
    const leg = findLeg(draft, fact.legId);
    if (!leg) return;
    if (fact.dialogId !== undefined) leg.dialogId = fact.dialogId;
    if (fact.sipCallId !== undefined) leg.start = { ...leg.start, sipCallId: fact.sipCallId };
  },
  legAnswered: (draft, fact) => {
    const leg = findLeg(draft, fact.legId);
    if (leg) leg.answeredAt ??= fact.at;
  },
  legQuality: (draft, fact) => {
    const leg = findLeg(draft, fact.legId);
    if (!leg) return;
    const before = leg.quality ?? { worstMos: fact.mos, lossSum: 0, worstJitterMs: 0, count: 0 };
    leg.quality = {
      worstMos: Math.min(before.worstMos, fact.mos),
      lossSum: before.lossSum + fact.lossRate,
      worstJitterMs: Math.max(before.worstJitterMs, fact.jitterMs),
      count: before.count + 1,
    };
  },
  legEnded: (draft, fact) => {
    const leg = findLeg(draft, fact.legId);
    if (leg) leg.ended ??= { at: fact.at, reason: fact.reason };
  },
  stepEntered: (draft, { step, verb, at, flow }) => {
    draft.steps.push({ step, verb, at, secure: false, ...(flow !== undefined && { flow }) });
  },
  digitsCollected: (draft, fact) => {
    const step = openStep(draft, fact.step);
    if (!step || step.secure) return;
    step.digits = step.digits === undefined ? fact.digits : `${step.digits} ${fact.digits}`;
  },
  secureDigitsCollected: (draft, fact) => {
    const step = openStep(draft, fact.step);
    if (!step) return;
    step.secure = true;
    delete step.digits;
  },
  stepLeft: (draft, fact) => {
    const step = openStep(draft, fact.step, fact.flow ?? draft.flow?.flow);
    if (step) step.left ??= { at: fact.at, exit: fact.exit };
  },
  // What the flow made of the figures stands in its path.
  queueRead: () => {},
  queueEntered: (draft, { queue, at }) => {
    draft.waits.push({ queue, at });
    draft.events.push({ at, what: 'queueEntered', detail: { queue } });
  },
  offerMade: (draft, fact) => {
    if (!draft.offers.some((offer) => offer.made.offerId === fact.offerId)) draft.offers.push({ made: fact });
  },
  offerEnded: (draft, fact) => {
    const offer = draft.offers.find(({ made }) => made.offerId === fact.offerId);
    if (offer) offer.ended ??= fact;
  },
  queueLeft: (draft, { queue, at, outcome }) => {
    const wait = draft.waits.findLast((one) => one.queue === queue && !one.left);
    if (wait) wait.left = { at, outcome };
    draft.events.push({ at, what: 'queueLeft', detail: { queue, outcome } });
  },
  callbackBooked: (draft, { at, queue, number, merged }) => {
    draft.events.push({ at, what: 'callbackBooked', detail: { queue, number, ...(merged && { merged }) } });
  },
  callbackBegun: (draft, { at, bookedIn }) => {
    draft.events.push({ at, what: 'callbackBegun', detail: { bookedIn } });
  },
  callbackTried: (draft, { at, attempt, result, againAt }) => {
    const again = againAt === undefined ? {} : { againAt: new Date(againAt).toISOString() };
    draft.events.push({ at, what: 'callbackTried', detail: { attempt, result, ...again } });
  },
  transferStarted: (draft, { at, to }) => {
    draft.events.push({ at, what: 'transferStarted', detail: { ...to } });
  },
  transferEnded: (draft, { at, outcome }) => {
    draft.events.push({ at, what: 'transferEnded', detail: { outcome } });
  },
  talkStarted: (draft, { agentId, at }) => {
    const who = agentId === undefined ? {} : { agentId };
    draft.talks.push({ ...who, at });
    draft.events.push({ at, what: 'talkStarted', ...who });
  },
  talkEnded: (draft, { agentId, at, endedBy }) => {
    const talk = draft.talks.findLast((one) => one.agentId === agentId && one.endedAt === undefined);
    if (talk) talk.endedAt = at;
    draft.events.push({ at, what: 'talkEnded', ...(agentId !== undefined && { agentId }), detail: { endedBy } });
  },
  recordingStarted: (draft, fact) => {
    if (!draft.recordings.some(({ start }) => start.recordingId === fact.recordingId)) {
      draft.recordings.push({ start: fact });
    }
  },
  recordingClosed: (draft, fact) => {
    const recording = draft.recordings.find(({ start }) => start.recordingId === fact.recordingId);
    if (recording) recording.closed ??= fact;
    if (fact.reason === 'stopped') return;
    const { recordingId, reason } = fact;
    draft.events.push({ at: fact.at, what: 'recordingClosed', detail: { recordingId, reason } });
  },
  tagged: (draft, { tags }) => {
    draft.tags = { ...draft.tags, ...tags };
  },
  milestone: (draft, { at, name, values }) => {
    draft.events.push({ at, what: name, ...(Object.keys(values).length > 0 && { detail: values }) });
  },
  consentPlayed: (draft, { at, step }) => {
    draft.events.push({ at, what: 'told of the recording', detail: { step } });
  },
  serviceAsked: (draft, { at, service, status, failure, tookMs }) => {
    const answer = status === undefined ? { failure } : { status };
    draft.events.push({ at, what: 'asked a service', detail: { service, ...answer, tookMs } });
  },
  noted: (draft, { at, what, detail }) => {
    draft.events.push({ at, what, ...(detail && { detail }) });
  },
  callEnded: (draft, fact) => {
    draft.ended ??= fact;
  },
};

/** Adds one fact to what is known. A fact about something unheard of is passed over: a record with gaps beats none. */
export function drawFact(draft: CallDraft, fact: CallFact): void {
  draft.lastAt = Math.max(draft.lastAt, fact.at);
  const draw = DRAW[fact.type] as ((draft: CallDraft, fact: CallFact) => void) | undefined;
  // A newer program may have journaled a kind that this one does not know.
  draw?.(draft, fact);
}

/** All facts of one call, in the order they were journaled; undefined for none. */
export function draftOf(facts: readonly CallFact[]): CallDraft | undefined {
  const first = facts[0];
  if (!first) return undefined;
  const draft = emptyDraft(first.callId, first.at);
  for (const fact of facts) drawFact(draft, fact);
  return draft;
}

function findLeg(draft: CallDraft, legId: string): LegDraft | undefined {
  return draft.legs.find(({ start }) => start.legId === legId);
}

/**
 * The newest visit of a step, the open one before a closed one. Without `flow` it is that of whichever flow: what a caller does
 * is done in the innermost one.
 */
function openStep(draft: CallDraft, name: string, flow?: string): StepDraft | undefined {
  const isMeant = (one: StepDraft): boolean =>
    one.step === name && (flow === undefined || (one.flow ?? draft.flow?.flow ?? flow) === flow);
  return draft.steps.findLast((one) => isMeant(one) && !one.left) ?? draft.steps.findLast(isMeant);
}
