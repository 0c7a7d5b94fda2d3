import { cpus } from 'node:os';
import type { Flow } from '../src/flows/language/flow.ts';
import { next, start } from '../src/flows/machine/engine.ts';
import type { FlowEffect, FlowEvent, FlowInit } from '../src/flows/machine/types.ts';
import { flowOf } from '../test/support/flow-call.ts';
import { COUNTING, MENU_CALL } from './support/engine-flows.ts';
import { runCases, thousandCases } from './support/flow-cases.ts';

/**
 * `npm run bench:flows -- [--workload count,menu,cases] [--seconds 5] [--rounds 3] [--json]`
 *
 * Method: the engine alone, in one process and one thread: no clock, no speech, no calls. A call is begun with `start` and given its
 * events one by one with `next`, each state as the turn before left it, until the run is over; effects are made and thrown away. A
 * step is one `stepEntered`. `count` is a loop of `set`, `if` and `loop` (about 300 steps in one turn), `menu` a call that hears a
 * greeting, asks the calendar, chooses from a menu, types four digits, is told them, waits in a queue, talks and hangs up. The events
 * of a call are worked out once, for ids are the same in each; calls differ in the number that calls. Each round runs for `seconds`
 * after a second to warm up; the middle round is shown. CPU is user and system time of the process, with that of the
 * garbage collector's threads.
 *
 * `cases` is another matter: the test cases of `ivr-flows`, so often that there are a thousand, through all that `parley flow test` does:
 * flows and cases are read and checked, calls made, judged, and counted for coverage. The first round is shown beside the middle one, for
 * in a command everything is done for the first time.
 */
const options = {
  workloads: list('workload', 'count,menu,cases'),
  seconds: Number(list('seconds', '5')[0]),
  rounds: Number(list('rounds', '3')[0]),
  json: process.argv.includes('--json'),
};

interface Workload {
  flow: Flow;
  /** What happens to a call after its beginning. */
  events: FlowEvent[];
  steps: number;
}

const INIT: FlowInit = { at: 1_764_500_000_000, caller: { number: '+4930123456', name: 'Ada' }, called: '1000' };

for (const name of options.workloads) {
  if (name === 'cases') {
    await measureCases();
    continue;
  }
  const workload = prepare(name);
  run(workload, 1_000);
  const rounds = Array.from({ length: options.rounds }, () => run(workload, options.seconds * 1_000));
  rounds.sort((a, b) => a.stepsPerSecond - b.stepsPerSecond);
  const middle = rounds[Math.floor(rounds.length / 2)];
  if (middle) print(name, workload, middle);
}

function prepare(name: string): Workload {
  const flow = name === 'menu' ? flowOf(MENU_CALL.flow, MENU_CALL.calendars) : flowOf(COUNTING);
  const events: FlowEvent[] = [];
  let { state, effects } = start(flow, INIT);
  let steps = entered(effects);
  const wishes = [...(name === 'menu' ? MENU_CALL.happenings : [])];
  while (state.phase === 'running') {
    const happening = wishes.shift();
    if (!happening) throw new Error(`nothing more happens in ${state.step}`);
    const event = happening(effects, state.at + 700);
    ({ state, effects } = next(flow, state, event));
    events.push(event);
    steps += entered(effects);
  }
  if (state.endReason !== 'completed') throw new Error(`the call of ${name} ends with ${state.endReason}`);
  return { flow, events, steps };
}

function entered(effects: readonly FlowEffect[]): number {
  return effects.filter(({ type }) => type === 'stepEntered').length;
}

function run({ flow, events, steps }: Workload, forMs: number) {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  let calls = 0;
  let effects = 0;
  let passedMs = 0;
  while (passedMs < forMs) {
    for (let i = 0; i < 100; i += 1) {
      calls += 1;
      let turn = start(flow, { ...INIT, caller: { number: `+4930${calls}`, name: 'Ada' } });
      effects += turn.effects.length;
      for (const event of events) {
        turn = next(flow, turn.state, event);
        effects += turn.effects.length;
      }
      if (turn.state.phase !== 'ended') throw new Error('a call did not end');
    }
    passedMs = performance.now() - begun;
  }
  const { user, system } = process.cpuUsage(cpu);
  const perSecond = (count: number) => Math.round((count * 1_000) / passedMs);
  return {
    stepsPerSecond: perSecond(calls * steps),
    eventsPerSecond: perSecond(calls * events.length),
    effectsPerSecond: perSecond(effects),
    callsPerSecond: perSecond(calls),
    cpuNanosecondsPerStep: Math.round(((user + system) * 1_000) / (calls * steps)),
  };
}

async function measureCases(): Promise<void> {
  const contents = await thousandCases();
  const rounds = Array.from({ length: options.rounds }, () => runCases(contents));
  const [first] = rounds;
  const sorted = rounds.toSorted((a, b) => a.secondsPerThousandCases - b.secondsPerThousandCases);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (!first || !middle) return;
  const firstSecondsPerThousandCases = first.secondsPerThousandCases;
  if (options.json) {
    const whole = { workload: 'cases', ...middle, firstSecondsPerThousandCases, rounds: options.rounds, ...machine() };
    console.log(JSON.stringify(whole));
    return;
  }
  console.log(
    `cases: ${middle.secondsPerThousandCases} s for a thousand cases (${middle.cpuSecondsPerThousandCases} s of CPU), ` +
      `${firstSecondsPerThousandCases} s the first time; ${middle.cases} cases`,
  );
}

function machine() {
  return {
    node: process.version,
    v8: process.versions.v8,
    cpu: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  };
}

function print(workload: string, { steps, events }: Workload, result: ReturnType<typeof run>): void {
  const whole = {
    workload,
    ...result,
    stepsPerCall: steps,
    eventsPerCall: events.length,
    seconds: options.seconds,
    rounds: options.rounds,
    ...machine(),
  };
  if (options.json) console.log(JSON.stringify(whole));
  else
    console.log(
      `${workload}: ${result.stepsPerSecond} steps a second (${result.eventsPerSecond} events, ${result.effectsPerSecond} effects, ` +
        `${result.callsPerSecond} calls of ${steps} steps), ${result.cpuNanosecondsPerStep} ns of CPU a step`,
    );
}

function list(name: string, otherwise: string): string[] {
  const at = process.argv.indexOf(`--${name}`);
  return (at < 0 ? otherwise : (process.argv[at + 1] ?? otherwise)).split(',');
}
