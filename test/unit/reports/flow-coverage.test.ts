import { expect, it } from 'vitest';
import { coverageOf } from '../../../src/reports/flow-coverage.ts';
import { figuresOf, type StepTally } from '../../../src/reports/flow-figures.ts';
import { flowWith } from '../../support/flow-call.ts';

const flow = flowWith(
  `  one:
    menu: { prompt: Press }
    choices: { "1": end, "9": bye }
    noInput: end
  bye: { say: Bye, next: end, onError: end }`,
);
const tally = (step: string, verb: string, exit: string, visits: number, lastAt: number): StepTally => {
  return { step, verb, exit, visits, spentMs: visits * 2_000, lastAt };
};

it('[V34] every exit of every step is told, with its count and last time, and never where there is none', () => {
  const coverage = coverageOf(flow, [
    tally('one', 'menu', '1', 3, 30),
    tally('one', 'menu', '9', 0, 10),
    tally('one', 'menu', 'callerLeft', 1, 40),
    tally('one', 'menu', '5', 0, 5),
  ]);
  expect(coverage).toEqual([
    {
      step: 'one',
      verb: 'menu',
      visits: 4,
      lastAt: 40,
      meanMs: 2_000,
      exits: [
        { exit: '1', to: 'end', count: 3, lastAt: 30 },
        { exit: '9', to: 'bye', count: 0, lastAt: 10 },
        { exit: 'noInput', to: 'end', count: 0 },
        { exit: 'callerLeft', count: 1, lastAt: 40 },
      ],
    },
    {
      step: 'bye',
      verb: 'say',
      visits: 0,
      exits: [
        { exit: 'next', to: 'end', count: 0 },
        { exit: 'error', to: 'end', count: 0 },
      ],
    },
    { step: 'end', verb: 'hangup', visits: 0, exits: [] },
  ]);
});

it('[V34] steps that are gone, or are of another verb now, are told last, and only when calls still had them', () => {
  const coverage = coverageOf(flow, [
    tally('old', 'say', 'next', 2, 30),
    tally('older', 'say', 'next', 0, 10),
    tally('bye', 'play', 'next', 1, 20),
  ]);
  expect(coverage.map(({ step, verb, visits, isGone }) => [step, verb, visits, isGone])).toEqual([
    ['one', 'menu', 0, undefined],
    ['bye', 'say', 0, undefined],
    ['end', 'hangup', 0, undefined],
    ['old', 'say', 2, true],
    ['bye', 'play', 1, true],
  ]);
});

it('[V33] figures are told by version and way, the latest first; a mean of nothing is absent', () => {
  const one = { version: 'one', alias: 'live', calls: 6, reached: 0, reachedMs: 0, lastAt: 10 } as const;
  expect(
    figuresOf([
      { ...one, outcome: 'abandoned' },
      { ...one, outcome: 'answered', calls: 2, reached: 2, reachedMs: 9_001 },
      { ...one, alias: 'canary', outcome: 'failed', calls: 1, lastAt: 20 },
    ]),
  ).toEqual([
    { version: 'one', alias: 'canary', calls: 1, outcomes: { failed: 1 }, reached: 0, lastAt: 20 },
    {
      version: 'one',
      alias: 'live',
      calls: 8,
      outcomes: { abandoned: 6, answered: 2 },
      reached: 2,
      meanTimeToPersonMs: 4_501,
      lastAt: 10,
    },
  ]);
  expect(figuresOf([])).toEqual([]);
});
