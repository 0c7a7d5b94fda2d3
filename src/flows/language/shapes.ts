import { z } from 'zod';

/** The small shapes that steps are made of, as they stand in a file. They say nothing about other parts of the flow. */

export const STEP_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The name of a step to go to. */
export const target = z.string().regex(STEP_NAME, 'the name of a step').meta({ description: 'The step to go to' });

/** The name of a queue, calendar, prompt or mail box: bound outside the flow. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a name in small letters, digits, - and _')
  .meta({ description: 'A name that is bound outside the flow' });

export const promptName = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/, 'a name in the prompts folder')
  .meta({ description: 'A recording in the prompts folder; its ending may be left out' });

export const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as en or zh')
  .meta({ description: 'A language tag such as en or zh' });

export const duration = z
  .string()
  .regex(/^(\d{1,6}(\.\d{1,3})?(ms|s|m|h|d)){1,4}$/, 'a duration such as 6s, 1m30s or 250ms')
  .meta({ description: 'A duration such as 6s, 1m30s or 250ms' });

export const text = z.string().min(1).max(4_000).meta({ description: 'Words to speak; {{ … }} holds an expression' });

/** One text for all, or one for each language. */
export const localized = z
  .union([text, z.record(language, text)])
  .meta({ description: 'A text, or one for each language' });

export const TONES = {
  beep: { frequenciesHz: [1_000], durationMs: 300 },
  ok: { frequenciesHz: [880, 1_320], durationMs: 150 },
  sorry: { frequenciesHz: [330, 440], durationMs: 250 },
} as const;

const audioParts = {
  text: localized.optional(),
  prompt: promptName.optional(),
  hours: name.optional().meta({ description: 'Speaks the opening hours of this calendar' }),
  silence: duration.optional(),
  tone: z.enum(['beep', 'ok', 'sorry']).optional(),
  language: language.optional().meta({ description: 'Speaks this item in this language, whatever the caller chose' }),
};

/** One thing to hear: exactly one of text, prompt, hours, silence or tone. */
export const audioItem = z
  .strictObject(audioParts)
  .meta({ description: 'One thing to hear: exactly one of text, prompt, hours, silence or tone' });
export type AudioItem = z.infer<typeof audioItem>;

/** What to hear: a text, one item, or several in order. */
export const audio = z.union([
  text,
  audioItem,
  z
    .array(z.union([text, audioItem]))
    .min(1)
    .max(20),
]);
export type Audio = z.infer<typeof audio>;

export const bargeIn = z
  .enum(['any', 'match', 'none'])
  .meta({ description: 'Which keys stop the prompt: any key, only a key that fits, or none' });
export type BargeIn = z.infer<typeof bargeIn>;

const playParts = {
  bargeIn: bargeIn.optional(),
  consent: z
    .literal(true)
    .optional()
    .meta({ description: 'Tells the caller that the call is recorded; no key cuts it short' }),
};

/** Audio with its own barge-in: a text, one item, several, or `{ items: […], bargeIn: … }`. */
export const audioWithBargeIn = z.union([
  text,
  z.strictObject({ ...audioParts, ...playParts }),
  z.strictObject({
    items: z
      .array(z.union([text, audioItem]))
      .min(1)
      .max(20),
    ...playParts,
  }),
  z
    .array(z.union([text, audioItem]))
    .min(1)
    .max(20),
]);
export type AudioWithBargeIn = z.infer<typeof audioWithBargeIn>;

export const retries = z.number().int().min(0).max(9).meta({ description: 'How often the question is asked again' });

/** What a flow may set for all its steps. */
export const defaults = z.strictObject({
  bargeIn: bargeIn.optional(),
  timeout: duration.optional().meta({ description: 'How long to wait for the first key' }),
  interDigit: duration.optional().meta({ description: 'How long to wait for the next key' }),
  retries: retries.optional(),
});

/** The types of values, in the words of CEL. */
export const valueType = z.enum(['string', 'int', 'double', 'bool']);

export const scalar = z.union([z.string().max(4_000), z.number(), z.boolean()]);

/** The head of a flow file. Steps are read one by one, each by the shape of its verb. */
export const flowHead = z.strictObject({
  flow: name,
  version: z.literal(1).meta({ description: 'The version of the language; always 1' }),
  title: z.union([z.string().min(1).max(200), z.record(language, z.string().min(1).max(200))]).optional(),
  description: z.string().max(4_000).optional(),
  languages: z.array(language).min(1).max(20).optional(),
  params: z
    .record(z.string(), valueType)
    .optional()
    .meta({ description: 'What a flow that calls this one has to give, with its type' }),
  results: z.record(z.string(), valueType).optional().meta({ description: 'What this flow gives back, with its type' }),
  vars: z.record(z.string(), scalar).optional(),
  answer: z
    .enum(['atOnce', 'byStep'])
    .optional()
    .meta({ description: 'Whether a call is answered before the flow begins; byStep: by the step "answer"' }),
  defaults: defaults.optional(),
  start: target,
  on: z
    .strictObject({
      error: target.optional(),
      hangup: target.optional(),
      // biome-ignore lint/suspicious/noThenProperty: the word people expect after a time; these objects are never awaited.
      maxDuration: z.strictObject({ after: duration, then: target }).optional(),
    })
    .optional(),
  steps: z.record(z.string(), z.unknown()),
});
export type FlowHead = z.infer<typeof flowHead>;

/** Every step may say where to go when it fails. */
export const anyStep = { onError: target.optional() };
