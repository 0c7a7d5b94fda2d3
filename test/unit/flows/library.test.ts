import { beforeEach, describe, expect, it } from 'vitest';
import { knownAudio } from '../../../src/flows/audio.ts';
import { checkFolder } from '../../../src/flows/check/folder.ts';
import { printFlowError } from '../../../src/flows/language/errors.ts';
import { FlowLibrary } from '../../../src/flows/library.ts';
import type { Clock } from '../../../src/shared/time.ts';
import { FakeFlowFolder } from '../../support/fake-flow-folder.ts';
import { FlowCall, flowWith } from '../../support/flow-call.ts';

const flow = (name: string, says: string) =>
  `flow: ${name}\nversion: 1\nstart: one\nsteps:\n  one: { say: ${says}, next: end }\n  end: { hangup: {} }\n`;
const CALENDAR = 'calendar: desk\nversion: 1\ntimeZone: UTC\nweekly: { monday: 09:00-17:00 }\n';

class FakeClock implements Clock {
  waiting: (() => void)[] = [];
  now = () => 0;
  after(_delayMs: number, run: () => void): () => void {
    this.waiting.push(run);
    return () => {
      this.waiting = this.waiting.filter((one) => one !== run);
    };
  }
  fire(): void {
    for (const run of this.waiting.splice(0)) run();
  }
}

