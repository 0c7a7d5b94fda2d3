import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCalendar } from '../../src/flows/calendars/calendar.ts';
import { spokenHours } from '../../src/flows/calendars/spoken.ts';
import { statusAt } from '../../src/flows/calendars/status.ts';
import type { FlowError } from '../../src/flows/language/errors.ts';
import type { Flow } from '../../src/flows/language/flow.ts';
import { loadFlow } from '../../src/flows/language/load.ts';
import { next, start } from '../../src/flows/machine/engine.ts';
import type { FlowEvent } from '../../src/flows/machine/types.ts';
import { mutate, pick, type Rng, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const root = join(import.meta.dirname, '../..');
const read = (dir: string) =>
  readdirSync(join(root, dir))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(join(root, dir, file)));

const flows = [...read('ivr-flows'), ...read('test/fixtures/flows/broken')];
const calendars = read('ivr-flows/calendars');
const words = [
  ...[
    '<<: *a',
    '&a',
    '*a',
    '!!binary',
    '---\n',
    '? ',
    '- - - - -',
    '[[[[[[[[',
    '{{{{',
    '{{ ',
    ' }}',
    '__proto__: 1',
    'constructor',
  ],
  ...[
    "tier.matches('(a+)+$')",
    '1/0',
    '"\\',
    '9999999999999999999',
    '.inf',
    '.nan',
    '~',
    'caller.number',
    'say: ',
    'menu: ',
  ],
  ...['if: ', 'set: ', 'collect: ', 'queue: ', 'next: ', 'choices: ', '  ', '\t', '\r\n', '\u2028', '\ufeff', '欢迎'],
].map((word) => Buffer.from(word));

/** Damaged flows and calendars: reading never throws, mistakes have places, and what loads also runs. */
export const flowYaml: FuzzTarget = {
  name: 'flow-yaml',
  run: (seed, iterations) => {
    const rng = seeded(seed);
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      const calendar = rng() < 0.2;
      const text = mutate(rng, calendar ? calendars : flows, words).toString('utf8');
      try {
        if (calendar) tryCalendar(text, rng);
        else tryFlow(text, rng);
      } catch (cause) {
        throw new Error(`seed ${seed}, iteration ${iteration}:\n${text}`, { cause });
      }
    }
  },
};

function tryCalendar(text: string, rng: Rng): void {
  const loaded = loadCalendar(text, 'fuzz.yaml');
  if (!loaded.ok) {
    checkErrors(loaded.errors, text);
    return;
  }
  statusAt(loaded.calendar, Math.floor(rng() * 4e12));
  if (spokenHours(loaded.calendar, 'zh') === '') throw new Error('hours without words');
}

function tryFlow(text: string, rng: Rng): void {
  const loaded = loadFlow(text, 'fuzz.yaml');
  if (loaded.ok) runRandomly(loaded.flow, rng, 30);
  else checkErrors(loaded.errors, text);
}

function checkErrors(errors: readonly FlowError[], text: string): void {
  const lines = text.split('\n').length;
  if (errors.length === 0) throw new Error('refused without a reason');
  for (const { line, column } of errors)
    if (!(line >= 1 && line <= lines && column >= 1))
      throw new Error(`a mistake outside of the file, at ${line}:${column}`);
}

/** Plays a call with answers to whatever runs and some that belong to nothing; throws when the engine breaks a promise. */
export function runRandomly(flow: Flow, rng: Rng, length: number): FlowEvent[] {
  const events: FlowEvent[] = [];
  let at = 1_700_000_000_000;
  let turn = start(flow, { at, caller: { number: '+4930', name: '' }, called: '1000' });
  let ids: { play: string; timer: string; queue: string; voicemail: string } = {
    play: '',
    timer: '',
    queue: '',
    voicemail: '',
  };
  for (let count = 0; count <= length; count += 1) {
    for (const effect of turn.effects) {
      if (effect.type === 'play') ids = { ...ids, play: effect.playId };
      if (effect.type === 'setTimer') ids = { ...ids, timer: effect.timerId };
      if (effect.type === 'enterQueue') ids = { ...ids, queue: effect.queueId };
      if (effect.type === 'startVoicemail') ids = { ...ids, voicemail: effect.voicemailId };
    }
    if (JSON.stringify(JSON.parse(JSON.stringify(turn.state))) !== JSON.stringify(turn.state))
      throw new Error('state is no JSON');
    at += Math.floor(rng() * 5_000);
    const event = randomEvent(rng, at, ids);
    events.push(event);
    const before = JSON.stringify(turn.state);
    const moved = next(flow, turn.state, event);
    if (JSON.stringify(turn.state) !== before) throw new Error('the given state was changed');
    const ends = moved.effects.filter(({ type }) => type === 'hangup' || type === 'finished').length;
    if (ends !== (moved.state.phase === 'ended' && turn.state.phase === 'running' ? 1 : 0))
      throw new Error('a wrong end');
    turn = moved;
  }
  return events;
}

function randomEvent(
  rng: Rng,
  at: number,
  ids: { play: string; timer: string; queue: string; voicemail: string },
): FlowEvent {
  const pickId = (id: string) => (rng() < 0.9 ? id : 'other-1');
  const choices: (() => FlowEvent)[] = [
    () => ({ type: 'digit', at, digit: pick(rng, [...'0123456789*#A']) }),
    () => ({ type: 'digit', at, digit: pick(rng, [...'129']) }),
    () => ({ type: 'playEnded', at, playId: pickId(ids.play), reason: pick(rng, ['finished', 'stopped', 'failed']) }),
    () => ({ type: 'playEnded', at, playId: pickId(ids.play), reason: 'finished' }),
    () => ({ type: 'timer', at, timerId: pickId(ids.timer) }),
    () => ({ type: 'queueAnswered', at, queueId: pickId(ids.queue) }),
    () => ({
      type: 'queueEnded',
      at,
      queueId: pickId(ids.queue),
      outcome: pick(rng, ['agentEnded', 'timeout', 'noAgents', 'full']),
    }),
    () => ({ type: 'voicemailEnded', at, voicemailId: pickId(ids.voicemail), durationMs: 1_000 }),
    () => ({ type: 'effectFailed', at, id: pickId(pick(rng, Object.values(ids))), code: 'voice.failed' }),
  ];
  return rng() < 0.01 ? { type: 'hangup', at, by: 'caller' } : pick(rng, choices)();
}
