import { describe, expect, it } from 'vitest';
import type { BargeIn } from '../../../src/flows/language/shapes.ts';
import type { Verdict } from '../../../src/flows/machine/verdict.ts';
import {
  type EntryEvent,
  type EntryOrder,
  type EntryState,
  entryMachine,
} from '../../../src/flows/steps/entry/machine.ts';
import { everyPath, type Path, step } from '../../../src/shared/machine.ts';

/** `1` is an answer, `2` may become `22`, `3` begins `33`, everything else is wrong. */
const judge = (digits: string): Verdict =>
  (({ '1': 'complete', '2': 'enough', '22': 'complete', '3': 'more', '33': 'complete' })[digits] as Verdict) ?? 'never';
const samples: EntryEvent[] = [
  ...['1', '2', '3', '9'].map((digit) => ({ kind: 'digit' as const, digit })),
  { kind: 'promptEnded' },
  { kind: 'timedOut' },
];

type Walked = Path<EntryState, EntryEvent, EntryOrder>;

describe.each(['any', 'match', 'none'] as const)('a question with bargeIn %s, on every path', (bargeIn: BargeIn) => {
  const machine = entryMachine({ bargeIn, judge });
  const paths: Walked[] = [...everyPath(machine, { kind: 'prompting' } as EntryState, samples, 5)];
  const endOf = (path: Walked) => path.states.at(-1)?.kind ?? '';

  it('[F25] always knows what it waits for: the prompt, a timer, or nothing any more', () => {
    for (const path of paths) {
      let timer = false;
      let prompt = true;
      path.events.forEach((event, index) => {
        if (event.kind === 'promptEnded') prompt = false;
        if (event.kind === 'timedOut') timer = false;
        const here = path.states[index];
        const next = here && step(machine, here, event);
        for (const order of next?.effects ?? []) {
          if (order === 'stopPrompt') prompt = false;
          if (order === 'stopWaiting') timer = false;
          if (order === 'waitFirst' || order === 'waitNext') {
            expect(timer, path.events.map((e) => e.kind).join(' > ')).toBe(false);
            timer = true;
          }
        }
      });
      const over = ['matched', 'noMatch', 'noInput'].includes(endOf(path));
      expect([prompt, timer], path.events.map((e) => e.kind).join(' > ')).toEqual(
        over ? [false, false] : endOf(path) === 'prompting' ? [true, false] : [false, true],
      );
    }
  });

  it('[F25] matches only answers, and gives up only on what is none', () => {
    const ends = paths.map((path) => path.states.at(-1));
    expect(new Set(ends.map((end) => end?.kind))).toEqual(
      new Set(['prompting', 'waiting', 'gathering', 'matched', 'noMatch', 'noInput']),
    );
    for (const end of ends) {
      if (end?.kind === 'matched') expect(['complete', 'enough']).toContain(judge(end.digits));
      if (end?.kind === 'noMatch') expect(['never', 'more']).toContain(judge(end.digits));
    }
  });
});

describe('the truth table of barge-in', () => {
  const pressed = (bargeIn: BargeIn, digit: string, ended: boolean) => {
    const machine = entryMachine({ bargeIn, judge });
    const start: EntryState = { kind: ended ? 'waiting' : 'prompting' };
    const { state, effects } = step(machine, start, { kind: 'digit', digit });
    return [state.kind, ...effects];
  };

  it.each([
    ['any', ['matched', 'stopPrompt']],
    ['match', ['matched', 'stopPrompt']],
    ['none', ['prompting']],
  ] as const)('[F20] %s: a key that fits during the prompt', (bargeIn, expected) => {
    expect(pressed(bargeIn, '1', false)).toEqual(expected);
  });

  it.each([
    ['any', ['noMatch', 'stopPrompt']],
    ['match', ['prompting']],
    ['none', ['prompting']],
  ] as const)('[F21] %s: a key that does not fit during the prompt', (bargeIn, expected) => {
    expect(pressed(bargeIn, '9', false)).toEqual(expected);
  });

  it.each(['any', 'match', 'none'] as const)('[F23] %s: keys after the prompt count', (bargeIn) => {
    expect(pressed(bargeIn, '1', true)).toEqual(['matched', 'stopWaiting']);
    expect(pressed(bargeIn, '9', true)).toEqual(['noMatch', 'stopWaiting']);
    expect(pressed(bargeIn, '2', true)).toEqual(['gathering', 'stopWaiting', 'waitNext']);
  });
});
