import { z } from 'zod';
import { anyStep, name } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

interface Source {
  goto: string;
  onError?: string | undefined;
}

export const goto: StepKind<Source, string, null> = {
  verb: 'goto',
  title: 'Go to a flow',
  summary: 'Goes on in another flow and does not come back.',
  example: 'goto: billing',
  shape: z.strictObject({ goto: name.meta({ description: 'The flow to go on in' }), ...anyStep }),
  keys: ['goto', 'onError'],
  exits: [],
  needsCaller: false,
  compile: (source, compiler, path) => {
    compiler.callSite({ kind: 'goto', flow: source.goto, path, given: [], taken: [] });
    return { params: source.goto, exits: {}, sounds: [] };
  },
  traits: (flow) => ({ calls: { flow, returns: false }, lasts: () => AT_ONCE }),
  enter: (flow) => ({ call: flow, given: {}, returns: false, effects: [] }),
  on: {},
};
