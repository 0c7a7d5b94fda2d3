import type { Happening } from '../../src/flows/run/happenings.ts';
import type { VirtualCall } from '../../src/flows/run/virtual-call.ts';
import type { CallFact } from '../../src/reports/journal.ts';

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Body = Without<CallFact, 'callId' | 'at'>;

export interface RealCaller {
  number: string;
  name?: string;
  called?: string;
}

/**
 * What the journal of the call centre holds of a call that the engine went through. `slower` stretches its time: a real prompt lasts
 * otherwise than a virtual one.
 */
export function factsOfCall(call: VirtualCall, startedAt: number, caller: RealCaller, slower = 1): CallFact[] {
  const callId = 'call-1';
  const facts: CallFact[] = [];
  const write = (at: number, body: Body): void => {
    facts.push({ ...body, callId, at: Math.round(startedAt + (at - startedAt) * slower) });
  };
  const { number, name, called = '1000' } = caller;
  write(startedAt, {
    type: 'callStarted',
    callerNumber: number,
    ...(name !== undefined && { callerName: name }),
    calledNumber: called,
  });
  const { name: flow, version: flowVersion } = call.flow;
  write(startedAt, { type: 'flowStarted', flow, flowVersion, alias: 'live' });
  let askedAt = startedAt;
  let service = '';
  for (const one of call.happenings) {
    if (one.what === 'asked') {
      askedAt = one.at;
      service = one.effect.service;
    }
    const body = bodyOf(one, flow, { service, tookMs: one.at - askedAt });
    if (body) write(one.at, body);
  }
  write(call.now, { type: 'callEnded', outcome: 'selfService', endedBy: 'system', reason: 'the flow ended' });
  return facts;
}

function bodyOf(one: Happening, root: string, asked: { service: string; tookMs: number }): Body | undefined {
  switch (one.what) {
    case 'entered':
      return { type: 'stepEntered', step: one.step, verb: one.verb, ...(one.flow !== root && { flow: one.flow }) };
    case 'left':
      return { type: 'stepLeft', step: one.step, exit: one.exit, ...(one.flow !== root && { flow: one.flow }) };
    case 'collected':
      return { type: 'digitsCollected', step: one.step, digits: one.digits };
    case 'secretCollected':
      return { type: 'secureDigitsCollected', step: one.step };
    case 'queued':
      return { type: 'queueEntered', queue: one.effect.queue };
    case 'queueAnswered':
      return { type: 'talkStarted', agentId: 'user-amy', legId: 'leg-2' };
    case 'answerCame':
      return { type: 'serviceAsked', ...asked, status: one.status };
    case 'answerFailed':
      return { type: 'serviceAsked', ...asked, failure: one.code };
    default:
      return undefined;
  }
}
