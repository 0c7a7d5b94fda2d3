import { describe, expect, it } from 'vitest';
import { type Explored, type ExploreOptions, explore } from '../../../../src/flows/explore/explore.ts';
import { casesIn, exploredInWords } from '../../../../src/flows/explore/report.ts';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import type { AnyStepKind } from '../../../../src/flows/machine/step-kind.ts';
import { runFolder } from '../../../../src/flows/test/run-folder.ts';
import { flowOf } from '../../../support/flow-call.ts';

const HEAD = 'flow: bad\nversion: 1\nvars: { n: 0, tier: none }\nstart: one\nsteps:\n';
const END = '  end: { hangup: {} }\n';

function exploreText(text: string, options: Partial<ExploreOptions> = {}, calendars: string[] = []): Explored {
  const all = { depth: 100, maxStates: 5_000, seed: 1, sources: [text], ...options };
  return explore(flowOf(text, calendars), all);
}

function found(steps: string, options: Partial<ExploreOptions> = {}): string[] {
  const explored = exploreText(`${HEAD}${steps}\n${END}`, options);
  expect(explored.unproved).toEqual([]);
  return explored.findings.map(({ kind, place, path }) => `${kind} at ${place}: ${path.join(' ')}`);
}

const BAD = `${HEAD}  one:
    menu: { prompt: Press 1., timeout: 5s, retries: 0 }
    choices: { "1": lookUp, "2": circle, "3": slow, "4": divide }
    noInput: one
  lookUp: { http: { get: crm/x, retries: 2 }, save: { tier: tier }, next: decide, onError: end }
  decide: { if: "tier == 'gold'", then: divide, else: end }
  divide: { set: { n: "{{ 10 / n }}" }, next: end }
  circle: { say: Round., next: circleTwo }
  circleTwo: { wait: 2s, next: circle }
  slow: { say: "It takes a long time until we come to the point, and there is more to say, so be patient and listen to everything that we say.", next: q }
  q: { queue: { name: s, maxWait: 1m }, onTimeout: end, onError: end }
${END}`;

