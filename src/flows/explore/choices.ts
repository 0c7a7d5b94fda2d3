import type { Flow, Step } from '../language/flow.ts';
import { flowNamed } from '../machine/frames.ts';
import type { Decision } from '../run/decisions.ts';
import type { FakeAnswer, FakeFigures } from '../run/fakes.ts';
import type { VirtualCall } from '../run/virtual-call.ts';
import { progressOf } from '../steps/entry/asking.ts';
import { KeysAhead } from './ahead.ts';
import { type Choice, canAct, carryOut } from './choice.ts';
import { Compared } from './compared.ts';
import { fingerprintOf } from './fingerprint.ts';
import { answersFor, entriesFor } from './made-up-values.ts';

export interface Model {
  compared: Compared;
  ahead: KeysAhead;
  seed: number;
}

export function modelOf(flow: Flow, sources: readonly string[], seed: number): Model {
  const compared = new Compared(flow, sources);
  return { compared, ahead: new KeysAhead(flow, compared, seed), seed };
}

const KEYS = [...'0123456789*#'];
const ANSWER_MS = 50;
const RINGING_MS = 5_000;
const TALK_MS = 60_000;

/** Everything that can happen to a call at this moment and makes a difference. */
export function choicesOf(call: VirtualCall, model: Model): Choice[] {
  if (call.isOver) return [];
  const step = stepOf(call);
  const { open } = call;
  if (open !== undefined) return DECISIONS[open](call, step, model).map((decision) => ({ act: 'decide', decision }));
  const choices: Choice[] = call.nextAt === undefined ? [] : [{ act: 'wait' }];
  if (!canAct(call)) return choices;
  for (const keys of keysFor(call, step, model)) choices.push({ act: 'press', keys });
  choices.push({ act: 'hangUp' });
  return choices;
}

function stepOf({ flow, state }: VirtualCall): Step | undefined {
  return flowNamed(flow, state.inside)?.steps.get(state.step);
}

function keysFor(call: VirtualCall, step: Step | undefined, model: Model): string[] {
  const judge = step?.kind.judge?.(step.params);
  if (step && judge) {
    // Who has begun to type has typed all they will; silence says the rest.
    return progressOf(call.state.local)?.hasBegun ? [] : entriesFor(step, judge, model.compared, model.seed);
  }
  // One key ahead is enough to see what keys pressed ahead do.
  if (call.state.typed !== '') return [];
  const home = flowNamed(call.flow, call.state.inside);
  const ahead = home && step ? model.ahead.at(home, step) : new Set(KEYS);
  const same = new Set([pressing(call, '', model).fingerprint]);
  return KEYS.filter((key) => {
    const { fingerprint: pressed, typed } = pressing(call, key, model);
    if (same.has(pressed) || (typed === key && !ahead.has(key))) return false;
    same.add(pressed);
    return true;
  });
}

/** What the call is like a moment later, with a key or without; a key that breaks it is like no other. */
function pressing(call: VirtualCall, key: string, { compared }: Model): { fingerprint: string; typed: string } {
  const copy = call.fork();
  try {
    carryOut(copy, { act: 'press', keys: key });
    return { fingerprint: fingerprintOf(copy, compared), typed: copy.state.typed };
  } catch {
    return { fingerprint: 'broken', typed: '' };
  }
}

type Decide = (call: VirtualCall, step: Step | undefined, model: Model) => Decision[];

const FIGURES: FakeFigures[] = [
  {},
  { waiting: 20, agentsOnDuty: 3, agentsReady: 0, longestWaitMs: 900_000, estimatedWaitMs: 1_200_000 },
  // Nothing is known to tell the wait by.
  { waiting: 20, agentsOnDuty: 3, agentsReady: 0, longestWaitMs: 900_000 },
  { waiting: 0, agentsOnDuty: 0, agentsReady: 0 },
  'failed',
];

const DECISIONS: Record<NonNullable<VirtualCall['open']>, Decide> = {
  http: (call, step, { compared, seed }) => {
    const timeoutMs = call.works.http?.timeoutMs ?? 0;
    const bodies = step ? answersFor(step, compared, seed) : [{}];
    const answers: FakeAnswer[] = [
      ...bodies.map((body) => ({ status: 200, body, afterMs: ANSWER_MS })),
      { status: 200, body: null, afterMs: ANSWER_MS },
      { status: 404, body: null, afterMs: ANSWER_MS },
      { status: 422, body: null, afterMs: ANSWER_MS },
      { status: 503, body: null, afterMs: ANSWER_MS },
      { status: 0, body: null, afterMs: ANSWER_MS, failure: 'http.unreachable' },
      { status: 0, body: null, afterMs: timeoutMs, failure: 'http.timeout' },
    ];
    return answers.map((answer) => ({ what: 'http', answers: [answer] }));
  },
  queue: () => [
    { what: 'queue', fake: { outcome: 'answered', afterMs: RINGING_MS, talkMs: TALK_MS } },
    { what: 'queue', fake: { outcome: 'timeout', talkMs: TALK_MS } },
    { what: 'queue', fake: { outcome: 'noAgents', afterMs: 0, talkMs: TALK_MS } },
    { what: 'queue', fake: { outcome: 'full', afterMs: 0, talkMs: TALK_MS } },
    { what: 'queue', fake: { outcome: 'failed', afterMs: 0, talkMs: TALK_MS } },
  ],
  transfer: () =>
    (['ended', 'busy', 'noAnswer', 'failed'] as const).map((outcome) => {
      const afterMs = outcome === 'failed' ? 0 : RINGING_MS;
      return { what: 'transfer', fake: { outcome, afterMs, talkMs: TALK_MS } };
    }),
  callback: () => (['booked', 'failed'] as const).map((fake) => ({ what: 'callback', fake })),
  voicemail: () => (['stored', 'failed'] as const).map((fake) => ({ what: 'voicemail', fake })),
  queueStatus: () => FIGURES.map((fake) => ({ what: 'queueStatus', fake })),
};
