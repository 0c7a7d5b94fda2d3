import { z } from 'zod';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

type Source = { hangup: Record<string, never> };

export const hangup: StepKind<Source, null, null> = {
  verb: 'hangup',
  title: 'Hang up',
  summary: 'Ends the call.',
  example: 'hangup: {}',
  shape: z.strictObject({ hangup: z.strictObject({}).meta({ description: '{}, for there is nothing more to say' }) }),
  keys: ['hangup'],
  exits: ['end'],
  needsCaller: false,
  compile: () => ({ params: null, exits: { end: null }, sounds: [] }),
  traits: () => ({ lasts: () => AT_ONCE }),
  enter: () => ({ exit: 'end', effects: [] }),
  on: {},
};
