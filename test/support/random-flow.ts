import type { Flow } from '../../src/flows/language/flow.ts';
import { STEPS } from '../../src/flows/steps/index.ts';
import { below, pick, type Rng } from '../fuzz/mutate.ts';
import { flowOf } from './flow-call.ts';

const CALENDAR = `calendar: desk
version: 1
timeZone: Europe/Berlin
weekly: { monday: 09:00-17:00, tuesday: 09:00-17:00, wednesday: 22:00-06:00 }
`;

/** Draws one of the words. */
type Draw = (...words: string[]) => string;

/** One step of each verb, with `to()` for the step it leads to; what is drawn differs from step to step. */
const BODIES: Record<string, (to: () => string, draw: Draw) => string> = {
  say: (to, draw) =>
    `say: { text: ${draw('Hello', '"{{ n }} of {{ s }}"', '"{{ 1 / n }}"', '"{{ number(n) }} {{ digits(s) }} {{ date(s) }}"')}, language: en${draw('', ', bargeIn: match', ', bargeIn: none', ', consent: true')} }, next: ${to()}`,
  play: (to) => `play: jingle, next: ${to()}`,
  menu: (to, draw) =>
    `menu: { prompt: { text: Press, language: en }, retries: ${draw('0', '1', '2')} }, choices: { "1": ${to()}, "12": ${to()}, "9": ${to()} }, noInput: ${to()}`,
  collect: (to, draw) =>
    `collect: { prompt: { text: Type, language: en }, ${draw('into: s', 'into: pin, secure: true')}, ${draw('digits: 2', 'min: 1, max: 5')} }, next: ${to()}, noInput: ${to()}${draw('', `, noMatch: ${to()}`)}`,
  set: (to, draw) =>
    `set: { ${draw('n: "{{ n + 1 }}"', 'n: "{{ 7 / n }}"', 's: "{{ s + s }}x"', 'call.language: zh', 'call.voice: male', 'n: 0, s: a')} }, next: ${to()}`,
  if: (to, draw) =>
    `if: ${draw('n > 3', "s == '1'", '10 / n > 2', 'call.seconds > 20', "s.matches('^1+x*$')", "call.seconds < seconds('1m')")}, then: ${to()}, else: ${to()}`,
  hours: (to) => `hours: desk, open: ${to()}, closed: ${to()}`,
  queue: (to, draw) =>
    `queue: { name: support, maxWait: 1m, ${draw('priority: 3', 'skills: ["x:{{ s }}"]', 'callbackKey: "*"')} }, onTimeout: ${to()}, onAnsweredEnd: ${to()}`,
  voicemail: (to, draw) =>
    `voicemail: { box: support${draw('', ', prompt: { text: Speak, language: en }')} }, next: ${to()}`,
  hangup: () => 'hangup: {}',
  return: () => 'return: { }',
  switch: (to) => `switch: s, cases: { "1": ${to()}, a: ${to()} }, else: ${to()}`,
  loop: (to, draw) => `loop: ${draw('1', '3')}, again: ${to()}, done: ${to()}`,
  distribute: (to) => `distribute: [{ percent: 40, then: ${to()} }, { percent: 60, then: ${to()} }]`,
  wait: (to) => `wait: 2s, next: ${to()}`,
  ring: (to) => `ring: 1s, next: ${to()}`,
  answer: (to) => `answer: {}, next: ${to()}`,
  reject: (_, draw) => `reject: ${draw('busy', 'declined')}`,
  http: (to, draw) =>
    `http: { ${draw('get: crm/a', 'post: "crm/{{ s }}"')}${draw('', ', filler: { tone: beep }')} }, save: { ${draw('n: a', 'n: { at: a, default: 3 }')} }, next: ${to()}${draw('', `, onNotFound: ${to()}`)}`,
  queueStatus: (to) => `queueStatus: { queue: support, save: { n: waiting } }, next: ${to()}`,
  callback: (to, draw) =>
    `callback: { queue: support${draw('', ', number: "{{ s }}"')} }, next: ${to()}${draw('', `, onInvalid: ${to()}`)}`,
  transfer: (to, draw) =>
    `transfer: { ${draw('number: "+49301"', 'agent: amy')} }, onNoAnswer: ${to()}${draw('', `, onEnded: ${to()}`)}`,
  dtmf: (to) => `dtmf: "12#", next: ${to()}`,
  record: (to, draw) => `record: ${draw('start', 'pause', 'stop')}, next: ${to()}`,
  tag: (to) => `tag: { reason: "{{ s }}" }, next: ${to()}`,
  event: (to) => `event: { name: seen, values: { n: "{{ n }}" } }, next: ${to()}`,
  call: (to) => `call: CALLED, with: { p: "{{ n }}" }, save: { n: r }, next: ${to()}`,
  goto: () => 'goto: ELSEWHERE',
};

