import type { HeldFlow } from '../flows/held-flows.ts';
import type { FlowWish } from '../flows/versions/live-flows.ts';
import type { EndedBy } from '../reports/journal.ts';
import { type FailureCode, failureCode, ParleyError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import { Call, type CallDeps } from './call.ts';
import type { NumberRoute } from './numbers.ts';
import type { IncomingCall } from './signalling.ts';
import { type Trunk, trunkOf } from './trunks.ts';

export interface IntakeDeps extends CallDeps {
  numbers: () => ReadonlyMap<string, NumberRoute>;
  trunks: () => readonly Trunk[];
  /** The version of its flow that a call runs on; undefined when there is none to be had. */
  hold: (wish: FlowWish) => HeldFlow | undefined;
  /** Calls at once; beyond that callers are asked to try again. */
  maxCalls: number;
}

/** A call that runs, whichever way it began. */
type RunningCall = Pick<Call, 'end'>;

/** The door: every call comes in here, gets its flow or a refusal, and is known until it ends. */
export class Intake {
  readonly #deps: IntakeDeps;
  readonly #calls = new Map<string, RunningCall>();
  readonly #idle = new Set<() => void>();
  #isOpen = true;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
  }

  get calls(): ReadonlyMap<string, RunningCall> {
    return this.#calls;
  }

  /** A carrier's call: answered by its flow, or refused in words of SIP. */
  incoming(incoming: IncomingCall): void {
    const { log } = this.#deps;
    const { address = '', calledNumber, callerNumber, signalling } = incoming;
    if (trunkOf(this.#deps.trunks(), address) === undefined) {
      log.warn(
        { address, called: calledNumber, pii: { caller: callerNumber } },
        'call from an unknown address refused',
      );
      signalling.refuse('auth.forbidden');
      return;
    }
    try {
      this.take(incoming, () => {}).open();
    } catch (error) {
      const code = failureCode(error);
      if (code === undefined) log.error({ err: error }, 'bug: a call could not be taken in');
      this.#writeRefusal(incoming, code ?? 'flow.broken');
      signalling.refuse(code ?? 'flow.broken');
    }
  }

  /**
   * Makes the call; it is not opened yet. `ended` is told once. Throws `number.unknown`, `flow.broken`, or `request.tooMany`
   * when there is no room or the program is stopping.
   */
  take(incoming: IncomingCall, ended: (call: Call) => void): Call {
    const { numbers, hold, maxCalls, clock } = this.#deps;
    if (!this.#isOpen || this.#calls.size >= maxCalls) throw new ParleyError('request.tooMany');
    const route = numbers().get(incoming.calledNumber);
    if (!route) throw new ParleyError('number.unknown');
    const callId = newId('call', clock.now());
    const wantsDraft = route.use === 'draft' || route.testers.has(incoming.callerNumber);
    const held = hold({ flow: route.flow, callId, wantsDraft });
    if (!held) throw new ParleyError('flow.broken', { flow: route.flow });
    const call = new Call(this.#deps, { incoming, held, route, callId }, (over) => {
      ended(over);
      left();
    });
    const left = this.running(callId, (by, reason) => call.end(by, reason));
    return call;
  }

  /** Counts a call among those that run; what it gives back is called when it is over. */
  running(callId: string, end: (by: EndedBy, reason: string) => void): () => void {
    this.#calls.set(callId, { end });
    return () => {
      this.#calls.delete(callId);
      if (this.#calls.size === 0) for (const idle of this.#idle) idle();
    };
  }

  /** Takes no new calls; those that are there go on until they end or `withinMs` is over, then they are ended. */
  async drain(withinMs: number): Promise<void> {
    this.#isOpen = false;
    if (this.#calls.size === 0) return;
    this.#deps.log.info({ calls: this.#calls.size, withinMs }, 'waiting for calls to end');
    await new Promise<void>((resolve) => {
      const cancel = this.#deps.clock.after(withinMs, resolve);
      this.#idle.add(() => {
        cancel();
        resolve();
      });
    });
    for (const call of [...this.#calls.values()]) call.end('system', 'program stopped');
  }

  /** A refused call has a record too; one from a stranger has only a line in the log. */
  #writeRefusal(incoming: IncomingCall, code: FailureCode): void {
    const { journal, clock, log } = this.#deps;
    const { callerNumber, callerName, calledNumber, sipCallId, address, signalling } = incoming;
    const at = clock.now();
    const callId = newId('call', at);
    const legId = newId('leg', at);
    log.info({ callId, code, called: calledNumber, pii: { caller: callerNumber } }, 'call refused');
    journal.write({ type: 'callStarted', callId, at, callerNumber, ...(callerName && { callerName }), calledNumber });
    journal.write({
      ...{ type: 'legStarted', callId, at, legId, kind: signalling.kind, role: 'caller' },
      ...(sipCallId && { sipCallId }),
      ...(address && { address }),
    });
    journal.write({ type: 'legEnded', callId, at, legId, reason: code });
    journal.write({ type: 'callEnded', callId, at, outcome: 'rejected', endedBy: 'system', reason: code });
  }
}
