import { z } from 'zod';
import { anyStep, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

type Order = 'start' | 'pause' | 'resume' | 'stop';

interface Source {
  record: Order;
  next: string;
  onError?: string | undefined;
}

export const record: StepKind<Source, Order, null> = {
  verb: 'record',
  title: 'Record',
  summary: 'Starts, pauses, resumes or stops the recording of the call.',
  example: `record: pause
next: ask`,
  shape: z.strictObject({
    record: z.enum(['start', 'pause', 'resume', 'stop']).meta({ description: 'A pause leaves measured silence' }),
    next: target,
    ...anyStep,
  }),
  keys: ['record', 'next', 'onError'],
  exits: ['next'],
  needsCaller: true,
  compile: (source) => ({ params: source.record, exits: { next: source.next }, sounds: [] }),
  traits: (order) => ({ audible: true, silent: true, records: order, lasts: () => AT_ONCE }),
  enter: (order) => ({ exit: 'next', effects: [{ type: 'record', order }] }),
  on: {},
};
