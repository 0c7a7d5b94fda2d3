import { z } from 'zod';
import { own } from '../../shared/own.ts';
import { anyStep, name, target, text } from '../language/shapes.ts';
import type { Template } from '../language/template.ts';
import { AT_ONCE, type Move, type StepKind } from '../machine/step-kind.ts';
import { compileNumber, numberNow } from './dialled.ts';
import { compilePriority, compileSkills, priorityNow, priorityShape, skillNow, skillsShape } from './queue/wishes.ts';

interface Source {
  callback: {
    queue: string;
    number?: string | undefined;
    priority?: number | string | undefined;
    skills?: string[] | undefined;
  };
  next: string;
  onInvalid?: string | undefined;
  onError?: string | undefined;
}

interface Booking {
  queue: string;
  number: Template;
  priority: number | Template;
  skills: Template[];
  hasInvalid: boolean;
}

/** How long the booking itself may take, in ms. */
const BOOKING_MS = 5_000;

export const callback: StepKind<Source, Booking, string> = {
  verb: 'callback',
  title: 'Call back',
  summary: 'Books a call back at the place the caller has in a queue.',
  example: `callback: { queue: support, number: "{{ caller.number }}" }
next: goodbye
onInvalid: ask`,
  shape: z.strictObject({
    callback: z
      .strictObject({
        queue: name,
        number: text.optional().meta({ description: "The number to call; the caller's own without it" }),
        priority: priorityShape,
        skills: skillsShape,
      })
      .meta({ description: 'Where, and whom to call' }),
    next: target,
    onInvalid: target.optional().meta({ description: 'There is no number to call; without it, the step fails' }),
    ...anyStep,
  }),
  keys: ['callback', 'next', 'onInvalid', 'onError', 'queue', 'number', 'priority', 'skills'],
  exits: ['next', 'invalid'],
  needsCaller: false,
  compile: ({ callback: source, ...exits }, compiler, path) => {
    const at = [...path, 'callback'];
    compiler.refer('queues', source.queue, [...at, 'queue']);
    return {
      params: {
        queue: source.queue,
        number: compileNumber(source.number ?? '{{ caller.number }}', compiler, [...at, 'number']),
        priority: compilePriority(source.priority, compiler, [...at, 'priority']),
        skills: compileSkills(source.skills, compiler, [...at, 'skills']),
        hasInvalid: exits.onInvalid !== undefined,
      },
      exits: { next: exits.next, ...(exits.onInvalid === undefined ? {} : { invalid: exits.onInvalid }) },
      sounds: [],
    };
  },
  traits: () => ({
    person: true,
    fails: true,
    lasts: (exit) => (exit === 'invalid' ? AT_ONCE : { leastMs: 0, mostMs: BOOKING_MS }),
  }),
  enter: ({ queue, number: written, priority, skills, hasInvalid }, view): Move<string> => {
    const scope = view.scope();
    const number = numberNow(written, scope);
    if (number === undefined) {
      return { exit: hasInvalid ? 'invalid' : 'error', effects: [], why: 'there is no number to call back' };
    }
    const { state } = view;
    const callbackId = view.id('callback');
    return {
      stay: callbackId,
      effects: [
        {
          type: 'bookCallback',
          callbackId,
          queue,
          number,
          priority: priorityNow(priority, scope),
          skills: skills.map((skill) => skillNow(skill, scope)),
          language: state.language,
          since: own(state.waits, queue) ?? state.at,
        },
      ],
    };
  },
  on: {
    callbackBooked: (_, callbackId, event) =>
      event.callbackId === callbackId ? { exit: 'next', effects: [] } : undefined,
    effectFailed: (_, callbackId, event) =>
      event.id === callbackId ? { exit: 'error', effects: [], why: event.code } : undefined,
  },
};
