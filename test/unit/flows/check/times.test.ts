import { expect, it } from 'vitest';
import { checkContents, type PersonTime } from '../../../../src/flows/check/check.ts';

function peopleOf(flows: Record<string, string>, promptMs?: ReadonlyMap<string, number>): PersonTime[] {
  const { people, findings } = checkContents(
    {
      flows: Object.entries(flows).map(([file, text]) => ({ file, text })),
      calendars: [],
      prompts: [...(promptMs?.keys() ?? [])],
      queues: undefined,
    },
    promptMs && { promptMs },
  );
  const mistakes = findings.filter(({ severity, rule }) => severity === 'error' && rule !== 'loop.endless');
  expect(mistakes).toEqual([]);
  return people;
}

const flow = (steps: string, head = '') =>
  `flow: main\nversion: 1\ndefaults: { timeout: 5s, retries: 1 }\n${head}start: one\nsteps:\n${steps}  talk: { queue: support, onTimeout: end }\n  end: { hangup: {} }\n`;
const seconds = (steps: string, head = '') => peopleOf({ 'main.yaml': flow(steps, head) })[0]?.seconds;
const SILENCE = '{ items: [{ silence: 4s }], bargeIn: none }';

it('[K27] the way to a person takes what its steps take, at best and at worst', () => {
  expect(seconds(`  one: { say: ${SILENCE}, next: two }\n  two: { wait: 2s, next: talk }\n`)).toEqual({
    best: 6,
    worst: 6,
  });
  const either = "  one: { if: call.called == '1', then: two, else: three }\n";
  const both = `${either}  two: { wait: 2s, next: talk }\n  three: { wait: 9s, next: talk }\n`;
  expect(seconds(both)).toEqual({ best: 2, worst: 9 });
});

it('[K27] a question takes nothing from those who type ahead, and every round from those who are silent', () => {
  const menu = `  one: { menu: { prompt: [{ silence: 4s }], interDigit: 1s }, choices: { "1": talk }, noInput: talk }\n`;
  // Twice: the prompt, 5 s for the first key, and 1 s for each of 8 more.
  expect(seconds(menu)).toEqual({ best: 0, worst: 2 * (4 + 5 + 8) });
});

it('[K28] who goes back of their own will is not counted; circles that are counted are, with all their rounds', () => {
  const back = `  one: { menu: { prompt: [{ silence: 4s }], interDigit: 1s }, choices: { "1": talk, "2": news }, noInput: end }\n  news: { wait: 60s, next: one }\n`;
  expect(seconds(back)).toEqual({ best: 0, worst: 34 });
  const counted = '  one: { wait: 10s, next: again }\n  again: { loop: 2, again: one, done: talk }\n';
  expect(seconds(counted)).toEqual({ best: 10, worst: 30 });
});

it('[K28] nothing bounds a circle that nobody counts, but for the longest duration of the call', () => {
  const open = `  one: { wait: 10s, next: two }\n  two: { if: call.seconds < 60, then: one, else: talk }\n`;
  expect(seconds(open)).toEqual({ best: 10, worst: null });
  expect(seconds(open, 'on: { maxDuration: { after: 5m, then: end } }\n')).toEqual({ best: 10, worst: 300 });
});

it('[K27] failures belong to the worst', () => {
  const steps =
    '  one: { queueStatus: { queue: q, save: { n: waiting } }, next: talk, onError: slow }\n  slow: { wait: 8s, next: talk }\n';
  expect(seconds(steps, 'vars: { n: 0 }\n')).toEqual({ best: 0, worst: 10 });
});

it('[K27] called flows count with their own times, and a person may be reached in one', () => {
  const main = flow('  one: { call: greet, next: two }\n  two: { goto: desk }\n').replace(
    / {2}talk: .+\n {2}end: .+\n$/,
    '',
  );
  const greet = 'flow: greet\nversion: 1\nstart: one\nsteps:\n  one: { wait: 3s, next: two }\n  two: { return: {} }\n';
  const desk = flow('  one: { wait: 4s, next: talk }\n').replace('flow: main', 'flow: desk');
  const people = peopleOf({ 'main.yaml': main, 'greet.yaml': greet, 'desk.yaml': desk });
  expect(people).toEqual([{ flow: 'main', file: 'main.yaml', numbers: [], seconds: { best: 7, worst: 7 } }]);
});

it('[K27] a flow without a person says so', () => {
  const text = 'flow: main\nversion: 1\nstart: one\nsteps:\n  one: { say: Hello, next: end }\n  end: { hangup: {} }\n';
  expect(peopleOf({ 'main.yaml': text })).toEqual([{ flow: 'main', file: 'main.yaml', numbers: [] }]);
});

it('[K27] no call begins in a flow with parameters', () => {
  const text = 'flow: main\nversion: 1\nparams: { n: int }\nstart: one\nsteps:\n  one: { return: {} }\n';
  expect(peopleOf({ 'main.yaml': text })).toEqual([]);
});

it('[K29] texts are estimated by their characters, recordings by their length where it is known', () => {
  const text = (language: string, words: string) =>
    seconds(`  one: { say: { text: "${words}", bargeIn: none }, next: talk }\n`, `languages: [${language}]\n`);
  // 38 characters at 14 a second, 9 at 4.5, and a short pause; an expression may be 40 more.
  expect(text('en', 'Welcome to our house, whoever you are.')).toEqual({ best: 2.9, worst: 2.9 });
  expect(text('zh', '欢迎致电我们的公司')).toEqual({ best: 2.2, worst: 2.2 });
  expect(text('en', '{{ caller.name }}')).toEqual({ best: 0, worst: 3.1 });
  const played = flow('  one: { play: { prompt: jingle, bargeIn: none }, next: talk }\n');
  expect(peopleOf({ 'main.yaml': played }, new Map([['jingle.wav', 2_500]]))[0]?.seconds).toEqual({
    best: 2.5,
    worst: 2.5,
  });
});
