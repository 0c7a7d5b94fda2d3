import { z } from 'zod';
import { own } from '../../shared/own.ts';
import { anyStep, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

interface Source {
  loop: number;
  again: string;
  done: string;
  onError?: string | undefined;
}

export const loop: StepKind<Source, number, null> = {
  verb: 'loop',
  title: 'Loop',
  summary: 'Goes one way a number of times, then the other.',
  example: `loop: 3
again: ask
done: goodbye`,
  shape: z.strictObject({
    loop: z.number().int().min(1).max(100).meta({ description: 'How often "again" is taken before "done"' }),
    again: target,
    done: target,
    ...anyStep,
  }),
  keys: ['loop', 'again', 'done', 'onError'],
  exits: ['again', 'done'],
  needsCaller: false,
  compile: (source) => ({ params: source.loop, exits: { again: source.again, done: source.done }, sounds: [] }),
  traits: (times) => ({ bound: { exit: 'done', visits: times + 1 }, lasts: () => AT_ONCE }),
  enter: (times, view) => {
    const before = own(view.state.loops, view.step) ?? 0;
    return before < times ? { exit: 'again', effects: [], loops: before + 1 } : { exit: 'done', effects: [], loops: 0 };
  },
  on: {},
};
