import { expect, it } from 'vitest';
import { checkPaths } from '../../../../src/flows/check/check.ts';
import { insidesOf } from '../../../../src/flows/check/inside.ts';
import { timesOf, timeToPerson } from '../../../../src/flows/check/times/times.ts';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import { type Fakes, USUAL } from '../../../../src/flows/run/fakes.ts';
import { VirtualCall } from '../../../../src/flows/run/virtual-call.ts';
import { below, pick, type Rng, seeded } from '../../../fuzz/mutate.ts';
import { randomFlow } from '../../../support/random-flow.ts';

/** What the checker says of a flow is held against what the engine does with it, for random flows and a world that is drawn too. */

const SEED = 20_261_129;
const FLOWS = 200;
/** Making a flow takes some time on a busy machine. */
const TIMEOUT_MS = 120_000;
const CALLS = 4;
const AT = Date.UTC(2026, 10, 30, 10);
const FAR_MS = 30 * 24 * 3_600_000;

interface Judged {
  flow: Flow;
  findings: ReturnType<typeof checkPaths>;
}

function judged(rng: Rng): Judged {
  const flow = randomFlow(rng);
  const all = [flow, ...Object.values(flow.flows)];
  return { flow, findings: checkPaths({ flows: all.map((value) => ({ file: value.file, value, errors: [] })) }) };
}

/** A world in which no person ever answers. */
function world(rng: Rng): Fakes {
  const outcome = () => pick(rng, ['timeout', 'noAgents', 'full'] as const);
  return {
    ...USUAL,
    http: { crm: [{ status: pick(rng, [200, 404, 422, 503]), body: { a: 3 }, afterMs: below(rng, 2_000) }] },
    queues: {
      support: [
        { outcome: outcome(), talkMs: 0 },
        { outcome: outcome(), talkMs: 0 },
      ],
    },
    transfers: {
      '+49301': [{ outcome: 'busy', afterMs: 900, talkMs: 0 }],
      amy: [{ outcome: 'noAnswer', afterMs: 900, talkMs: 0 }],
    },
  };
}

function callOf(flow: Flow, rng: Rng): VirtualCall {
  const init = { at: AT, caller: { number: '+4930555010', name: '' }, called: '1000', seed: below(rng, 1_000) };
  return new VirtualCall(flow, init, world(rng));
}

/** Whether a condition of the flow hangs on variables: what they count up to is for the writer to see. */
function decides({ steps, flows }: Flow): boolean {
  const all = [steps, ...Object.values(flows).map((inside) => inside.steps)].flatMap((map) => [...map.values()]);
  return all.some(
    ({ verb, reads }) => (verb === 'if' || verb === 'switch') && reads.some(({ name }) => name !== 'call.seconds'),
  );
}

it(
  '[K11] a call whose caller does nothing ends by itself, unless the checker says that it does not',
  () => {
    const rng = seeded(SEED);
    let held = 0;
    for (let count = 0; count < FLOWS; count += 1) {
      const { flow, findings } = judged(rng);
      if (decides(flow) || findings.some(({ rule }) => rule === 'loop.endless')) continue;
      held += 1;
      for (let made = 0; made < CALLS; made += 1) {
        const call = callOf(flow, rng);
        call.pass(FAR_MS);
        expect(call.isOver, flow.name).toBe(true);
        expect(call.state.endReason).not.toBe('stepLimit');
      }
    }
    expect(held).toBeGreaterThan(5);
  },
  TIMEOUT_MS,
);

it(
  '[K27] a silent caller is on the way to a person neither sooner nor later than the checker says',
  () => {
    const rng = seeded(SEED + 1);
    let reached = 0;
    for (let count = 0; count < FLOWS; count += 1) {
      const { flow, findings } = judged(rng);
      // A call that is caught gets out by the limit of steps, which no time tells.
      if (findings.some(({ rule }) => rule === 'loop.endless')) continue;
      const insides = insidesOf([flow]);
      const graph = insides.get(flow.name)?.graph;
      const known = timesOf(insides, () => undefined).get(flow.name);
      const times = graph && known && timeToPerson(graph, known);
      for (let made = 0; made < CALLS; made += 1) {
        const call = callOf(flow, rng);
        call.passUntil(() => firstPerson(call) !== undefined, FAR_MS);
        const at = firstPerson(call);
        if (at === undefined) continue;
        reached += 1;
        // The best is when nothing fails.
        if (!call.happenings.some(({ what }) => what === 'failed'))
          expect(at - AT).toBeGreaterThanOrEqual(times?.leastMs ?? Number.POSITIVE_INFINITY);
        expect(at - AT).toBeLessThanOrEqual(times?.mostMs ?? 0);
      }
    }
    expect(reached).toBeGreaterThan(10);
  },
  TIMEOUT_MS,
);

function firstPerson({ happenings }: VirtualCall): number | undefined {
  return happenings.find((one) => one.what === 'entered' && ['queue', 'transfer', 'callback'].includes(one.verb))?.at;
}

it(
  '[K21] [K24] what is recorded unasked, and what fails for the want of an answer, was told by the checker',
  () => {
    const rng = seeded(SEED + 2);
    const seen = { unasked: 0, early: 0 };
    for (let count = 0; count < FLOWS; count += 1) {
      const { flow, findings } = judged(rng);
      const rules = new Set<string>(findings.map(({ rule }) => rule));
      for (let made = 0; made < CALLS; made += 1) {
        const { happenings, state } = pressed(callOf(flow, rng), rng);
        // The limit of steps leads on from an endless circle, where no way does.
        if (state.limitMetAt !== undefined) continue;
        const begun = happenings.findIndex((one) => one.what === 'recorded' && one.order === 'start');
        if (begun >= 0 && !happenings.slice(0, begun).some(({ what }) => what === 'consented')) {
          seen.unasked += 1;
          expect([...rules]).toContain('consent.missing');
        }
        if (happenings.some((one) => one.what === 'failed' && /not answered yet/.test(one.why))) {
          seen.early += 1;
          expect([...rules]).toContain('answer.early');
        }
      }
    }
    expect(seen.unasked).toBeGreaterThan(10);
    expect(seen.early).toBeGreaterThan(5);
  },
  TIMEOUT_MS,
);

/** A caller who presses any key now and then, for a while. */
function pressed(call: VirtualCall, rng: Rng): VirtualCall {
  for (let count = 0; count < 20; count += 1) {
    call.pass(below(rng, 8_000));
    call.press(pick(rng, ['1', '2', '9', '#']));
  }
  return call;
}
