import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCalendar } from '../../src/flows/calendars/calendar.ts';
import { spokenHours } from '../../src/flows/calendars/spoken.ts';
import { statusAt } from '../../src/flows/calendars/status.ts';
import { checkPaths } from '../../src/flows/check/check.ts';
import type { FlowError } from '../../src/flows/language/errors.ts';
import { loadFlow } from '../../src/flows/language/load.ts';
import { STEPS } from '../../src/flows/steps/index.ts';
import { runRandomly } from './flow-machine.ts';
import { mutate, type Rng, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const root = join(import.meta.dirname, '../..');
const read = (dir: string) =>
  readdirSync(join(root, dir))
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => readFileSync(join(root, dir, file)));

/** One small flow a verb, which may lead nowhere: damage is not always needed to refuse it. */
const examples = [...STEPS.values()].map(({ example }) =>
  Buffer.from(
    `flow: one\nversion: 1\nlanguages: [en, zh]\nvars: { customer: "", tier: a, attempts: 0 }\nstart: here\nsteps:\n  here:\n${example.replace(/^/gm, '    ')}\n`,
  ),
);
const flows = [...read('ivr-flows'), ...read('test/fixtures/flows/broken'), ...examples];
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
    "tier.matches('^[a-c]{2,4}$')",
    "seconds('2m')",
    "{{ money(attempts, 'EUR') }}",
    '{{ digits(tier) }}',
    "{{ date(tier, 'weekday') }}",
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
  if (!loaded.ok) {
    checkErrors(loaded.errors, text);
    return;
  }
  const { flow } = loaded;
  checkErrors(checkPaths({ flows: [{ file: flow.file, value: flow, errors: [] }] }), text, true);
  runRandomly(flow, rng, 30);
}

function checkErrors(errors: readonly Pick<FlowError, 'line' | 'column'>[], text: string, isGood = false): void {
  const lines = text.split('\n').length;
  if (errors.length === 0 && !isGood) throw new Error('refused without a reason');
  for (const { line, column } of errors)
    if (!(line >= 1 && line <= lines && column >= 1))
      throw new Error(`a mistake outside of the file, at ${line}:${column}`);
}
