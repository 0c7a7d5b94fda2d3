import { z } from 'zod';
import { duration, language, name, STEP_NAME, scalar } from '../language/shapes.ts';

/** The form of a `*.test.yaml` file; `docs/spec/flow-tests.md` says what it means. */

const texts = z.union([z.string().min(1).max(4_000), z.array(z.string().min(1).max(4_000)).min(1).max(100)]);
const step = z.string().regex(STEP_NAME, 'the name of a step');
const vars = z.record(z.string(), scalar);
const tags = z.record(z.string(), z.string());

const httpAnswer = z.strictObject({
  status: z.number().int().min(100).max(599).optional(),
  body: z.json().optional(),
  after: duration.optional(),
  failure: z.enum(['timeout', 'unreachable', 'tooLarge', 'notJson']).optional(),
});
export type HttpAnswerSource = z.infer<typeof httpAnswer>;

/** One, or several that come one after the other; the last comes again and again. */
const several = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1).max(50)]);

const queueFake = z.strictObject({
  outcome: z.enum(['answered', 'timeout', 'noAgents', 'full', 'failed']).optional(),
  answerAfter: duration.optional(),
  after: duration.optional(),
  talk: duration.optional(),
});
export type QueueFakeSource = z.infer<typeof queueFake>;

const queueStatus = z.union([
  z.literal('failed'),
  z.strictObject({
    waiting: z.number().int().min(0).optional(),
    agentsOnDuty: z.number().int().min(0).optional(),
    agentsReady: z.number().int().min(0).optional(),
    longestWait: duration.optional(),
    estimatedWait: duration.optional(),
  }),
]);
export type QueueStatusSource = z.infer<typeof queueStatus>;

const transferFake = z.strictObject({
  outcome: z.enum(['ended', 'busy', 'noAnswer', 'failed']).optional(),
  after: duration.optional(),
  talk: duration.optional(),
});
export type TransferFakeSource = z.infer<typeof transferFake>;

export const fakes = z.strictObject({
  http: z
    .record(z.string(), several(httpAnswer))
    .optional()
    .meta({ description: 'Answers by "service/path" or "GET service/path"; several come one after the other' }),
  queue: z.record(name, several(queueFake)).optional(),
  queueStatus: z.record(name, several(queueStatus)).optional(),
  transfer: z.record(z.string(), several(transferFake)).optional(),
  callback: several(z.enum(['booked', 'failed'])).optional(),
  voicemail: several(z.enum(['stored', 'failed'])).optional(),
  prompts: z.record(z.string(), duration).optional().meta({ description: 'How long recorded prompts last' }),
});
export type FakesSource = z.infer<typeof fakes>;

const asked = z.union([
  z.string(),
  z.strictObject({
    service: z.string(),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
    path: z.string().optional(),
    query: z.record(z.string(), scalar).optional(),
    body: z.json().optional(),
  }),
]);

const queued = z.union([
  name,
  z.strictObject({
    queue: name,
    priority: z.number().int().optional(),
    skills: z.array(z.string()).optional(),
  }),
]);

export const expectation = z.strictObject({
  said: texts.optional().meta({ description: 'Words that the caller hears from here on' }),
  language: language.optional().meta({ description: 'The language of what is said' }),
  played: z.string().optional().meta({ description: 'A recorded prompt' }),
  step: step.optional().meta({ description: 'A step that is entered' }),
  queued: queued.optional(),
  talks: z.literal(true).optional().meta({ description: 'The caller talks with a person' }),
  asked: asked.optional(),
  recorded: z.enum(['start', 'pause', 'resume', 'stop']).optional(),
  transferred: z.string().optional(),
  tagged: tags.optional(),
  event: z.string().optional(),
  sentDigits: z.string().optional(),
  voicemail: name.optional(),
  callback: z.strictObject({ queue: name, number: z.string().optional() }).optional(),
  vars: vars.optional().meta({ description: 'Values at that moment' }),
  ended: z.string().optional(),
  within: duration.optional().meta({ description: 'How long the call may take to it; 2m without it' }),
});
export type Expectation = z.infer<typeof expectation>;

