import { z } from 'zod';
import { anyStep } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';
import type { RejectCause } from '../machine/types.ts';

interface Source {
  reject: RejectCause;
  onError?: string | undefined;
}

export const reject: StepKind<Source, RejectCause, null> = {
  verb: 'reject',
  title: 'Reject',
  summary: 'Turns the call away before it is answered.',
  example: 'reject: busy',
  shape: z.strictObject({
    reject: z
      .enum(['busy', 'unavailable', 'declined'])
      .meta({ description: 'What the caller is told: SIP 486, 480 or 603' }),
    ...anyStep,
  }),
  keys: ['reject', 'onError'],
  exits: ['end'],
  needsCaller: true,
  compile: (source) => ({ params: source.reject, exits: { end: null }, sounds: [] }),
  traits: () => ({ unanswered: true, lasts: () => AT_ONCE }),
  enter: (cause, view) =>
    view.state.answered
      ? { exit: 'error', effects: [], why: 'the call is answered already' }
      : { end: 'rejected', cause, effects: [] },
  on: {},
};
