import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import { beginningOf, type Wish } from '../../../../src/flows/simulate/beginning.ts';
import { parseLine } from '../../../../src/flows/simulate/parse.ts';
import { Session } from '../../../../src/flows/simulate/session.ts';
import { Simulation } from '../../../../src/flows/simulate/simulation.ts';
import { loadTests } from '../../../../src/flows/test/load.ts';
import { flowWith } from '../../../support/flow-call.ts';

function simulationOf(flow: Flow, wish: Wish = {}): Simulation {
  const begun = beginningOf(flow.name, wish);
  if (!begun.ok) throw new Error(JSON.stringify(begun.errors));
  return new Simulation(flow, begun.beginning.init, begun.beginning.fakes);
}

/** What a script prints, and its status. */
function play(
  flow: Flow,
  script: string[],
  { json = false, wish = {} as Wish } = {},
): { lines: string[]; status: number } {
  const lines: string[] = [];
  const session = new Session(simulationOf(flow, wish), {
    json,
    interactive: false,
    write: (line) => lines.push(line),
  });
  session.begin();
  for (const line of script) if (!session.line(line)) return { lines, status: session.conclude() };
  return { lines, status: session.finish() };
}

const SHOP = flowWith(
  `  one: { menu: { prompt: Press 1 or 2., timeout: 5s, retries: 0 }, choices: { "1": order, "2": wait }, noInput: end }
  order: { collect: { prompt: Type., into: number, digits: 3 }, next: look, noInput: end }
  look: { http: { get: "shop/orders/{{ number }}", timeout: 4s, retries: 1 }, save: { state: state }, next: tell, onNotFound: order, onError: sorry }
  tell: { say: "Your order is {{ state }}.", next: end }
  sorry: { say: Sorry., next: end }
  wait: { queue: { name: support, maxWait: 1m }, onTimeout: message, onNoAgents: ring, onAnsweredEnd: bye }
  ring: { transfer: { number: "+49301" , ring: 20s }, onNoAnswer: message, onBusy: bye, onEnded: bye }
  message: { voicemail: { box: support, beep: false }, next: bye, onError: sorry }
  bye: { say: Bye., next: end }`,
  'vars: { state: unknown }',
);

const SECRET = flowWith(
  `  one: { collect: { prompt: Your PIN., into: pin, digits: 4, secure: true }, next: check, noInput: end }
  check: { http: { post: bank/check, body: { pin: { secret: pin } } }, next: end, onError: end }`,
);

