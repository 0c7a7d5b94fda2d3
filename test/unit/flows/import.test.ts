import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { printFinding } from '../../../src/flows/check/finding.ts';
import { checkImported } from '../../../src/flows/import/checked.ts';
import type { Imported } from '../../../src/flows/import/draft.ts';
import { parseCsv } from '../../../src/flows/import/freepbx.ts';
import { IMPORTERS } from '../../../src/flows/import/index.ts';
import { FLOW_RULES } from '../../../src/flows/language/errors.ts';
import { ParleyError } from '../../../src/shared/errors.ts';
import { below, mutate, pick, type Rng, seeded } from '../../fuzz/mutate.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/imports');
const files = readdirSync(FOLDER).flatMap((kind) =>
  readdirSync(join(FOLDER, kind)).map((file) => [kind, file] as const),
);

function imported(kind: string, file: string): Imported {
  return convert(kind, readFileSync(join(FOLDER, kind, file), 'utf8'), file.replace(/\..*/, ''));
}

function convert(kind: string, text: string, name = 'imported'): Imported {
  const importer = IMPORTERS[kind];
  if (!importer) throw new Error(`no importer for ${kind}`);
  return importer(text, { name, language: 'en' });
}

/** Errors that the checker finds in an import with good reason: so it was where it comes from. */
const WRONG_AT_HOME: Record<string, string[]> = {
  'connect/lambda.json': ['consent.missing'],
  'swml/menu.yaml': ['consent.missing'],
};

/** What keeps the flow from being used when everything it needs is there. */
function mistakesOf(one: Imported): string[] {
  return checkImported(one)
    .filter(({ rule }) => Object.hasOwn(FLOW_RULES, rule))
    .map(printFinding);
}

describe.each(files)('[F150] %s/%s', (kind, file) => {
  const one = imported(kind, file);

  it('becomes a flow without mistakes', () => {
    expect(mistakesOf(one), one.yaml).toEqual([]);
  });

  it('is right in the eyes of the checker, save for what was wrong before', () => {
    const errors = checkImported(one).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule }) => rule)).toEqual(WRONG_AT_HOME[`${kind}/${file}`] ?? []);
  });

  it('is the same each time', () => {
    expect(imported(kind, file)).toEqual(one);
  });
});

describe('[F151] nothing is lost in silence', () => {
  it.each(files)('%s/%s: whatever stands in for something is in the report', (kind, file) => {
    const { yaml, report } = imported(kind, file);
    const standIns = [...yaml.matchAll(/what: (.+?)\s*[}\n]/g)].length;
    const lost = report.filter((line) => line.kind === 'lost');
    expect(lost.length).toBeGreaterThanOrEqual(standIns);
    for (const { text } of lost.filter(({ where }) => yaml.includes(`what: ${where}`)))
      expect(yaml).toContain(`not carried over: ${text}`);
  });

  it.each([
    ['1w2', 'dtmf: "12"', 'pauses between keys, and keys that cannot be sent'],
    ['9'.repeat(60), `dtmf: "${'9'.repeat(50)}"`, 'pauses between keys, and keys that cannot be sent'],
    ['www', 'notCarriedOver', 'there are no keys that can be sent'],
  ])('tells which of the keys %s are not sent', (keys, step, told) => {
    const made = convert('jambonz', JSON.stringify([{ verb: 'dtmf', dtmf: keys }]));
    expect(made.yaml).toContain(step);
    expect(made.report.map(({ text }) => text)).toContain(told);
  });

  it('names what jambonz webhooks, speech and models did', () => {
    expect(imported('jambonz', 'menu.json').report.map(({ text }) => text)).toEqual([
      'calls are answered before the flow begins',
      'the words of its SSML are spoken; the markup is left out',
      'the setting synthesizer has no counterpart',
      'speech is not recognised; keys are',
      expect.stringContaining('the webhook https://shop.example/menu'),
    ]);
    expect(imported('jambonz', 'queue.json').report.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['the verb llm has no counterpart', 'the verb config has no counterpart']),
    );
  });
});

