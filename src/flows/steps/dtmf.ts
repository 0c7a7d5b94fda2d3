import { z } from 'zod';
import { ExpressionFailure } from '../language/condition.ts';
import { anyStep, duration, target, text } from '../language/shapes.ts';
import { renderTemplate, staticText, type Template } from '../language/template.ts';
import type { StepKind } from '../machine/step-kind.ts';

interface Source {
  dtmf: string | { digits: string; duration?: string | undefined; gap?: string | undefined };
  next: string;
  onError?: string | undefined;
}

interface Sending {
  digits: Template;
  durationMs: number;
  gapMs: number;
}

/** What the media program sends in one go. */
export const MOST_DIGITS = 50;
const DIGITS = new RegExp(`^[0-9A-D*#]{1,${MOST_DIGITS}}$`);

export const dtmf: StepKind<Source, Sending, string> = {
  verb: 'dtmf',
  title: 'Send keys',
  summary: "Sends keys towards the caller's side, as a telephone does (RFC 4733).",
  example: `dtmf: { digits: "12#", duration: 120ms }
next: choose`,
  shape: z.strictObject({
    dtmf: z
      .union([
        text,
        z.strictObject({
          digits: text.meta({ description: '0-9, *, #, A-D' }),
          duration: duration.optional().meta({ description: 'Of each key; 100ms without it' }),
          gap: duration.optional().meta({ description: 'Between keys; 60ms without it' }),
        }),
      ])
      .meta({ description: 'The keys, or the keys and how long they sound' }),
    next: target,
    ...anyStep,
  }),
  keys: ['dtmf', 'next', 'onError', 'digits', 'duration', 'gap'],
  exits: ['next'],
  needsCaller: true,
  compile: (source, compiler, path) => {
    const at = [...path, 'dtmf'];
    const written = typeof source.dtmf === 'string' ? { digits: source.dtmf } : source.dtmf;
    const place = typeof source.dtmf === 'string' ? at : [...at, 'digits'];
    const digits = compiler.template(written.digits, place);
    const fixed = staticText(digits);
    if (fixed !== undefined && fixed !== '' && !DIGITS.test(fixed))
      compiler.wrong('value.wrong', place, `Keys are 0-9, *, # and A-D, ${MOST_DIGITS} at most`);
    const time = (key: 'duration' | 'gap', otherwise: string) =>
      compiler.duration(written[key] ?? otherwise, [...at, key], { minMs: 40, maxMs: 2_000 });
    const params = { digits, durationMs: time('duration', '100ms'), gapMs: time('gap', '60ms') };
    return { params, exits: { next: source.next }, sounds: [] };
  },
  traits: ({ durationMs, gapMs }) => ({
    audible: true,
    fails: true,
    lasts: () => ({ leastMs: durationMs, mostMs: MOST_DIGITS * (durationMs + gapMs) }),
  }),
  enter: ({ digits: template, durationMs, gapMs }, view) => {
    const digits = renderTemplate(template, view.scope());
    if (!DIGITS.test(digits)) throw new ExpressionFailure('These are no keys that can be sent');
    const sendId = view.id('send');
    return { stay: sendId, effects: [{ type: 'sendDigits', sendId, digits, durationMs, gapMs }] };
  },
  on: {
    digitsSent: (_, sendId, event) => (event.sendId === sendId ? { exit: 'next', effects: [] } : undefined),
    effectFailed: (_, sendId, event) =>
      event.id === sendId ? { exit: 'error', effects: [], why: event.code } : undefined,
  },
};