describe('what an exploration finds', () => {
  it('[SI25] calls that end by mistake, by digits, by answers that the flow compares with', () => {
    expect(found('  one: { say: Hi., next: two }\n  two: { set: { n: "{{ 1 / n }}" }, next: end }')).toEqual([
      'error at two: one:next two:error',
    ]);
    const byAnswer = `  one: { say: Hi., next: two }
  two: { http: { get: crm/x }, save: { tier: tier }, next: three, onError: end }
  three: { if: "tier == 'gold'", then: four, else: end }
  four: { set: { n: "{{ 1 / n }}" }, next: end }`;
    expect(found(byAnswer)).toEqual(['error at four: one:next two:next three:then four:error']);
    const byDigits = `  one: { collect: { prompt: Type., into: code, min: 2, max: 4 }, next: two, noInput: end }
  two: { if: "code == '42'", then: three, else: end }
  three: { set: { n: "{{ 1 / n }}" }, next: end }`;
    expect(found(byDigits)).toEqual(['error at three: one:next two:then three:error']);
  });

  it('[SI21][SI25] outcomes that nobody has thought of', () => {
    expect(found('  one: { say: Hi., next: two }\n  two: { queue: s, onTimeout: end }')).toEqual([
      'error at two: one:next two:error',
    ]);
    expect(found('  one: { say: Hi., next: two }\n  two: { http: { get: crm/x }, next: end }')).toEqual([
      'error at two: one:next two:error',
    ]);
    expect(found('  one: { voicemail: { box: b, prompt: Speak. }, next: end }')).toEqual(['error at one: one:error']);
    expect(
      found('  one: { say: Hi., next: two }\n  two: { callback: { queue: s }, next: end, onInvalid: end }'),
    ).toEqual(['error at two: one:next two:error']);
  });

  it('[SI25] traps, of which only some have a way out', () => {
    const silent = '  one: { menu: { prompt: Press 1., retries: 0 }, choices: { "1": end }, noInput: one }';
    expect(found(silent)).toEqual(['trap at one: one']);
    const lost = `  one: { menu: { prompt: Press 1 or 2. }, choices: { "1": two, "2": end }, noInput: end }
  two: { menu: { prompt: Press 1. }, choices: { "1": three }, noInput: two }
  three: { say: Again., next: two }`;
    expect(found(lost)).toEqual(['noWayOut at two: one:1 two']);
    const counted =
      '  one: { menu: { prompt: Press 1., retries: 0 }, choices: { "1": end }, noInput: two }\n  two: { loop: 3, again: one, done: end }';
    expect(found(counted)).toEqual([]);
    const limited = `on: { maxDuration: { after: 5m, then: end } }\n`;
    expect(exploreText(`${HEAD.replace('start:', `${limited}start:`)}${silent}\n${END}`).findings).toEqual([]);
    // Whoever waits for an agent may get one.
    expect(found('  one: { say: Hi., next: two }\n  two: { queue: s, onTimeout: one, onError: end }')).toEqual([]);
  });

  it('[SI25] calls without a word, and not those in which a person speaks or nobody answered', () => {
    expect(found('  one: { wait: 1s, next: end }')).toEqual(['unsaid at end: one:next end:end']);
    expect(found('  one: { play: { tone: beep }, next: end }')).toEqual(['unsaid at end: one:next end:end']);
    expect(found('  one: { say: Hi., next: end }')).toEqual([]);
    const refused = `flow: bad\nversion: 1\nanswer: byStep\nstart: one\nsteps:\n  one: { reject: busy }\n`;
    expect(exploreText(refused).findings).toEqual([]);
  });

  it('[SI25] who reaches a person late, though they answered at once', () => {
    const steps = `  one: { menu: { prompt: Press 1 or 2., timeout: 60s }, choices: { "1": two, "2": three }, noInput: three }
  two: { say: One moment please., next: three }
  three: { queue: s, onTimeout: end, onError: end }`;
    expect(found(steps, { secondsToPerson: 60 })).toEqual([]);
    expect(found(steps, { secondsToPerson: 2 })).toEqual(['late at three: one:1 two:next three']);
  });

  it('[SI25] a bug of the engine', () => {
    const flow = flowOf(`${HEAD}  one: { say: Hi., next: two }\n  two: { wait: 1s, next: end }\n${END}`);
    const two = flow.steps.get('two');
    const kind: AnyStepKind = {
      ...(two?.kind as AnyStepKind),
      enter: () => {
        throw new TypeError('planted');
      },
    };
    const broken: Flow = { ...flow, steps: new Map(flow.steps).set('two', { ...two, kind } as never) };
    const { findings } = explore(broken, { depth: 50, maxStates: 500, seed: 1 });
    expect(findings).toMatchObject([{ kind: 'crash', place: 'one', text: 'The engine breaks: planted' }]);
  });

  it('[SI22] begins by calendars, by chance, without a number and in each language', () => {
    const calendar =
      'calendar: desk\nversion: 1\ntimeZone: Europe/Berlin\nweekly: { monday: 09:00-17:00 }\nholidays: [{ date: 12-25, name: { en: Christmas } }]\n';
    const byHours = `${HEAD}  one: { say: Hi., next: two }\n  two: { hours: desk, open: end, closed: end, holiday: three }\n  three: { set: { n: "{{ 1 / n }}" }, next: end }\n${END}`;
    expect(exploreText(byHours, {}, [calendar]).findings.map(({ place }) => place)).toEqual(['three']);
    const byChance =
      '  one: { say: Hi., next: two }\n  two: { distribute: [{ percent: 99, then: end }, { percent: 1, then: three }] }\n  three: { set: { n: "{{ 1 / n }}" }, next: end }';
    expect(found(byChance)).toEqual(['error at three: one:next two:share2 three:error']);
    expect(
      found(
        '  one: { say: Hi., next: two }\n  two: { callback: { queue: s }, next: end, onError: end, onInvalid: three }\n  three: { set: { n: "{{ 1 / n }}" }, next: end }',
      ),
    ).toEqual(['error at three: one:next two:invalid three:error']);
    const byNumber = `  one: { if: "caller.number.startsWith('+86')", then: two, else: three }
  two: { set: { n: "{{ 1 / n }}" }, next: end }
  three: { say: Hi., next: end }`;
    expect(found(byNumber)).toEqual(['error at two: one:then two:error']);
    const byLanguage = `${HEAD.replace('vars', 'languages: [en, zh]\nvars')}  one: { say: { text: Hi., language: en }, next: two }\n  two: { if: "call.language == 'zh'", then: three, else: end }\n  three: { set: { n: "{{ 1 / n }}" }, next: end }\n${END}`;
    expect(exploreText(byLanguage).findings.map(({ place }) => place)).toEqual(['three']);
  });

  it('[SI23] tells values apart that lead different ways, and no others', () => {
    const steps = `  one: { collect: { prompt: Type., into: code, digits: 8 }, next: two, noInput: end }
  two: { http: { get: "crm/{{ code }}" }, save: { tier: tier, n: n }, next: three, onError: end }
  three: { switch: tier, cases: { gold: four, silver: five }, else: six }
  four: { say: Gold., next: end }
  five: { say: Silver., next: end }
  six: { if: n > 1000, then: four, else: five }`;
    const { states, findings, isCut } = exploreText(`${HEAD}${steps}\n${END}`);
    expect([findings, isCut]).toEqual([[], false]);
    expect(states).toBeLessThan(150);
    const { ends } = exploreText(`${HEAD}${steps}\n${END}`);
    expect(Object.keys(ends)).toEqual(['callerLeft', 'completed']);
  });

  it('[SI21] finds answers for what the flow does with them: values of several variables, and lists that are empty', () => {
    const steps = `  one: { say: Hi., next: two }
  two:
    http: { get: crm/x }
    save: { n: items.length, tier: { at: "items[0].tier", default: none } }
    next: three
    onError: end
  three: { if: n == 0, then: broken, else: four }
  four: { if: "tier == 'gold' && n > 0", then: worse, else: end }
  broken: { set: { n: "{{ 1 / n }}" }, next: end }
  worse: { set: { n: "{{ 1 / (n - n) }}" }, next: end }`;
    expect(found(steps)).toEqual([
      'error at broken: one:next two:next three:then broken:error',
      'error at worse: one:next two:next three:else four:then worse:error',
    ]);
  });

  it('[SI24] tells what no call went through', () => {
    const steps = `  one: { say: Hi., next: two }
  two: { if: n == 7, then: three, else: end }
  three: { say: Never., next: end }`;
    expect(exploreText(`${HEAD}${steps}\n${END}`).unwalked).toEqual(['two:then', 'three', 'three:next']);
  });

  it('[SI24] says when there is more', () => {
    expect(exploreText(BAD).isCut).toBe(false);
    expect(exploreText(BAD, { depth: 2 }).isCut).toBe(true);
    expect(exploreText(BAD, { maxStates: 10 })).toMatchObject({ isCut: true, states: 10 });
  });

  it('[SI26] writes cases that fail as what was found, and pass when the flow is mended', () => {
    const explored = exploreText(BAD, { secondsToPerson: 8 });
    expect(explored.findings.map(({ kind, place }) => `${kind} at ${place}`)).toEqual([
      'error at divide',
      'late at q',
      'noWayOut at circle',
      'trap at one',
    ]);
    const tests = casesIn(explored) ?? '';
    const outcome = (flow: string) => {
      const services = {
        file: 'services.yaml',
        text: 'version: 1\nservices:\n  crm: { url: "https://crm.example" }\n',
      };
      const files = {
        flows: [{ file: 'bad.yaml', text: flow }],
        tests: [{ file: 'bad.explored.test.yaml', text: tests }],
      };
      const { files: results, errors } = runFolder({
        ...files,
        calendars: [],
        prompts: [],
        queues: undefined,
        services,
      });
      expect(errors).toEqual([]);
      return results.flatMap(({ cases }) =>
        cases.map(({ name, failures }) => [name, ...failures.map(({ text }) => text)]),
      );
    };
    expect(outcome(BAD)).toEqual([
      ['error at divide', 'The call ended with error'],
      ['late at q', expect.stringMatching(/^The caller got to s after \d+\.\d s, not within 8s$/)],
      ['noWayOut at circle', expect.stringMatching(/did not come to its end|stepLimit/)],
      ['trap at one', 'The call ended with stepLimit'],
    ]);
    const mended = BAD.replace('noInput: one', 'noInput: end')
      .replace('10 / n', '10 / (n + 1)')
      .replace('next: circle }', 'next: end }')
      .replace(/say: "It takes[^"]*"/, 'say: At once.');
    expect(outcome(mended).flatMap(([, ...failures]) => failures)).toEqual([]);
    expect(exploreText(mended, { secondsToPerson: 8 }).findings).toEqual([]);
    expect(casesIn(exploreText(mended))).toBeUndefined();
  });

  it('[SI27] comes out the same for the same seed', () => {
    const shown = (seed: number) => JSON.stringify(exploreText(BAD, { seed, secondsToPerson: 8 }));
    expect(shown(7)).toBe(shown(7));
    expect(exploredInWords(exploreText(BAD, { seed: 7 }))).toContain('✗ trap at one: A caller who does nothing');
  });
});
