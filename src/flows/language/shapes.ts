import { z } from 'zod';

/** The small shapes that steps are made of, as they stand in a file. They say nothing about other parts of the flow. */

export const STEP_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** The name of a step to go to. */
export const target = z
  .string()
  .regex(STEP_NAME, 'the name of a step')
  .meta({ id: 'step', description: 'The step to go to: a letter, then letters, digits, - and _' });

/** The name of a queue, calendar, prompt or mail box: bound outside the flow. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'a name in small letters, digits, - and _')
  .meta({ id: 'name', description: 'A name in small letters, digits, - and _, bound outside the flow' });

export const promptName = z
  .string()
  .regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/, 'a name in the prompts folder')
  .meta({ id: 'prompt', description: 'A recording in the prompts folder; its ending may be left out' });

export const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'a language tag such as en or zh')
  .meta({ id: 'language', description: 'A language tag such as en or zh' });

export const duration = z
  .string()
  .regex(/^(\d{1,6}(\.\d{1,3})?(ms|s|m|h|d)){1,4}$/, 'a duration such as 6s, 1m30s or 250ms')
  .meta({ id: 'duration', description: 'A duration such as 6s, 1m30s or 250ms' });

export const text = z
  .string()
  .min(1)
  .max(4_000)
  .meta({ id: 'words', description: 'Words to speak; {{ … }} holds an expression' });

/** One text for all, or one for each language. */
export const localized = z
  .union([text, z.record(language, text)])
  .meta({ id: 'localized', description: 'A text, or one for each language' });

export const TONES = {
  beep: { frequenciesHz: [1_000], durationMs: 300 },
  ok: { frequenciesHz: [880, 1_320], durationMs: 150 },
  sorry: { frequenciesHz: [330, 440], durationMs: 250 },
} as const;

const audioParts = {
  text: localized.optional().meta({ description: 'Words to speak, or the words for each language' }),
  prompt: promptName.optional(),
  hours: name.optional().meta({ description: 'Speaks the opening hours of this calendar' }),
  silence: duration.optional().meta({ description: 'Nothing, for so long: from 20ms to 1m' }),
  tone: z.enum(['beep', 'ok', 'sorry']).optional().meta({ description: 'A short tone' }),
  language: language.optional().meta({ description: 'Speaks this item in this language, whatever the caller chose' }),
};

/** One thing to hear: exactly one of text, prompt, hours, silence or tone. */
export const audioItem = z
  .strictObject(audioParts)
  .meta({ id: 'item', description: 'One thing to hear: exactly one of text, prompt, hours, silence or tone' });
export type AudioItem = z.infer<typeof audioItem>;

const items = z
  .array(z.union([text, audioItem]))
  .min(1)
  .max(20);

/** What to hear: a text, one item, or several in order. */
export const audio = z
  .union([text, audioItem, items])
  .meta({ id: 'audio', description: 'What to hear: a text, one item, or several in order' });
export type Audio = z.infer<typeof audio>;

export const bargeIn = z
  .enum(['any', 'match', 'none'])
  .meta({ id: 'bargeIn', description: 'Which keys stop the prompt: any key, only a key that fits, or none' });
export type BargeIn = z.infer<typeof bargeIn>;

const playParts = {
  bargeIn: bargeIn.optional(),
  consent: z
    .literal(true)
    .optional()
    .meta({ description: 'Tells the caller that the call is recorded; no key cuts it short' }),
};

/** Audio with its own barge-in: a text, one item, several, or `{ items: […], bargeIn: … }`. */
export const audioWithBargeIn = z
  .union([
    text,
    z.strictObject({ ...audioParts, ...playParts }),
    z.strictObject({ items: items.meta({ description: 'Several things to hear, in order' }), ...playParts }),
    items,
  ])
  .meta({ id: 'played', description: 'What to hear, as for audio, with what a key does meanwhile' });
export type AudioWithBargeIn = z.infer<typeof audioWithBargeIn>;

export const retries = z.number().int().min(0).max(9).meta({ description: 'How often the question is asked again' });

/** What a flow may set for all its steps. */
export const defaults = z.strictObject({
  bargeIn: bargeIn.optional().meta({ description: 'Which keys stop a prompt; any without it' }),
  timeout: duration.optional().meta({ description: 'How long to wait for the first key; 6s without it' }),
  interDigit: duration.optional().meta({ description: 'How long to wait for the next key; 2s without it' }),
  retries: retries.optional().meta({ description: 'How often a question is asked again; 2 without it' }),
});

/** The types of values, in the words of CEL. */
export const valueType = z
  .enum(['string', 'int', 'double', 'bool'])
  .meta({ id: 'type', description: 'A text, a whole number, a fraction, or true/false' });

export const scalar = z
  .union([z.string().max(4_000), z.number(), z.boolean()])
  .meta({ id: 'value', description: 'A text, a number, or true/false' });

/** The head of a flow file. Steps are read one by one, each by the shape of its verb. */
export const flowHead = z.strictObject({
  flow: name.meta({ description: 'The name of this flow' }),
  version: z.literal(1).meta({ description: 'The version of the language; always 1' }),
  title: z
    .union([z.string().min(1).max(200), z.record(language, z.string().min(1).max(200))])
    .optional()
    .meta({ description: 'What people call it, or that in each language; the name without it' }),
  description: z.string().max(4_000).optional().meta({ description: 'What it is for, for those who change it' }),
  languages: z
    .array(language)
    .min(1)
    .max(20)
    .optional()
    .meta({ description: 'What it speaks; the first is spoken when no wish is known; [en] without it' }),
  params: z
    .record(z.string(), valueType)
    .optional()
    .meta({ description: 'What a flow that calls this one has to give, with its type' }),
  results: z.record(z.string(), valueType).optional().meta({ description: 'What this flow gives back, with its type' }),
  vars: z
    .record(z.string(), scalar)
    .optional()
    .meta({ description: 'Variables with their first values, whose types they keep' }),
  answer: z
    .enum(['atOnce', 'byStep'])
    .optional()
    .meta({ description: 'Whether a call is answered before the flow begins; byStep: by the step "answer"' }),
  defaults: defaults.optional().meta({ description: 'What holds for all questions that do not say otherwise' }),
  start: target.meta({ description: 'The first step' }),
  on: z
    .strictObject({
      error: target.optional().meta({ description: 'Where a step leads that fails and has no onError' }),
      hangup: target.optional().meta({ description: 'What is done after the caller has left' }),
      maxDuration: z
        .strictObject({
          after: duration.meta({ description: 'The longest time of a call: from 1s to 24h' }),
          // biome-ignore lint/suspicious/noThenProperty: the word people expect after a time; these objects are never awaited.
          then: target.meta({ description: 'Where the call goes at that time, once' }),
        })
        .optional()
        .meta({ description: 'What happens to a call that lasts too long' }),
    })
    .optional()
    .meta({ description: 'What is done when something happens, whatever the step' }),
  steps: z.record(z.string(), z.unknown()).meta({ description: 'The steps by name; their order means nothing' }),
});
export type FlowHead = z.infer<typeof flowHead>;

/** Every step may say where to go when it fails. */
export const anyStep = {
  onError: target
    .optional()
    .meta({ description: 'Where to go when the step fails; without it, the on.error of the flow' }),
};
