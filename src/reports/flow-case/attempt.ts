import type { Flow } from '../../flows/language/flow.ts';
import type { Happening } from '../../flows/run/happenings.ts';
import { VirtualCall } from '../../flows/run/virtual-call.ts';
import { loadTests, type TestCase } from '../../flows/test/load.ts';
import { Script } from '../../flows/test/run-case.ts';
import type { FakesSource, Move, TestCaseSource } from '../../flows/test/shape.ts';
import type { RecordedCall } from './recorded-call.ts';

/** A test case in the making: how the call begins, its world, what its caller does. */
export interface Attempt {
  seed?: number;
  from: string;
  fake: FakesSource;
  script: Move[];
  /** Up to which event of the path the script has waited, and when that was in the call. */
  anchor: { events: number; at: number };
  /** The visits for which everything has been done. */
  handled: ReadonlySet<number>;
}

/** How the call of an attempt begins, in the form of a test case. */
export function situationOf({ seed, from, fake }: Attempt, recorded: RecordedCall): Omit<TestCaseSource, 'name'> {
  const { beganAt, called, language, callerHadName } = recorded;
  return {
    at: `${new Date(beganAt).toISOString().slice(0, 19)}Z`,
    caller: { from, ...(callerHadName && { name: 'Ada Example' }), ...(language !== undefined && { language }) },
    called,
    ...(seed !== undefined && { seed }),
    ...(Object.keys(fake).length > 0 && { fake }),
  };
}

/** Makes the calls of attempts. */
export class Calls {
  readonly #flow: Flow;
  readonly #recorded: RecordedCall;
  readonly #situations = new Map<string, TestCase>();
  made = 0;

  constructor(flow: Flow, recorded: RecordedCall) {
    this.#flow = flow;
    this.#recorded = recorded;
  }

  /** The call at the moment in which the script is through; undefined when the script does not come true. */
  make(attempt: Attempt): VirtualCall | undefined {
    this.made += 1;
    const { init, fakes } = this.#situation(attempt);
    const call = new VirtualCall(this.#flow, init, fakes);
    const script = new Script(call);
    return attempt.script.every((move) => script.play(move) === undefined) ? call : undefined;
  }

  #situation(attempt: Attempt): TestCase {
    const source = { flow: this.#flow.name, cases: [{ name: 'attempt', ...situationOf(attempt, this.#recorded) }] };
    const text = JSON.stringify(source);
    const known = this.#situations.get(text);
    if (known) return known;
    const loaded = loadTests(text, 'attempt');
    const [made] = loaded.ok ? loaded.tests.cases : [];
    if (!made) throw new Error(`an attempt cannot be read: ${JSON.stringify(loaded)}`);
    this.#situations.set(text, made);
    return made;
  }
}

/** How many events of the recorded path a call has gone through; undefined when it has gone another way. */
export function followed({ visits, events }: RecordedCall, happenings: readonly Happening[]): number | undefined {
  let count = 0;
  for (const one of happenings) {
    if (one.what !== 'entered' && one.what !== 'left') continue;
    const event = events[count];
    const visit = event && visits[event.visit];
    if (!visit || event.what !== one.what || visit.step !== one.step || visit.flow !== one.flow) return undefined;
    if (one.what === 'left' && one.exit !== visit.exit) return undefined;
    count += 1;
  }
  return count;
}
