import { expect, test } from 'vitest';
import { CallerAudio } from '../../../src/calls/caller-audio.ts';
import type { FactBody } from '../../../src/calls/facts.ts';
import { type FlowCaller, FlowRun } from '../../../src/calls/flow-run.ts';
import { MediaFacts } from '../../../src/calls/media-port.ts';
import type { AudioItem } from '../../../src/flows/audio.ts';
import { loadFlow } from '../../../src/flows/language/load.ts';
import { ParleyError } from '../../../src/shared/errors.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import { settle } from '../../support/fake-centre.ts';
import { FakeMedia } from '../../support/fake-media.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const nobody = () => Promise.reject(new ParleyError('http.unreachable'));
const NOBODY: FlowCaller['outside'] = {
  request: nobody,
  bookCallback: nobody,
  sendDigits: nobody,
  readQueue: () => {
    throw new ParleyError('flow.broken');
  },
};

const HEAD = 'flow: test\nversion: 1\ntitle: Test\nlanguages: [en]\n';

function run(source: string, caller: Partial<FlowCaller> = {}) {
  const loaded = loadFlow(HEAD + source, 'test.yaml');
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const clock = new ManualClock();
  const media = new FakeMedia(() => clock.now());
  media.endpoints.add('caller');
  const log = createLogger('test', { level: 'silent' });
  const make = async (): Promise<AudioItem[]> => [{ type: 'prompt', hash: '0'.repeat(64) }];
  const audio = new CallerAudio(
    { media, facts: new MediaFacts(media, log, clock), make, log },
    { endpointId: 'caller', callId: 'call-1' },
  );
  const facts: FactBody[] = [];
  const told: string[] = [];
  const flow = new FlowRun({
    flow: loaded.flow,
    clock,
    log,
    caller: {
      audio,
      write: (fact) => facts.push(fact),
      outside: NOBODY,
      ring: () => told.push('rang'),
      answer: () => told.push('answer'),
      record: (order) => told.push(`record ${order}`),
      setSecure: (on) => told.push(`secure ${on}`),
      enterQueue: () => {
        throw new Error('no queue in this test');
      },
      transfer: (_wish, listener) => {
        listener.ended('failed');
        return { leave: () => told.push('transfer left') };
      },
      recordMessage: () => Promise.reject(new Error('no message in this test')),
      flowEnded: (reason) => told.push(`ended ${reason}`),
      ...caller,
    },
  });
  flow.begin({ at: clock.now(), caller: { number: '1', name: '' }, called: '1000' });
  return { flow, media, clock, facts, told };
}

test('[C23] secret digits are collected in secure mode and stand in no fact', async () => {
  const { flow, facts, told } = run(
    'start: pin\nsteps:\n  pin:\n    collect: { prompt: PIN, digits: 4, into: pin, secure: true }\n    next: end\n    noInput: end\n  end: { hangup: {} }\n',
  );
  await settle();
  for (const digit of '8274') flow.digit(digit);
  expect(told).toEqual(['secure true', 'secure false', 'ended completed']);
  expect(facts).toContainEqual({ type: 'secureDigitsCollected', step: 'pin' });
  expect(JSON.stringify(facts)).not.toContain('8274');
});

test('[C20] an event that an effect brings about waits for the turn to end', async () => {
  const outcomes: string[] = [];
  const { told, facts } = run(
    'start: q\nsteps:\n  q:\n    queue: support\n    onTimeout: end\n    onFull: end\n  end: { hangup: {} }\n',
    {
      enterQueue: (_wish, listener) => {
        listener.ended('full');
        outcomes.push('entered');
        return { leave: () => outcomes.push('left') };
      },
    },
  );
  await settle();
  expect(outcomes).toEqual(['entered']);
  expect(facts).toContainEqual({ type: 'stepLeft', step: 'q', exit: 'full' });
  expect(told).toEqual(['ended completed']);
});

test('[C22] a queue that cannot be entered is a failure that the flow may catch', async () => {
  const { told, facts } = run(
    'start: q\nsteps:\n  q:\n    queue: support\n    onTimeout: end\n    onError: end\n  end: { hangup: {} }\n',
  );
  await settle();
  expect(facts).toContainEqual({ type: 'stepLeft', step: 'q', exit: 'error' });
  expect(told).toEqual(['ended completed']);
});

test('[C24] a bug ends the run and leaves nothing running', async () => {
  const { clock, told, flow, media } = run(
    'start: ask\nsteps:\n  ask:\n    menu: { prompt: Press one }\n    choices: { "1": end }\n    noInput: end\n    noMatch: end\n  end: { hangup: {} }\n',
    {
      write: (fact) => {
        if (fact.type === 'digitsCollected') throw new Error('a bug');
      },
    },
  );
  await settle();
  media.playToEnd('caller');
  flow.digit('1');
  expect(told).toEqual(['ended error']);
  expect(clock.waiting).toBe(0);
  flow.digit('1');
  flow.hangUp('caller');
  expect(told).toEqual(['ended error']);
});

const TRANSFER =
  'start: t\nsteps:\n  t:\n    transfer: { agent: amy }\n    onEnded: end\n    onNoAnswer: end\n    onBusy: end\n    onFailed: end\n  end: { hangup: {} }\n';

const exitOf = (facts: FactBody[]) => facts.find(({ type }) => type === 'stepLeft');

test('[F70] [C22] a transfer that cannot be performed leaves by failed at once', () => {
  const { told, facts } = run(TRANSFER);
  expect(exitOf(facts)).toMatchObject({ step: 't', exit: 'failed' });
  expect(told).toEqual(['ended completed']);
});

test('[C22] a transfer that breaks is a failure of its step, and one that is over is not ended again', () => {
  const { told, facts } = run(TRANSFER, {
    transfer: () => {
      throw new ParleyError('media.unreachable');
    },
  });
  expect(exitOf(facts)).toMatchObject({ exit: 'error' });
  expect(told).toEqual(['ended error']);
});

test('[C21] [F70] a transfer is told when it is answered and when it ends; a caller who leaves ends it', () => {
  const listeners: Parameters<FlowCaller['transfer']>[1][] = [];
  const left: string[] = [];
  const caller: Partial<FlowCaller> = {
    transfer: (_wish, listener) => {
      listeners.push(listener);
      return { leave: (by) => left.push(by) };
    },
  };
  const talked = run(TRANSFER, caller);
  listeners[0]?.answered();
  listeners[0]?.ended('ended');
  expect(exitOf(talked.facts)).toMatchObject({ exit: 'ended' });
  const given = run(TRANSFER, caller);
  given.flow.hangUp('caller');
  expect(left).toEqual(['caller']);
  expect(given.told).toEqual(['ended callerLeft']);
});
