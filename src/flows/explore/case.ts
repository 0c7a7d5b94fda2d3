import { emptyValue, type Flow } from '../language/flow.ts';
import type { FlowInit, FlowValue } from '../machine/types.ts';
import type { Decision } from '../run/decisions.ts';
import type { FakeAnswer, FakeFigures } from '../run/fakes.ts';
import { triesOf } from '../run/outcomes.ts';
import type { VirtualCall } from '../run/virtual-call.ts';
import type { FakesSource, HttpAnswerSource, Move, QueueStatusSource, TestCaseSource } from '../test/shape.ts';
import type { Carried } from './choice.ts';

/** A choice as it was carried out, and of what it decided. */
export interface Done extends Carried {
  /** The name under which the fake of a decision stands, and how many tries it answers. */
  fake?: { name: string; tries: number };
}

/** Of what a decision decides at this moment. */
export function fakeOf(call: VirtualCall, decision: Decision): NonNullable<Done['fake']> {
  const { http, queue, transfer, queueStatus } = call.works;
  switch (decision.what) {
    case 'http':
      return { name: `${http?.method} ${http?.service}`, tries: http ? triesOf(http) : 1 };
    case 'queue':
      return { name: queue?.effect.queue ?? '', tries: 1 };
    case 'transfer': {
      const to = transfer?.effect.to ?? { number: '' };
      return { name: 'number' in to ? to.number : to.agent, tries: 1 };
    }
    case 'queueStatus':
      return { name: queueStatus?.queue ?? '', tries: 1 };
    default:
      return { name: '', tries: 1 };
  }
}

/** How the call begins, its world and what its caller does, as a test case says it. */
export function situationOf(flow: Flow, init: FlowInit, done: readonly Done[]): Omit<TestCaseSource, 'name'> {
  const { caller, language, seed, at } = init;
  const fake = fakesFor(done);
  const script = scriptFor(done);
  return {
    at: `${new Date(at).toISOString().slice(0, 19)}Z`,
    caller: { from: caller.number, ...(language !== undefined && { language }) },
    ...(seed !== undefined && { seed }),
    ...(flow.params.size > 0 && { params: emptyParams(flow) }),
    ...(Object.keys(fake).length > 0 && { fake }),
    ...(script.length > 0 && { script }),
  };
}

/** What a flow that others call is given when it is walked on its own. */
export function emptyParams(flow: Flow): Record<string, FlowValue> {
  return Object.fromEntries([...flow.params].map(([name, type]) => [name, emptyValue(type)]));
}

function scriptFor(done: readonly Done[]): Move[] {
  const moves: Move[] = [];
  let silentMs = 0;
  for (const { choice, beforeMs, afterMs } of done) {
    silentMs += beforeMs;
    const move: Move | undefined =
      choice.act === 'hangUp'
        ? { hangUp: true }
        : choice.act === 'press' && choice.keys !== ''
          ? { press: choice.keys }
          : undefined;
    if (move) {
      if (silentMs > 0) moves.push({ silence: durationOf(silentMs) });
      silentMs = 0;
      moves.push(move);
    }
    silentMs += afterMs;
  }
  return moves;
}

/** Exactly so long, as people write it: `4.353s`. */
export function durationOf(ms: number): string {
  return ms >= 1_000 ? `${ms / 1_000}s` : `${ms}ms`;
}

function fakesFor(done: readonly Done[]): FakesSource {
  const fakes: FakesSource = {};
  for (const { choice, fake } of done) {
    if (choice.act !== 'decide' || !fake) continue;
    const { decision } = choice;
    const { name } = fake;
    switch (decision.what) {
      case 'http':
        fakes.http = {
          ...fakes.http,
          [name]: [
            ...[fakes.http?.[name] ?? []].flat(),
            ...decision.answers.flatMap((one) => answersOf(one, fake.tries)),
          ],
        };
        break;
      case 'queue': {
        const { outcome, afterMs, talkMs } = decision.fake;
        const one =
          outcome === 'answered' ? { answerAfter: durationOf(afterMs ?? 0), talk: durationOf(talkMs) } : { outcome };
        fakes.queue = { ...fakes.queue, [name]: [...[fakes.queue?.[name] ?? []].flat(), one] };
        break;
      }
      case 'transfer': {
        const { outcome, afterMs, talkMs } = decision.fake;
        const one = { outcome, after: durationOf(afterMs), ...(outcome === 'ended' && { talk: durationOf(talkMs) }) };
        fakes.transfer = { ...fakes.transfer, [name]: [...[fakes.transfer?.[name] ?? []].flat(), one] };
        break;
      }
      case 'queueStatus':
        fakes.queueStatus = {
          ...fakes.queueStatus,
          [name]: [...[fakes.queueStatus?.[name] ?? []].flat(), figuresIn(decision.fake)],
        };
        break;
      case 'callback':
        fakes.callback = [...[fakes.callback ?? []].flat(), decision.fake];
        break;
      case 'voicemail':
        fakes.voicemail = [...[fakes.voicemail ?? []].flat(), decision.fake];
        break;
    }
  }
  return fakes;
}

/** An answer for each try that takes it: what is tried again is told every time. */
function answersOf({ status, body, afterMs, failure }: FakeAnswer, tries: number): HttpAnswerSource[] {
  const after = durationOf(afterMs);
  const told = failure?.replace('http.', '') as HttpAnswerSource['failure'];
  const one: HttpAnswerSource = told === undefined ? { status, body, after } : { failure: told, after };
  const isAgain =
    failure === 'http.timeout' || failure === 'http.unreachable' || (failure === undefined && status >= 500);
  return Array.from({ length: isAgain ? tries : 1 }, () => one);
}

function figuresIn(fake: FakeFigures): QueueStatusSource {
  if (fake === 'failed') return fake;
  const { longestWaitMs, estimatedWaitMs, ...counts } = fake;
  return {
    ...counts,
    ...(longestWaitMs !== undefined && { longestWait: durationOf(longestWaitMs) }),
    ...(estimatedWaitMs !== undefined && { estimatedWait: durationOf(estimatedWaitMs) }),
  };
}
