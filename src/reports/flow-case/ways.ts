import type { Flow, Step } from '../../flows/language/flow.ts';
import { digitsToTry, type Hints, madeUpValue, wrongKey } from '../../flows/run/made-up.ts';
import type { VirtualCall } from '../../flows/run/virtual-call.ts';
import type { FakesSource, HttpAnswerSource, Move } from '../../flows/test/shape.ts';
import type { RecordedCall, RecordedVisit } from './recorded-call.ts';

/** What one may try so that a call leaves a step as it was left. */
export interface Way {
  /** After the step was entered. */
  moves?: Move[];
  /** Further answers of a service. */
  http?: { key: string; answers: HttpAnswerSource[] };
  /** Further fakes. */
  fake?: FakesSource;
}

/** Tries of what a service may have said. */
const MOST_ANSWERS = 60;
/** Nobody presses a key more often than this in vain: a question is asked ten times at most. */
const MOST_WRONG_KEYS = 10;
/** Shorter than this counts as at once, in ms. */
const AT_ONCE_MS = 200;
const AFTER_PROMPT_MS = 300;
const LONGEST_PROMPT_MS = 600_000;
const TRIED_AGAIN: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

export interface Scene {
  flow: Flow;
  hints: Hints;
  /** The call at the moment in which the step was entered; it may be used up. */
  call: VirtualCall;
}

/** The ways to try for a visit, the likeliest first; none when the call only has to be let alone. */
export function waysFor(visit: RecordedVisit, recorded: RecordedCall, scene: Scene): Way[] {
  const { verb, exit, flow, step: name } = visit;
  const home = flow === scene.flow.name ? scene.flow : scene.flow.flows[flow];
  const step = home?.steps.get(name);
  if (!step) return [];
  if (verb === 'http') return httpWays(visit, step, scene);
  if (verb === 'transfer') return transferWays(visit, scene);
  if (verb === 'queueStatus') return figuresWays(visit);
  if (exit === 'callerLeft') return hangUpWays(visit, recorded);
  if (verb === 'queue') return queueWays(visit, recorded);
  if (verb === 'voicemail' && exit === 'next') return voicemailWays(visit);
  const judge = step.kind.judge?.(step.params);
  if (!judge) return [];
  if (exit === 'noMatch') return wrongKeyWays(wrongKey(judge), scene.call);
  if (verb === 'menu' && exit !== 'noInput' && exit !== 'error') return pressWays([exit], visit, scene.call);
  if (verb !== 'collect' || exit !== 'next') return [];
  const pressed = visit.entries.at(-1)?.digits;
  const shape = pressed === undefined ? {} : { length: pressed.length, unlike: pressed };
  return pressWays(digitsToTry(judge, shape, scene.hints), visit, scene.call);
}

/** Pressed when the caller did, or when the prompt is over, or at once; what was pressed goes before when. */
function pressWays(wanted: readonly string[], visit: RecordedVisit, call: VirtualCall): Way[] {
  const pressedAt = visit.entries.at(-1)?.at ?? visit.leftAt;
  const realMs = pressedAt - visit.enteredAt;
  const promptMs = untilQuiet(call);
  const pauses = [...new Set([pause(realMs), pause(promptMs + AFTER_PROMPT_MS), 0])];
  return pauses.flatMap((ms) => wanted.map((press) => ({ moves: [...silence(ms), { press }] })));
}

/** A wrong key each time the question has been asked. */
function wrongKeyWays(key: string | undefined, call: VirtualCall): Way[] {
  if (key === undefined) return [];
  const moves: Move[] = [];
  const { step } = call.state;
  for (let count = 0; count < MOST_WRONG_KEYS && call.state.step === step && !call.isOver; count += 1) {
    const ms = pause(untilQuiet(call) + AFTER_PROMPT_MS);
    moves.push(...silence(ms), { press: key });
    call.pass(AFTER_PROMPT_MS);
    call.press(key);
  }
  return [{ moves }];
}

