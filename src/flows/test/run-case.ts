import type { Place } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import type { FlowValue } from '../machine/types.ts';
import { type Happening, transcriptOf } from '../run/happenings.ts';
import { VirtualCall } from '../run/virtual-call.ts';
import { type Failure, type Found, wrongVars } from './findings.ts';
import { ms, type TestCase } from './load.ts';
import { wantedOf } from './matching.ts';
import { judge } from './outcome.ts';
import type { Expectation, Move } from './shape.ts';

export interface CaseResult {
  name: string;
  place: Place;
  failures: Failure[];
  readonly transcript: string[];
  happenings: readonly Happening[];
  /** How long the call lasted on its own clock. */
  virtualMs: number;
}

/** How long the call may take to an expectation that names no time, in ms. */
const PATIENCE_MS = 120_000;
const KEY_MS = 200;
/** What is left of a call after its script may take so long on its own clock: a day. */
const REST_MS = 24 * 3_600_000;

/** Makes the call of a case, and says what came otherwise than expected. The first failure of the script ends it. */
export function runCase(flow: Flow, one: TestCase): CaseResult {
  const failures: Failure[] = [];
  let call: VirtualCall | undefined;
  try {
    call = new VirtualCall(withParams(flow, one.params), one.init, one.fakes);
    failures.push(...play(call, one));
  } catch (error) {
    // A bug of the engine, or a call that goes round without end: the other cases are run all the same.
    failures.push({ place: one.thenPlace, text: `The call broke: ${error instanceof Error ? error.message : error}` });
  }
  const happenings = call?.happenings ?? [];
  return {
    name: one.name,
    place: one.place,
    failures,
    // Few are read: those of cases that fail.
    get transcript() {
      return transcriptOf(happenings, one.init.at);
    },
    happenings,
    virtualMs: (call?.now ?? one.init.at) - one.init.at,
  };
}

function play(call: VirtualCall, one: TestCase): Failure[] {
  const failures: Failure[] = [];
  const script = new Script(call);
  for (const { move, place } of one.script) {
    const failure = script.play(move);
    if (failure === undefined) continue;
    failures.push({ place, ...failure });
    break;
  }
  if (failures.length === 0) {
    call.pass(REST_MS);
    if (!call.isOver) failures.push({ place: one.thenPlace, text: 'The call did not come to its end within a day' });
    failures.push(...judge(one.then, call, one.init.at).map((failure) => ({ place: one.thenPlace, ...failure })));
  }
  return failures;
}

/** A flow that others call, as if it had been called with these values. */
export function withParams(flow: Flow, params: Readonly<Record<string, FlowValue>>): Flow {
  return Object.keys(params).length === 0 ? flow : { ...flow, vars: { ...flow.vars, ...params } };
}

/** Plays the moves of a script to a call. */
export class Script {
  readonly #call: VirtualCall;
  /** Happenings before this one have been looked at by an expectation. */
  #seen = 0;

  constructor(call: VirtualCall) {
    this.#call = call;
  }

  /** What did not come true, if anything. */
  play(move: Move): Found | undefined {
    const call = this.#call;
    if (move.expect) return this.#expect(move.expect);
    if (call.isOver && !move.silence) return { text: 'The call is over already' };
    if (move.press !== undefined) {
      const everyMs = ms(move.every) ?? KEY_MS;
      [...move.press].forEach((digit, index) => {
        if (index > 0) call.pass(everyMs);
        call.press(digit);
      });
    } else if (move.silence !== undefined) call.pass(ms(move.silence) ?? 0);
    else if (move.hangUp) call.hangUp();
    else if (move.agent !== undefined && !call.agent(move.agent)) {
      return {
        text: move.agent === 'answers' ? 'Nobody waits whom an agent could answer' : 'No agent talks with the caller',
      };
    }
    return undefined;
  }

  #expect(expected: Expectation): Found | undefined {
    const call = this.#call;
    const withinMs = ms(expected.within) ?? PATIENCE_MS;
    const open = new Set(wantedOf(expected));
    let looked = this.#seen;
    let last = this.#seen;
    const isMet = (): boolean => {
      for (; looked < call.happenings.length; looked += 1) {
        const one = call.happenings[looked];
        if (!one) continue;
        for (const wanted of open) {
          if (!wanted.matches(one)) continue;
          open.delete(wanted);
          last = Math.max(last, looked + 1);
        }
      }
      return open.size === 0;
    };
    if (!call.passUntil(isMet, withinMs)) {
      const [missing] = open;
      const end = call.isOver ? 'the call has ended' : `the call is in ${call.state.inside}/${call.state.step}`;
      return { text: `Expected that it ${missing?.words}, and ${end}` };
    }
    this.#seen = last;
    return wrongVars(expected.vars, call.state.vars);
  }
}