describe('the library', () => {
  let folder: FakeFlowFolder;
  let clock: FakeClock;
  let library: FlowLibrary;
  let told: string[];

  beforeEach(() => {
    folder = new FakeFlowFolder();
    clock = new FakeClock();
    library = new FlowLibrary({ folder, clock });
    told = [];
    library.on('loaded', ({ name, steps }) => told.push(`loaded ${name} ${steps.size}`));
    library.on('broken', (file, errors) => told.push(`broken ${file} ${errors.length}`));
    library.on('removed', (name) => told.push(`removed ${name}`));
    library.on('failed', (error) => told.push(String(error)));
  });

  const change = async (files: Record<string, string>) => {
    folder.files = files;
    folder.changed();
    folder.changed();
    expect(clock.waiting.length).toBe(1);
    clock.fire();
    await library.reload();
  };

  it('[F40] keeps the last good version of a file that breaks, and takes it back when it is right again', async () => {
    folder.files = { 'a.yaml': flow('a', 'Hello') };
    await library.open();
    const good = library.current('a');
    await change({ 'a.yaml': `${flow('a', 'Hello')}  two: {}\n` });
    expect(library.current('a')).toBe(good);
    expect(library.status()[0]).toMatchObject({ name: 'a', errors: [{ line: 7, rule: 'step.verb' }] });
    await change({ 'a.yaml': flow('a', 'Bye') });
    expect(library.current('a')?.hash).not.toBe(good?.hash);
    expect(library.status()[0]?.errors).toEqual([]);
    expect(told).toEqual(['loaded a 2', 'broken a.yaml 1', 'loaded a 2']);
  });

  it('[K6] a flow that looks wrong is used all the same, and told of once', async () => {
    const endless = flow('a', 'Hello').replace('next: end', 'next: one');
    library.on('doubtful', (file, findings) => told.push(`doubtful ${file} ${findings.map(({ rule }) => rule)}`));
    folder.files = { 'a.yaml': endless };
    await library.open();
    await change({ 'a.yaml': endless, 'b.yaml': flow('b', 'Hello') });
    expect(library.current('a')?.steps.size).toBe(2);
    await change({ 'a.yaml': endless.replace('Hello', 'Howdy'), 'b.yaml': flow('b', 'Hello') });
    const doubts = 'doubtful a.yaml loop.endless,step.unreachable';
    expect(told).toEqual(['loaded a 2', doubts, 'loaded b 2', 'loaded a 2']);
  });

  it('[F41] a version that calls hold stays until the last of them lets go, even without its file', async () => {
    folder.files = { 'a.yaml': flow('a', 'Hello') };
    await library.open();
    const first = library.hold('a');
    const second = library.hold('a');
    const hash = first?.flow.hash ?? '';
    await change({});
    expect(library.current('a')).toBeUndefined();
    expect(library.hold('a')).toBeUndefined();
    first?.release();
    first?.release();
    expect(library.version(hash)).toBe(first?.flow);
    second?.release();
    expect(library.version(hash)).toBeUndefined();
    expect(told).toEqual(['loaded a 2', 'removed a']);
  });

  const caller = 'flow: a\nversion: 1\nstart: one\nsteps:\n  one: { call: b, next: end }\n  end: { hangup: {} }\n';
  const called = (says: string) =>
    `flow: b\nversion: 1\nstart: one\nsteps:\n  one: { say: ${says}, next: back }\n  back: { return: {} }\n`;

  it('[F57] a changed flow gives those that call it a new version; calls stay on what they began with', async () => {
    folder.files = { 'a.yaml': caller, 'b.yaml': called('Old') };
    await library.open();
    const held = library.hold('a');
    await change({ 'a.yaml': caller, 'b.yaml': called('New') });
    expect(library.current('a')?.hash).toBe(held?.flow.hash);
    expect(library.current('a')?.version).not.toBe(held?.flow.version);
    expect(library.version(held?.flow.version ?? '')).toBe(held?.flow);
    expect(told).toEqual(['loaded a 2', 'loaded b 2', 'loaded a 2', 'loaded b 2']);
  });

  it('[F41] a flow that is deleted or broken changes nothing for the calls in it, nor for those that call it', async () => {
    folder.files = { 'a.yaml': caller, 'b.yaml': called('Old') };
    await library.open();
    const held = library.hold('a');
    if (!held) throw new Error('no flow');
    const call = new FlowCall(held.flow);
    await change({ 'a.yaml': caller });
    expect(library.status()).toMatchObject([
      { name: 'a', errors: [{ line: 5, column: 16, rule: 'reference.missing' }] },
    ]);
    expect(library.current('a')).toBe(held.flow);
    await change({});
    expect(told.slice(-3)).toEqual(['broken a.yaml 1', 'removed b', 'removed a']);
    expect(library.version(call.state.flowHash)).toBe(held.flow);
    expect(call.heard().path).toEqual(['one:next', 'one:next', 'back:return', 'end:end']);
    held.release();
    expect(library.version(call.state.flowHash)).toBeUndefined();
  });

  it('[F57] a calendar that changes inside of a called flow reaches new calls', async () => {
    const inner =
      'flow: b\nversion: 1\nstart: one\nsteps:\n  one: { hours: desk, open: back, closed: back }\n  back: { return: {} }\n';
    const files = { 'a.yaml': caller, 'b.yaml': inner, 'calendars/desk.yaml': CALENDAR };
    folder.files = files;
    await library.open();
    await change({ ...files, 'calendars/desk.yaml': CALENDAR.replace('UTC', 'Asia/Shanghai') });
    expect(library.current('a')?.flows['b']?.calendars['desk']?.timeZone).toBe('Asia/Shanghai');
  });

  it('[F52] no call begins in a flow that has parameters', async () => {
    folder.files = { 'a.yaml': flow('a', 'Hello').replace('start', 'params: { n: int }\nstart') };
    await library.open();
    expect(library.current('a')?.name).toBe('a');
    expect(library.hold('a')).toBeUndefined();
  });

  it('[F40] a calendar that breaks stays as it was; one that changes reaches new calls', async () => {
    const text =
      'flow: a\nversion: 1\nstart: one\nsteps:\n  one: { hours: desk, open: end, closed: end }\n  end: { hangup: {} }\n';
    folder.files = { 'a.yaml': text, 'calendars/desk.yaml': CALENDAR };
    await library.open();
    await change({ 'a.yaml': text, 'calendars/desk.yaml': 'calendar: desk\n' });
    expect(library.current('a')?.calendars['desk']?.timeZone).toBe('UTC');
    await change({ 'a.yaml': text, 'calendars/desk.yaml': CALENDAR.replace('UTC', 'Asia/Shanghai') });
    expect(library.current('a')?.calendars['desk']?.timeZone).toBe('Asia/Shanghai');
    expect(told).toEqual(['loaded a 2', 'broken calendars/desk.yaml 3', 'loaded a 2']);
  });

  it('[F42] a version is made ready before it is used, and used all the same when that fails', async () => {
    const order: string[] = [];
    folder.files = { 'a.yaml': flow('a', 'Hello') };
    const preparing = new FlowLibrary({
      folder,
      clock,
      prepare: async ({ name }) => {
        order.push(`${name} in use: ${preparing.current('a') !== undefined}`);
        throw new Error('no voice');
      },
    });
    preparing.on('failed', (error) => order.push(String(error)));
    await preparing.open();
    expect(order).toEqual(['a in use: false', 'Error: no voice']);
    expect(preparing.current('a')?.name).toBe('a');
  });

  it('[F40] a folder that cannot be read changes nothing', async () => {
    folder.files = { 'a.yaml': flow('a', 'Hello') };
    await library.open();
    folder.fails = true;
    await library.reload();
    expect(library.current('a')?.name).toBe('a');
    expect(told.at(-1)).toBe('Error: no such folder');
  });

  it('[F10] the check tells references that lead nowhere, and two flows of one name', async () => {
    folder.files = {
      'a.yaml':
        'flow: a\nversion: 1\nstart: one\nsteps:\n  one: { hours: dsek, open: two, closed: three }\n  two: { play: jingel, next: three }\n  three: { queue: suport, onTimeout: end }\n  end: { hangup: {} }\n',
      'b.yaml': flow('b', 'Hello'),
      'c.yaml': flow('b', 'Hello'),
      'calendars/desk.yaml': CALENDAR,
    };
    folder.prompts = ['jingle.wav'];
    folder.queues = ['support'];
    expect((await checkFolder(folder)).map(printFlowError)).toEqual([
      'a.yaml:5:17 reference.missing There is no calendar "dsek" (did you mean desk?)',
      'a.yaml:6:16 reference.missing There is no prompt "jingel" (did you mean jingle?)',
      'a.yaml:7:19 reference.missing There is no queue "suport" (did you mean support?)',
      'c.yaml:1:1 flow.duplicate The flow b is in b.yaml already',
    ]);
  });
});