function hangUpWays({ enteredAt, leftAt, answeredAt, queue }: RecordedVisit, recorded: RecordedCall): Way[] {
  const plan = queue === undefined ? undefined : planOf(queue, recorded);
  if (answeredAt !== undefined && plan && plan.outcome !== 'answered') {
    const talked: Move[] = [{ agent: 'answers' }, ...silence(pause(leftAt - answeredAt)), { hangUp: true }];
    return [{ moves: [...silence(pause(answeredAt - enteredAt)), ...talked] }];
  }
  const ms = pause(leftAt - enteredAt);
  return [{ moves: [...silence(ms), { hangUp: true }] }, ...(ms > 0 ? [{ moves: [{ hangUp: true } as const] }] : [])];
}

/** What the fake of a queue does by itself; everything else is told by the script. */
export function planOf(
  queue: string,
  { visits }: RecordedCall,
): { outcome: 'answered' | 'timeout' | 'noAgents' | 'full'; visit: RecordedVisit | undefined } {
  const there = visits.filter((visit) => visit.queue === queue);
  const given = there.find(({ exit }) => exit === 'timeout' || exit === 'noAgents' || exit === 'full');
  if (given) return { outcome: given.exit as 'timeout' | 'noAgents' | 'full', visit: given };
  const waits = there.some(({ answeredAt }) => answeredAt === undefined);
  return waits ? { outcome: 'timeout', visit: undefined } : { outcome: 'answered', visit: there[0] };
}

function queueWays(visit: RecordedVisit, recorded: RecordedCall): Way[] {
  const { exit, queue, enteredAt, answeredAt, leftAt } = visit;
  if (exit === 'callback') {
    const ms = pause(leftAt - enteredAt);
    return [...'*#0123456789'].map((press) => ({ moves: [...silence(ms), { press }] }));
  }
  if (exit !== 'answeredEnd' || queue === undefined || answeredAt === undefined) return [];
  const plan = planOf(queue, recorded);
  if (plan.visit === visit) return [];
  const talk: Move[] = [...silence(pause(leftAt - answeredAt)), { agent: 'hangsUp' }];
  const answers: Move[] = plan.outcome === 'answered' ? [] : [{ agent: 'answers' }];
  return [{ moves: [...silence(pause(answeredAt - enteredAt)), ...answers, ...talk] }];
}

function voicemailWays({ enteredAt, leftAt }: RecordedVisit): Way[] {
  const ms = pause(leftAt - enteredAt - AFTER_PROMPT_MS);
  return [
    { moves: [...silence(ms), { press: '#' }] },
    { moves: [{ press: '#' }, { silence: '2s' }, { press: '#' }] },
    { moves: [] },
  ];
}

function httpWays(visit: RecordedVisit, step: Step, { call, hints }: Scene): Way[] {
  const asked = call.happenings.findLast((one) => one.what === 'asked');
  if (!asked) return [];
  const { method, service, timeoutMs, retries } = asked.effect;
  const { exit, enteredAt, leftAt, service: known } = visit;
  const tries = TRIED_AGAIN.has(method) ? retries + 1 : 1;
  const after = duration(Math.min(known?.tookMs ?? leftAt - enteredAt, timeoutMs - 1));
  const key = `${method} ${service}`;
  const way = (answer: HttpAnswerSource, times = 1): Way => {
    return { http: { key, answers: Array.from({ length: times }, () => ({ ...answer, after })) } };
  };
  const status = known?.status;
  switch (exit) {
    case 'next':
      return bodiesFor(step, hints).map((body) => way({ status: status ?? 200, body }));
    case 'notFound':
      return [way({ status: 404 })];
    case 'refused':
      return [way({ status: status ?? 403 })];
    case 'callerLeft':
      return hangUpInRequest(key, visit, timeoutMs);
    default: {
      if (status !== undefined) return [way({ status }, status >= 500 ? tries : 1)];
      const failure = /^http\.(timeout|unreachable|tooLarge|notJson)$/.exec(known?.failure ?? '')?.[1];
      const told = (failure ?? 'unreachable') as NonNullable<HttpAnswerSource['failure']>;
      return [way({ failure: told }, told === 'timeout' || told === 'unreachable' ? tries : 1)];
    }
  }
}

