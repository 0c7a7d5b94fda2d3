import { z } from 'zod';
import { statusAt } from '../calendars/status.ts';
import { anyStep, name, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

interface Source {
  hours: string;
  open: string;
  closed: string;
  holiday?: string | undefined;
  onError?: string | undefined;
}

export const hours: StepKind<Source, string, null> = {
  verb: 'hours',
  title: 'Hours',
  summary: 'Goes by the opening hours of a calendar at this moment.',
  example: `hours: support
open: choose
closed: closed`,
  shape: z.strictObject({
    hours: name.meta({ description: 'A calendar of the calendars folder' }),
    open: target,
    closed: target,
    holiday: target.optional().meta({ description: 'Where a day off leads; without it, closed' }),
    ...anyStep,
  }),
  keys: ['hours', 'open', 'closed', 'holiday', 'onError'],
  exits: ['open', 'closed', 'holiday'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    compiler.refer('calendars', source.hours, [...path, 'hours']);
    const exits = { open: source.open, closed: source.closed, holiday: source.holiday ?? source.closed };
    return { params: source.hours, exits, sounds: [] };
  },
  traits: () => ({ lasts: () => AT_ONCE }),
  enter: (calendarName, view) => {
    const calendar = view.flow.calendars[calendarName];
    if (!calendar) return { exit: 'error', effects: [], why: `no calendar ${calendarName}` };
    return { exit: statusAt(calendar, view.state.at), effects: [] };
  },
  on: {},
};
