import { z } from 'zod';
import { type Assigned, assignedValue, compileAssigned } from '../language/assigned.ts';
import { didYouMean } from '../language/near.ts';
import { anyStep, scalar } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';

interface Source {
  return: Record<string, FlowValue>;
  onError?: string | undefined;
}

export const back: StepKind<Source, Assigned[], null> = {
  verb: 'return',
  title: 'Return',
  summary: 'Ends a flow that was called, and gives back its results; elsewhere it ends the call.',
  example: 'return: { customer: "{{ customer }}" }',
  shape: z.strictObject({
    return: z.record(z.string(), scalar).meta({ description: 'A value for each result of this flow; {} without any' }),
    ...anyStep,
  }),
  keys: ['return', 'onError'],
  exits: ['return'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const at = [...path, 'return'];
    const params = Object.entries(source.return).flatMap(([result, value]) => {
      const type = compiler.results.get(result);
      if (type !== undefined) return compileAssigned(result, value, compiler, [...at, result], type);
      const hint = didYouMean(result, compiler.results.keys()) ?? 'declare it under results, with its type';
      compiler.wrongKey('flow.results', [...at, result], `This flow has no result ${result.slice(0, 64)}`, hint);
      return [];
    });
    const missing = [...compiler.results.keys()].filter((result) => !Object.hasOwn(source.return, result));
    if (missing.length > 0) compiler.wrongKey('flow.results', at, `These results are not given: ${missing.join(', ')}`);
    return { params, exits: {}, sounds: [] };
  },
  traits: () => ({ returns: true, lasts: () => AT_ONCE }),
  enter: (params, view) => {
    const scope = view.scope();
    return { back: Object.fromEntries(params.map((one) => [one.name, assignedValue(one, scope)])), effects: [] };
  },
  on: {},
};
