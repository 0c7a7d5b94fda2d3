import type { Machine } from '../../../shared/machine.ts';
import type { BargeIn } from '../../language/shapes.ts';
import type { Verdict } from '../../machine/verdict.ts';

export type EntryState =
  | { kind: 'prompting' }
  | { kind: 'waiting' }
  | { kind: 'gathering'; digits: string }
  | { kind: 'matched'; digits: string }
  | { kind: 'noMatch'; digits: string }
  | { kind: 'noInput' };

export type EntryEvent = { kind: 'digit'; digit: string } | { kind: 'promptEnded' } | { kind: 'timedOut' };

/** `waitFirst` and `waitNext` start the clock for the first and for a further key; a running one is replaced. */
export type EntryOrder = 'stopPrompt' | 'waitFirst' | 'waitNext' | 'stopWaiting';

export interface EntryRules {
  bargeIn: BargeIn;
  judge(digits: string): Verdict;
}

/**
 * One question and its answer in keys: the truth table of barge-in (rules F20 to F24 of the specification). The end states
 * `matched`, `noMatch` and `noInput` have no arrows.
 */
export function entryMachine(rules: EntryRules): Machine<EntryState, EntryEvent, EntryOrder> {
  const take = (digits: string, before: EntryOrder[]): readonly [EntryState, ...EntryOrder[]] => {
    switch (rules.judge(digits)) {
      case 'complete':
        return [{ kind: 'matched', digits }, ...before];
      case 'never':
        return [{ kind: 'noMatch', digits }, ...before];
      default:
        return [{ kind: 'gathering', digits }, ...before, 'waitNext'];
    }
  };
  return {
    prompting: {
      digit: (state, { digit }) => {
        const ignored = rules.bargeIn === 'none' || (rules.bargeIn === 'match' && rules.judge(digit) === 'never');
        return ignored ? [state] : take(digit, ['stopPrompt']);
      },
      promptEnded: () => [{ kind: 'waiting' }, 'waitFirst'],
    },
    waiting: {
      digit: (_, { digit }) => take(digit, ['stopWaiting']),
      timedOut: () => [{ kind: 'noInput' }],
    },
    gathering: {
      digit: ({ digits }, { digit }) => take(digits + digit, ['stopWaiting']),
      timedOut: ({ digits }) => [{ kind: rules.judge(digits) === 'enough' ? 'matched' : 'noMatch', digits }],
    },
    matched: {},
    noMatch: {},
    noInput: {},
  };
}
