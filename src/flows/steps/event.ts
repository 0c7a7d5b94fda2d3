import { z } from 'zod';
import { type Assigned, assignedValue, compileAssigned } from '../language/assigned.ts';
import { anyStep, scalar, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';
import { tagName } from './tag.ts';

interface Source {
  event: string | { name: string; values?: Record<string, FlowValue> | undefined };
  next: string;
  onError?: string | undefined;
}

interface Happened {
  name: string;
  values: Assigned[];
}

export const event: StepKind<Source, Happened, null> = {
  verb: 'event',
  title: 'Event',
  summary: 'Notes that something worth counting has happened.',
  example: `event: { name: orderFound, values: { attempts: "{{ attempts }}" } }
next: choose`,
  shape: z.strictObject({
    event: z
      .union([
        tagName,
        z.strictObject({
          name: tagName.meta({ description: 'What happened' }),
          values: z.record(tagName, scalar).optional().meta({ description: 'Values that belong to it' }),
        }),
      ])
      .meta({ description: 'Its name, or its name and values' }),
    next: target,
    ...anyStep,
  }),
  keys: ['event', 'next', 'onError', 'name', 'values'],
  exits: ['next'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const written = typeof source.event === 'string' ? { name: source.event } : source.event;
    const values = Object.entries(written.values ?? {}).flatMap(([name, value]) =>
      compileAssigned(name, value, compiler, [...path, 'event', 'values', name]),
    );
    return { params: { name: written.name, values }, exits: { next: source.next }, sounds: [] };
  },
  traits: () => ({ lasts: () => AT_ONCE }),
  enter: ({ name, values }, view) => {
    const scope = view.scope();
    const now = Object.fromEntries(values.map((one) => [one.name, assignedValue(one, scope)]));
    return { exit: 'next', effects: [{ type: 'milestone', at: view.state.at, step: view.step, name, values: now }] };
  },
  on: {},
};