it('[F42] everything a flow is known to play is listed once, with its hours in words', async () => {
  const folder = new FakeFlowFolder();
  folder.files = {
    'a.yaml': `flow: a\nversion: 1\nlanguages: [en, zh]\nstart: one\nsteps:
  one: { say: [{ text: { en: Hello, zh: 您好 } }, { hours: desk }, { prompt: jingle, language: en }], next: two }
  two: { say: [{ text: { en: Hello, zh: 您好 } }, { text: "{{ caller.name }}", language: en }], next: end }
  end: { hangup: {} }\n`,
    'calendars/desk.yaml': CALENDAR,
  };
  folder.prompts = ['jingle.wav'];
  const library = new FlowLibrary({ folder, clock: new FakeClock() });
  await library.open();
  const flow = library.current('a');
  expect(flow && knownAudio(flow)).toEqual({
    texts: [
      { text: 'Hello', language: 'en' },
      { text: '您好', language: 'zh' },
      { text: expect.stringContaining('We are open Monday'), language: 'en' },
      { text: expect.stringContaining('星期一'), language: 'zh' },
    ],
    prompts: [{ name: 'jingle', language: 'en' }],
  });
});

it('[F42] what is spoken inside of a called flow, and by a voice the flow chooses, is known as well', () => {
  const inner = 'flow: b\nversion: 1\nstart: one\nsteps:\n  one: { say: Inside, next: back }\n  back: { return: {} }\n';
  const steps = '  one: { set: { call.voice: male }, next: two }\n  two: { call: b, next: end }';
  expect(knownAudio(flowWith(steps, '', [inner])).texts).toEqual([
    { text: 'Inside', language: 'en' },
    { text: 'Inside', language: 'en', voice: 'male' },
  ]);
});