describe('[F152] what they become', () => {
  it('a gather of Twilio with its split is one menu', () => {
    const { yaml, report } = imported('twilio', 'menu.json');
    expect(yaml).toContain('"1": toSales');
    expect(yaml).toContain('"3": toService');
    expect(yaml).not.toContain('byKey');
    expect(report.map(({ text }) => text)).toContain('speech is not recognised; keys are');
  });

  it('a request of Twilio saves what the flow reads of its answer', () => {
    const { yaml, needs } = imported('twilio', 'lookup.json');
    expect(yaml).toContain('get: orders-example/v1/orders/{{askNumberDigits}}');
    expect(yaml).toContain('lookUpStatus:\n        at: status');
    expect(needs.services).toEqual(['orders-example']);
  });

  it('an input of Amazon Connect with conditions is a menu, its queue stands at the transfer', () => {
    const { yaml, needs } = imported('connect', 'menu.json');
    expect(yaml).toContain('"1": setBillingQueue');
    expect(needs.queues).toEqual(['billing']);
    expect(imported('connect', 'lambda.json').yaml).toContain('percent: 30');
  });

  it('a prompt and switch of SWML are a menu whose branches come back', () => {
    const { yaml } = imported('swml', 'menu.yaml');
    expect(yaml).toContain('"2": connect');
    expect(yaml).toMatch(/number: "?\+15551230000/);
    expect(imported('swml', 'cond.json').yaml).toContain("when: promptValue == '1234'");
  });

  it('rows of FreePBX are menus that lead to one another', () => {
    const { yaml, needs } = imported('freepbx', 'office.csv');
    expect(yaml).toContain('"2": ivr2');
    expect(yaml).toContain('"*": appAnnouncement4S1');
    expect(needs).toMatchObject({
      queues: ['queue-400'],
      prompts: ['announcement-4', 'office-welcome', 'opening-hours'],
    });
  });

  it('reads CSV as RFC 4180 writes it', () => {
    expect(parseCsv('a,"b ""c"", d"\r\n"x\ny",\n')).toEqual([
      ['a', 'b "c", d'],
      ['x\ny', ''],
    ]);
  });
});

describe('[F153] bad input', () => {
  it.each(Object.keys(IMPORTERS))('%s refuses what is not of its kind in one sentence', (kind) => {
    for (const text of ['', '{', 'null', '[]x', '{"a":1}', 'a,b\n1,2', '5', '"x"', 'x: [', '\ufeff']) {
      const outcome = attempt(kind, text);
      if (outcome !== undefined) expect(mistakesOf(outcome)).toEqual([]);
    }
  });

  it.each(files)('%s/%s damaged: refused, or still a flow that loads', (kind, file) => {
    const random = seeded(file.length);
    const text = readFileSync(join(FOLDER, kind, file));
    for (let round = 0; round < 60; round += 1) {
      const outcome = attempt(kind, mutate(random, [text]).toString('utf8'));
      if (outcome !== undefined) expect(mistakesOf(outcome), outcome.yaml).toEqual([]);
    }
  });
});

describe('[F153] JSON with parts missing or exchanged: still a flow that loads, or refused', () => {
  it.each(files.filter(([, file]) => file.endsWith('.json')))('%s/%s', (kind, file) => {
    const random = seeded(file.length + 1);
    for (let round = 0; round < 150; round += 1) {
      const source = JSON.parse(readFileSync(join(FOLDER, kind, file), 'utf8')) as unknown;
      for (let change = 0; change < 3; change += 1) spoil(source, random);
      const outcome = attempt(kind, JSON.stringify(source));
      if (outcome !== undefined) expect(mistakesOf(outcome), outcome.yaml).toEqual([]);
    }
  });
});

const ODD: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1e9,
  true,
  [],
  {},
  'constructor',
  '__proto__',
  '{{ x }}',
  "'",
  'ends with \\',
  '9'.repeat(5_000),
  '中文',
];

/** Takes one thing out of the JSON or puts something odd in its place. */
function spoil(value: unknown, random: Rng): void {
  let here = value;
  for (;;) {
    if (typeof here !== 'object' || here === null) return;
    const keys = Object.keys(here);
    if (keys.length === 0) return;
    const key = pick(random, keys);
    const inside: unknown = (here as Record<string, unknown>)[key];
    const isDeep = typeof inside === 'object' && inside !== null && below(random, 4) > 0;
    if (isDeep) {
      here = inside;
      continue;
    }
    if (below(random, 3) === 0) delete (here as Record<string, unknown>)[key];
    else (here as Record<string, unknown>)[key] = pick(random, ODD);
    return;
  }
}

function attempt(kind: string, text: string): Imported | undefined {
  try {
    return convert(kind, text);
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'request.invalid') return undefined;
    throw error;
  }
}