/** The answer comes later than the caller's hanging up, which the script brings about. */
function hangUpInRequest(key: string, { enteredAt, leftAt }: RecordedVisit, timeoutMs: number): Way[] {
  const ms = pause(Math.min(leftAt - enteredAt, timeoutMs - 1));
  const answers = [{ failure: 'timeout' as const, after: duration(timeoutMs) }];
  return [{ http: { key, answers }, moves: [...silence(ms), { hangUp: true }] }];
}

function bodiesFor(step: Step, hints: Hints): NonNullable<HttpAnswerSource['body']>[] {
  const make = step.kind.answerWith;
  if (!make) return [{}];
  const bodies = new Map<string, NonNullable<HttpAnswerSource['body']>>();
  for (let n = 0; n < MOST_ANSWERS; n += 1) {
    const body = make(step.params, (name, type) => madeUpValue(type, name, n, hints)) ?? {};
    bodies.set(JSON.stringify(body), body);
  }
  return [...bodies.values()];
}

function transferWays({ exit, enteredAt, answeredAt, leftAt }: RecordedVisit, { call }: Scene): Way[] {
  const rung = call.happenings.findLast((one) => one.what === 'transferred');
  if (!rung) return [];
  const tookMs = leftAt - enteredAt;
  if (exit === 'callerLeft') {
    // In the talk, which the other side must not end before; or while it rang, which nobody must answer.
    const talked = answeredAt === undefined ? { outcome: 'noAnswer' as const, after: '3h' } : { talk: '24h' };
    const rang = answeredAt === undefined ? {} : { after: duration(answeredAt - enteredAt) };
    const fake = { transfer: { [rung.to]: { ...talked, ...rang } } };
    return [{ fake, moves: [...silence(pause(tookMs)), { hangUp: true }] }];
  }
  const outcome = (['ended', 'busy', 'noAnswer', 'failed'] as const).find((one) => one === exit);
  if (!outcome) return [];
  // Where it is not known how long it rang: a part of the whole.
  const rangMs = answeredAt === undefined ? Math.min(5_000, tookMs / 2) : answeredAt - enteredAt;
  const after = duration(outcome === 'ended' ? rangMs : tookMs);
  const talk = outcome === 'ended' ? { talk: duration(tookMs - rangMs) } : {};
  return [{ fake: { transfer: { [rung.to]: { outcome, after, ...talk } } } }];
}

function figuresWays({ figures: read }: RecordedVisit): Way[] {
  if (!read) return [];
  const { waiting, agentsOnDuty, agentsReady, longestWaitMs, estimatedWaitMs } = read.figures;
  const estimate = estimatedWaitMs === undefined ? {} : { estimatedWait: duration(estimatedWaitMs) };
  const told = { waiting, agentsOnDuty, agentsReady, longestWait: duration(longestWaitMs), ...estimate };
  return [{ fake: { queueStatus: { [read.queue]: told } } }];
}

function untilQuiet(call: VirtualCall): number {
  const before = call.now;
  call.passUntil(() => call.playing.length === 0, LONGEST_PROMPT_MS);
  return call.now - before;
}

function pause(ms: number): number {
  return ms < AT_ONCE_MS ? 0 : Math.round(ms / 100) * 100;
}

function silence(ms: number): Move[] {
  return ms === 0 ? [] : [{ silence: duration(ms) }];
}

/** As people write it: `1.5s`, and ms only where it is less than a tenth of a second. */
export function duration(ms: number): string {
  const whole = Math.max(0, Math.round(ms));
  return whole % 100 === 0 || whole >= 100 ? `${Math.round(whole / 100) / 10}s` : `${whole}ms`;
}