export const move = z.strictObject({
  press: z
    .string()
    .regex(/^[0-9A-D*#]{1,64}$/, 'keys 0-9, *, #, A-D')
    .optional()
    .meta({ description: 'Keys the caller presses now, one every 200 ms' }),
  every: duration.optional().meta({ description: 'The time from one key to the next' }),
  silence: duration.optional().meta({ description: 'The caller does nothing for so long' }),
  hangUp: z.literal(true).optional(),
  agent: z
    .enum(['answers', 'hangsUp'])
    .optional()
    .meta({ description: 'What the agent does now, whatever the fake says' }),
  expect: expectation.optional().meta({ description: 'Lets the call run until this holds' }),
});
export type Move = z.infer<typeof move>;

export const outcome = z.strictObject({
  path: z.array(z.string()).optional().meta({ description: 'All steps in order: step, step:exit or flow/step' }),
  vars: vars.optional(),
  ended: z.string().optional().meta({ description: 'Why the call ended: completed, callerLeft, error …' }),
  notEnded: z.array(z.string()).optional().meta({ description: 'Ends that must not be, such as error' }),
  speaks: z.literal(true).optional().meta({ description: 'The caller hears a word at all' }),
  said: texts.optional().meta({ description: 'Words that were said, in this order' }),
  notSaid: texts.optional(),
  tags: tags.optional(),
  events: z.array(z.string()).optional(),
  recorded: z.array(z.enum(['start', 'pause', 'resume', 'stop'])).optional(),
  asked: z.array(z.string()).optional().meta({ description: 'All requests in order: "GET service/path"' }),
  language: language.optional(),
  reached: z
    .strictObject({
      queue: name.optional(),
      transfer: z.string().optional(),
      voicemail: name.optional(),
      step: step.optional(),
      within: duration,
    })
    .optional()
    .meta({ description: 'How soon the caller gets somewhere' }),
  atMost: duration.optional().meta({ description: 'How long the call lasts at most' }),
});
export type Outcome = z.infer<typeof outcome>;

const situation = {
  at: z.string().optional().meta({ description: 'When the call comes: 2026-03-29T10:00 Europe/Berlin' }),
  caller: z
    .strictObject({ from: z.string().optional(), name: z.string().optional(), language: language.optional() })
    .optional(),
  called: z.string().optional(),
  seed: z.number().int().min(0).max(0xffffffff).optional(),
  params: vars.optional().meta({ description: 'For a flow that others call: what it is given' }),
  fake: fakes.optional(),
};

export const testCase = z.strictObject({
  name: z.string().min(1).max(300),
  ...situation,
  script: z.array(move).max(500).optional(),
  // biome-ignore lint/suspicious/noThenProperty: the word people expect after a script; these objects are never awaited.
  then: outcome.optional(),
});
export type TestCaseSource = z.infer<typeof testCase>;

export const testFile = z.strictObject({
  flow: name,
  defaults: z
    .strictObject(situation)
    .optional()
    .meta({ description: 'What holds for each case that says nothing else' }),
  cases: z.array(testCase).min(1).max(5_000),
});
export type TestFileSource = z.infer<typeof testFile>;

export const TEST_KEYS = [
  ...[
    'flow',
    'defaults',
    'cases',
    'name',
    'at',
    'caller',
    'from',
    'language',
    'called',
    'seed',
    'params',
    'fake',
    'script',
  ],
  ...['then', 'press', 'every', 'silence', 'hangUp', 'agent', 'expect', 'http', 'queue', 'queueStatus', 'transfer'],
  ...['callback', 'voicemail', 'prompts', 'outcome', 'answerAfter', 'after', 'talk', 'status', 'body', 'failure'],
  ...Object.keys(expectation.shape),
  ...Object.keys(outcome.shape),
];
