import type { Flow } from '../language/flow.ts';
import { flowNamed } from '../machine/frames.ts';
import { isSecret } from '../machine/printable.ts';
import type { FlowInit, FlowValue } from '../machine/types.ts';
import type { Decidable, Decision } from '../run/decisions.ts';
import type { Fakes } from '../run/fakes.ts';
import { type PathItem, pathOf } from '../run/path.ts';
import { type CallOptions, EndlessCall, VirtualCall } from '../run/virtual-call.ts';
import type { Command } from './command.ts';

/** Between two keys, in ms. */
const KEY_MS = 200;
/** The longest time that one command lets pass, in ms: a day. */
export const MOST_MS = 24 * 3_600_000;

/** What a simulated call waits for, so that one knows what to do next. */
export type Waiting =
  /** An answer in keys; `secret`: they are shown to nobody. */
  | { for: 'keys'; step: string; secret: boolean }
  | { for: 'http'; method: string; service: string; path: string }
  | { for: 'queue'; queue: string; talking: boolean }
  | { for: 'transfer'; to: string; talking: boolean }
  | { for: 'message' }
  /** Something that happens by itself. */
  | { for: 'time'; ms: number };

const LEFT_OPEN: ReadonlySet<Decidable> = new Set(['http', 'queue', 'transfer']);

/**
 * A call that one makes up while it goes on. What no fake names is left open, so that one can say what becomes of it; whoever says
 * nothing gets the longest wait of it. A command that makes no sense is answered with a sentence, and changes nothing.
 */
export class Simulation {
  readonly call: VirtualCall;
  readonly startedAt: number;
  #brokenBy: string | undefined;

  constructor(flow: Flow, init: FlowInit, fakes: Fakes, options: Pick<CallOptions, 'mostEvents'> = {}) {
    this.startedAt = init.at;
    this.call = new VirtualCall(flow, init, fakes, { ...options, leaveOpen: LEFT_OPEN });
  }

  /** Why the call had to be given up: it goes round without end. */
  get brokenBy(): string | undefined {
    return this.#brokenBy;
  }

  /** Why it could not be done; undefined when it was. */
  do(command: Command): string | undefined {
    if (this.#brokenBy !== undefined) return this.#brokenBy;
    if (this.call.isOver) return command.do === 'pass' ? undefined : 'The call is over';
    return this.#guarded(() => this.#do(command));
  }

  /** Lets the call run on with a silent caller; false when it has not ended within a day. */
  runOut(): boolean {
    this.#guarded(() => {
      this.call.pass(MOST_MS);
      return undefined;
    });
    return this.call.isOver;
  }

  #guarded(run: () => string | undefined): string | undefined {
    try {
      return run();
    } catch (error) {
      if (!(error instanceof EndlessCall)) throw error;
      this.#brokenBy = error.message;
      return error.message;
    }
  }

  #do(command: Command): string | undefined {
    const { call } = this;
    switch (command.do) {
      case 'press':
        [...command.keys].forEach((digit, index) => {
          if (index > 0) call.pass(KEY_MS);
          call.press(digit);
        });
        return undefined;
      case 'pass':
        return this.#pass(command.ms);
      case 'hangUp':
        call.hangUp();
        return undefined;
      case 'speak':
        call.speak(command.text);
        return undefined;
      case 'http':
        return this.#decide({ what: 'http', answers: command.answers }, 'No request waits for an answer');
      case 'queue':
        return this.#decide({ what: 'queue', fake: command.fake }, 'The caller does not wait in a queue');
      case 'transfer':
        return this.#decide({ what: 'transfer', fake: command.fake }, 'Nobody is being rung');
      case 'endTalk':
        return call.agent('hangsUp') || call.otherHangsUp() ? undefined : 'The caller talks with nobody';
      case 'callback':
        call.fakes = { ...call.fakes, callback: [command.fake] };
        return undefined;
      case 'voicemail':
        call.fakes = { ...call.fakes, voicemail: [command.fake] };
        call.decide({ what: 'voicemail', fake: command.fake });
        call.pass(0);
        return undefined;
      case 'queueStatus':
        call.fakes = {
          ...call.fakes,
          queueStatus: { ...call.fakes.queueStatus, [command.queue]: [command.figures] },
        };
        return undefined;
    }
  }

  get waitsFor(): Waiting[] {
    const { call } = this;
    if (call.isOver) return [];
    const { state, works, nextAt } = call;
    const waiting: Waiting[] = [];
    if (this.#asksForKeys()) waiting.push({ for: 'keys', step: state.step, secret: isSecret(state) });
    if (works.http) {
      const { method, service, path } = works.http;
      waiting.push({ for: 'http', method, service, path: works.http.secret ? '' : path });
    }
    if (works.queue) waiting.push({ for: 'queue', queue: works.queue.effect.queue, talking: works.queue.talking });
    if (works.transfer) {
      const { to } = works.transfer.effect;
      const talking = works.transfer.talking;
      waiting.push({ for: 'transfer', to: 'number' in to ? to.number : to.agent, talking });
    }
    if (works.voicemail) waiting.push({ for: 'message' });
    if (nextAt !== undefined) waiting.push({ for: 'time', ms: nextAt - call.now });
    return waiting;
  }

  /** The variables of the flow that the call is in, in the order of their names. Secret digits are not among them. */
  /** The names of variables that hold secret digits. */
  get secrets(): string[] {
    return Object.keys(this.call.state.secrets).sort();
  }

  get vars(): Record<string, FlowValue> {
    const { vars } = this.call.state;
    return Object.fromEntries(Object.entries(vars).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  get path(): PathItem[] {
    return pathOf(this.call.happenings, this.call.flow.name);
  }

  #pass(ms: number | undefined): string | undefined {
    const { call } = this;
    if (ms !== undefined && ms > MOST_MS) return 'Time passes by a day at most';
    if (ms !== undefined) call.pass(ms);
    else if (call.nextAt === undefined) return 'Nothing happens by itself any more';
    else call.pass(call.nextAt - call.now);
    return undefined;
  }

  #decide(decision: Decision, otherwise: string): string | undefined {
    if (!this.call.decide(decision)) return otherwise;
    this.call.pass(0);
    return undefined;
  }

  #asksForKeys(): boolean {
    const { flow, state } = this.call;
    const step = flowNamed(flow, state.inside)?.steps.get(state.step);
    return !state.callerGone && step?.kind.judge !== undefined;
  }
}
