import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Flow } from '../../../src/flows/language/flow.ts';
import { next, start } from '../../../src/flows/machine/engine.ts';
import type { FlowEvent } from '../../../src/flows/machine/types.ts';
import { runRandomly } from '../../fuzz/flow-machine.ts';
import { seeded } from '../../fuzz/mutate.ts';
import { flowOf } from '../../support/flow-call.ts';
import { randomFlow } from '../../support/random-flow.ts';

const root = join(import.meta.dirname, '../../..');
const welcome = readFileSync(join(root, 'ivr-flows/welcome.yaml'), 'utf8');
const calendar = readFileSync(join(root, 'ivr-flows/calendars/support.yaml'), 'utf8');
const flow = flowOf(welcome, [calendar]);

const INIT = { at: 1_700_000_000_000, caller: { number: '+4930', name: '' }, called: '1000' };

function replay(flow: Flow, events: readonly FlowEvent[], throughJson: boolean): string {
  let turn = start(flow, INIT);
  const log = [JSON.stringify(turn)];
  for (const event of events) {
    const state = throughJson ? JSON.parse(JSON.stringify(turn.state)) : structuredClone(turn.state);
    expect(state).toEqual(turn.state);
    turn = next(flow, state, event);
    log.push(JSON.stringify(turn));
  }
  return log.join('\n');
}

it('[F11] any log of events gives the same bytes again, also when the state goes through JSON before each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const events = runRandomly(flow, seeded(seed), 60, INIT);
      expect(replay(flow, events, true)).toBe(replay(flow, events, false));
    }),
    { numRuns: 60 },
  );
});

it('[F11] so it is for flows of every verb, with flows inside', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const rng = seeded(seed);
      const drawn = randomFlow(rng);
      const events = runRandomly(drawn, rng, 40, INIT);
      expect(replay(drawn, events, true)).toBe(replay(drawn, events, false));
    }),
    { numRuns: 40 },
  );
});

it('[F11] the same log gives the same bytes in another process', () => {
  const events = runRandomly(flow, seeded(7), 80, INIT);
  const script = `
    import { readFileSync } from 'node:fs';
    import { flowOf } from './test/support/flow-call.ts';
    import { next, start } from './src/flows/machine/engine.ts';
    const flow = flowOf(readFileSync('ivr-flows/welcome.yaml', 'utf8'), [readFileSync('ivr-flows/calendars/support.yaml', 'utf8')]);
    let turn = start(flow, { at: 1_700_000_000_000, caller: { number: '+4930', name: '' }, called: '1000' });
    const log = [JSON.stringify(turn)];
    for (const event of JSON.parse(readFileSync(0, 'utf8'))) {
      turn = next(flow, turn.state, event);
      log.push(JSON.stringify(turn));
    }
    process.stdout.write(log.join('\\n'));`;
  const options = { cwd: root, input: JSON.stringify(events), encoding: 'utf8', maxBuffer: 1e8 } as const;
  const other = execFileSync(process.execPath, ['--input-type=module', '-e', script], options);
  expect(other).toBe(replay(flow, events, false));
});

it('[F16] the welcome flow ends cleanly wherever the caller leaves', () => {
  const events = runRandomly(flow, seeded(11), 80, INIT).filter(({ type }) => type !== 'hangup');
  for (let length = 0; length <= events.length; length += 1) {
    let turn = start(flow, { at: 0, caller: { number: '', name: '' }, called: '1000' });
    for (const event of events.slice(0, length)) turn = next(flow, turn.state, event);
    if (turn.state.phase === 'ended') break;
    const end = next(flow, turn.state, { type: 'hangup', at: 1_800_000_000_000, by: 'caller' });
    expect(end.effects.at(-1)).toEqual({ type: 'finished', reason: 'callerLeft' });
    expect(end.state.path.every(({ exit }) => exit !== undefined)).toBe(true);
  }
});