describe('a simulated call', () => {
  it('[SI3] lets time pass only when it is told to', () => {
    const simulation = simulationOf(SHOP);
    const { call, startedAt } = simulation;
    expect(call.now - startedAt).toBe(0);
    simulation.do({ do: 'pass', ms: 700 });
    expect(call.now - startedAt).toBe(700);
    simulation.do({ do: 'pass' });
    expect(call.happenings.at(-1)).toMatchObject({ what: 'saidEnded', how: 'finished' });
    simulation.do({ do: 'press', keys: '1' });
    const before = call.now;
    simulation.do({ do: 'press', keys: '123' });
    expect(call.now - before).toBe(400);
  });

  it('[SI5] leaves requests open, and goes by what is said', () => {
    const { lines, status } = play(SHOP, ['1', '123', 'wait 2s', 'http 200 {"state":"sent"}', 'vars']);
    expect(lines).toContain('0:02.4  is answered 200 {"state":"sent"}');
    expect(lines).toContain('0:02.4  says “Your order is sent.” (en)');
    expect(lines).toContain('  state: "sent"');
    expect(status).toBe(0);
  });

  it('[SI5] what nobody decides ends by its own longest time', () => {
    const asked = play(SHOP, ['1', '123', 'wait 1m', 'path']).lines;
    expect(asked).toContain('0:08.6  gets no answer: http.timeout');
    expect(asked).toContain('  look:error');
    const waited = play(SHOP, ['2', 'wait 2m', 'path']).lines;
    expect(waited).toContain('1:00.0  leaves support: timeout');
    const rung = play(SHOP, ['2', 'queue noAgents', 'wait 1m']).lines;
    expect(rung).toContain('0:20.0  transfer: noAnswer');
  });

  it('[SI5] goes by the fakes, and decides otherwise before they come true', () => {
    const wish: Wish = { fake: { queue: { support: { answerAfter: '20s', talk: '10s' } } } };
    expect(play(SHOP, ['2'], { wish }).lines).toContain('0:20.0  an agent of support answers');
    const { lines } = play(SHOP, ['2', 'wait 5s', 'queue full'], { wish });
    expect(lines).toContain('0:05.0  leaves support: full');
    expect(lines.join()).not.toContain('an agent of support answers');
  });

  it('[SI5] joins and parts those who talk', () => {
    const { lines } = play(SHOP, ['2', 'queue noAgents', 'transfer answered', 'wait 3s', 'transfer ended']);
    expect(lines).toContain('0:03.0  transfer: ended');
    expect(play(SHOP, ['2', 'queue answered', 'wait 7s', 'queue agentEnded']).lines).toContain(
      '0:07.0  leaves support: agentEnded',
    );
  });

  it('[SI4][SI6] speaks into a message, which may be lost', () => {
    const stored = play(SHOP, ['2', 'queue timeout', 'say I would like to speak to you', '#']).lines;
    expect(stored).toContain('0:00.0  caller says “I would like to speak to you”, which is recorded');
    expect(stored.join('\n')).toMatch(/message of 2 s is stored/);
    const lost = play(SHOP, ['2', 'queue timeout', 'voicemail failed', 'path']).lines;
    expect(lost).toContain('  message:error');
    expect(play(SHOP, ['voicemail failed', '2', 'queue timeout']).lines.join()).toContain('message fails');
  });

  it('[SI8] answers what makes no sense with a sentence, and nothing is lost', () => {
    const nonsense = [
      'pres 1',
      'http 200',
      'queue',
      'queue answered',
      'transfer busy',
      'http 99',
      'wait soon',
      '!',
      'say',
    ];
    const { lines, status } = play(SHOP, ['1', ...nonsense, '123', ...nonsense.slice(2), 'http 200 {"state":"sent"}']);
    const plain = play(SHOP, ['1', '123', 'http 200 {"state":"sent"}']);
    expect(lines.filter((line) => !line.startsWith('!'))).toEqual(plain.lines);
    expect(status).toBe(0);
    expect(lines).toContain('! There is no command "pres"; did you mean press?');
    expect(lines).toContain('! No request waits for an answer');
    expect(lines).toContain('! The caller does not wait in a queue');
  });

  it('[SI8] any line at all is understood or refused, and a refused one changes nothing', () => {
    const word = fc.constantFrom(
      'http',
      'queue',
      'wait',
      'figures',
      'say',
      'transfer',
      '200',
      '{"a":',
      '12#',
      's',
      '5',
    );
    const line = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(word).map((words) => words.join(' ')),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const simulation = simulationOf(SHOP);
        for (const one of lines) {
          const shown = () => JSON.stringify([simulation.call.state, simulation.call.now, simulation.call.happenings]);
          const before = shown();
          const parsed = parseLine(one);
          if ('do' in parsed && simulation.do(parsed) === undefined) continue;
          expect(shown()).toBe(before);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  it('[SI9] shows secret digits to nobody', () => {
    for (const json of [false, true]) {
      const { lines } = play(SECRET, ['7', '3915 2', 'wrong3915', '391', 'vars', 'transcript', 'path'], { json });
      expect(lines.length).toBeGreaterThan(10);
      for (const line of lines) expect(line).not.toMatch(/7391|3915|"digit":"\d|presses \d/);
    }
    const simulation = simulationOf(SECRET);
    expect(simulation.waitsFor[0]).toEqual({ for: 'keys', step: 'one', secret: true });
    simulation.do({ do: 'press', keys: '7391' });
    expect(simulation.waitsFor).toContainEqual({ for: 'http', method: 'POST', service: 'bank', path: '' });
  });

  it('[SI10] prints the same bytes for the same script, one object a line where that is wished', () => {
    const script = ['1', '123', 'http 404', '999', 'http 503', 'wait 10s', 'vars', 'path', 'hangup'];
    expect(play(SHOP, script)).toEqual(play(SHOP, script));
    const { lines } = play(SHOP, script, { json: true });
    const objects = lines.map((line) => JSON.parse(line) as { what: string });
    expect(objects[0]).toMatchObject({ what: 'began', called: '1000' });
    expect(objects.at(-1)).toMatchObject({ what: 'result', ended: 'completed' });
  });

  it('[SI11] tells an end by mistake from a good one', () => {
    const broken = flowWith('  one: { set: { n: "{{ 1 / n }}" }, next: end }', 'vars: { n: 0 }');
    expect(play(broken, []).status).toBe(1);
    const endless = flowWith('  one: { wait: 10m, next: two }\n  two: { wait: 10m, next: one }');
    const { lines, status } = play(endless, []);
    expect([status, lines.filter((line) => line.startsWith('!'))]).toEqual([
      1,
      ['! The call did not come to its end within a day'],
    ]);
    expect(play(endless, ['quit']).status).toBe(0);
  });

  it('[SI2] takes beginning and fakes of a case, and settings before them', () => {
    const text = `flow: test
cases:
  - name: gold
    at: 2026-05-01T09:00Z
    caller: { from: "+491", name: Ada }
    fake: { http: { shop: { body: { state: packed } } }, callback: failed }
`;
    const loaded = loadTests(text, 'x.test.yaml');
    const base = loaded.ok ? loaded.tests.cases[0] : undefined;
    const begun = beginningOf(
      'test',
      { called: '2000', fake: { queue: { support: [{ outcome: 'full' }, {}] } } },
      base,
    );
    expect(begun).toMatchObject({
      ok: true,
      beginning: {
        init: { at: Date.UTC(2026, 4, 1, 9), caller: { number: '+491', name: 'Ada' }, called: '2000', seed: 1 },
        fakes: {
          http: { shop: [{ status: 200, body: { state: 'packed' } }] },
          queues: { support: [{ outcome: 'full' }, { outcome: 'answered', afterMs: 5_000 }] },
          callback: ['failed'],
        },
      },
    });
    expect(beginningOf('test', { at: 'tomorrow' })).toMatchObject({ ok: false, errors: [{ rule: 'test.time' }] });
  });
});
