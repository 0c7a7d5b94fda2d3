import { z } from 'zod';
import { didYouMean } from '../language/near.ts';
import { anyStep, name, target } from '../language/shapes.ts';
import type { StepKind } from '../machine/step-kind.ts';
import type { FlowValue, QueueFigures } from '../machine/types.ts';

const FIGURES = {
  waiting: (figures) => figures.waiting,
  agentsOnDuty: (figures) => figures.agentsOnDuty,
  agentsReady: (figures) => figures.agentsReady,
  longestWaitSeconds: ({ longestWaitMs }) => Math.round(longestWaitMs / 1_000),
  estimatedWaitSeconds: ({ estimatedWaitMs }) =>
    estimatedWaitMs === undefined ? -1 : Math.round(estimatedWaitMs / 1_000),
} as const satisfies Record<string, (figures: QueueFigures) => number>;

type Figure = keyof typeof FIGURES;
const NAMES = Object.keys(FIGURES) as [Figure, ...Figure[]];

interface Source {
  queueStatus: { queue: string; save: Record<string, Figure> };
  next: string;
  onError?: string | undefined;
}

interface Reading {
  queue: string;
  saves: { variable: string; figure: Figure }[];
}

/** The figures are at hand: a queue that does not answer within this time is not asked any longer, in ms. */
const ANSWER_MS = 2_000;

export const queueStatus: StepKind<Source, Reading, string> = {
  verb: 'queueStatus',
  title: 'Queue status',
  summary: 'Reads the figures of a queue: how many wait, who is there, how long it takes.',
  example: `queueStatus: { queue: support, save: { attempts: waiting } }
next: choose`,
  shape: z.strictObject({
    queueStatus: z
      .strictObject({
        queue: name,
        save: z
          .record(z.string(), z.enum(NAMES))
          .meta({ description: `Whole-number variables, each with a figure: ${NAMES.join(', ')}` }),
      })
      .meta({ description: 'The queue, and where its figures go' }),
    next: target,
    ...anyStep,
  }),
  keys: ['queueStatus', 'next', 'onError', 'queue', 'save', ...NAMES],
  exits: ['next'],
  needsCaller: false,
  compile: ({ queueStatus: source, next }, compiler, path) => {
    const at = [...path, 'queueStatus'];
    compiler.refer('queues', source.queue, [...at, 'queue']);
    if (Object.keys(source.save).length === 0)
      compiler.wrong('value.wrong', [...at, 'save'], 'At least one figure is saved');
    const saves = Object.entries(source.save).map(([variable, figure]) => {
      const type = compiler.typeOfVariable(variable);
      const place = [...at, 'save', variable];
      compiler.writes(variable, place);
      if (type === undefined) {
        const hint = didYouMean(variable, compiler.variables) ?? 'declare it under vars, with its first value';
        compiler.wrongKey('variable.unknown', place, `There is no variable ${variable.slice(0, 64)}`, hint);
      } else if (type !== 'int' && type !== 'double') {
        compiler.wrongKey('variable.type', place, `${variable} is ${type}, and a figure is a whole number`);
      }
      return { variable, figure };
    });
    return { params: { queue: source.queue, saves }, exits: { next }, sounds: [] };
  },
  traits: ({ saves }) => ({
    fails: true,
    gives: { next: saves.map(({ variable }) => variable) },
    lasts: () => ({ leastMs: 0, mostMs: ANSWER_MS }),
  }),
  enter: ({ queue }, view) => {
    const readId = view.id('read');
    return { stay: readId, effects: [{ type: 'readQueue', readId, queue }] };
  },
  on: {
    queueRead: ({ saves }, readId, event) => {
      if (event.readId !== readId) return undefined;
      const vars: Record<string, FlowValue> = {};
      for (const { variable, figure } of saves) vars[variable] = FIGURES[figure](event.figures);
      return { exit: 'next', effects: [], vars };
    },
    effectFailed: (_, readId, event) =>
      event.id === readId ? { exit: 'error', effects: [], why: event.code } : undefined,
  },
};