const UNKNOWN = [...STEPS.keys()].filter((verb) => !Object.hasOwn(BODIES, verb));
if (UNKNOWN.length > 0) throw new Error(`random flows know nothing of ${UNKNOWN.join(', ')}`);

/** A flow of every verb that leads anywhere, with two flows that it calls and one that it may go on in. */
export function randomFlow(rng: Rng): Flow {
  const main = randomText(rng, { name: 'main', called: 'inner', elsewhere: 'other' });
  const inner = randomText(rng, { name: 'inner', called: 'innermost', isCalled: true });
  const innermost = randomText(rng, { name: 'innermost', isCalled: true });
  const other = randomText(rng, { name: 'other', called: 'innermost' });
  return flowOf(main, [CALENDAR], [inner, innermost, other]);
}

/** The file of a flow that calls nothing, with at most `most` steps. */
export function randomFlowText(rng: Rng, most = 13): string {
  return randomText(rng, { name: 'main', most });
}

interface Wish {
  name: string;
  called?: string;
  elsewhere?: string;
  isCalled?: boolean;
  most?: number;
}

function randomText(rng: Rng, { name, called, elsewhere, isCalled = false, most = 13 }: Wish): string {
  const draw: Draw = (...words) => pick(rng, words);
  const names = Array.from({ length: 3 + below(rng, most - 3) }, (_, index) => `s${index}`);
  names.push('constructor');
  const to = () => pick(rng, names);
  const verbs = Object.keys(BODIES).filter(
    (verb) => (verb !== 'call' || called !== undefined) && (verb !== 'goto' || elsewhere !== undefined),
  );
  const steps = names.map((step) => {
    const verb = pick(rng, verbs);
    const body = (BODIES[verb]?.(to, draw) ?? '').replace('CALLED', called ?? '').replace('ELSEWHERE', elsewhere ?? '');
    const results = isCalled ? body.replace('return: { }', 'return: { r: "{{ n }}" }') : body;
    const star = results.includes('callbackKey') ? `, onCallback: ${to()}` : '';
    const caught = verb !== 'hangup' && rng() < 0.2 ? `, onError: ${to()}` : '';
    return `  ${step}: { ${results}${star}${caught} }`;
  });
  const handlers = [
    ...(rng() < 0.4 ? [`error: ${to()}`] : []),
    ...(rng() < 0.5 ? [`hangup: ${to()}`] : []),
    ...(rng() < 0.3 ? [`maxDuration: { after: 1m, then: ${to()} }`] : []),
  ];
  return `flow: ${name}
version: 1
languages: ${rng() < 0.5 ? '[en, zh]' : '[zh, en]'}
${isCalled ? 'params: { p: int }\nresults: { r: int }\n' : ''}${rng() < 0.2 ? 'answer: byStep\n' : ''}vars: { n: 0, s: "" }
on: { ${handlers.join(', ')} }
start: ${to()}
steps:
${steps.join('\n')}
`;
}
