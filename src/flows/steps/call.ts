import { z } from 'zod';
import type { Assigned } from '../language/assigned.ts';
import { assignedValue, compileAssigned } from '../language/assigned.ts';
import { anyStep, name, scalar, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';

interface Source {
  call: string;
  with?: Record<string, FlowValue> | undefined;
  save?: Record<string, string> | undefined;
  next: string;
  onError?: string | undefined;
}

interface Calling {
  flow: string;
  given: Assigned[];
  /** Our variable, and the result that goes into it. */
  taken: { variable: string; result: string }[];
}

export const call: StepKind<Source, Calling, null> = {
  verb: 'call',
  title: 'Call a flow',
  summary: 'Runs another flow, and goes on when that one returns.',
  example: `call: identify
with: { attempts: 3 }
save: { customer: customer }
next: greet
onError: goodbye`,
  shape: z.strictObject({
    call: name.meta({ description: 'The flow to run' }),
    with: z.record(z.string(), scalar).optional().meta({ description: 'A value for each parameter of that flow' }),
    save: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Variables of ours, each with the result of that flow that goes into it' }),
    next: target,
    ...anyStep,
  }),
  keys: ['call', 'with', 'save', 'next', 'onError'],
  exits: ['next'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const given = Object.entries(source.with ?? {}).flatMap(([parameter, value]) =>
      compileAssigned(parameter, value, compiler, [...path, 'with', parameter]),
    );
    const taken = Object.entries(source.save ?? {}).map(([variable, result]) => ({ variable, result }));
    compiler.callSite({ kind: 'call', flow: source.call, path, given, taken });
    return { params: { flow: source.call, given, taken }, exits: { next: source.next }, sounds: [] };
  },
  traits: ({ flow, taken }) => ({
    calls: { flow, returns: true },
    gives: { next: taken.map(({ variable }) => variable) },
    lasts: () => AT_ONCE,
  }),
  enter: ({ flow, given }, view) => {
    const scope = view.scope();
    const values = Object.fromEntries(given.map((one) => [one.name, assignedValue(one, scope)]));
    return { call: flow, given: values, returns: true, effects: [] };
  },
  on: {},
  resume: ({ taken }, results) => {
    const vars: Record<string, FlowValue> = {};
    for (const { variable, result } of taken) {
      const value = results[result];
      if (value !== undefined) vars[variable] = value;
    }
    return { exit: 'next', effects: [], vars };
  },
};
