import type { Flow } from '../language/flow.ts';
import { next, start } from '../machine/engine.ts';
import { isSecret } from '../machine/printable.ts';
import type { FlowEvent, FlowInit, FlowState, Turn } from '../machine/types.ts';
import { Agenda } from './agenda.ts';
import type { Fakes } from './fakes.ts';
import type { Happening } from './happenings.ts';
import type { Untimed } from './untimed.ts';
import { VirtualWorld } from './virtual-world.ts';

/** Events one call may see; a flow that goes round without end is noticed by this. */
const MOST_EVENTS = 20_000;

/**
 * A call without a phone: the engine, a clock that runs only when it is told to, and a world of fakes that performs every effect
 * as the driver of real calls does. The same flow, beginning, fakes and inputs at the same times give the same call.
 */
export class VirtualCall {
  readonly flow: Flow;
  readonly happenings: Happening[] = [];
  readonly #agenda = new Agenda<Untimed>();
  readonly #world: VirtualWorld;
  #state: FlowState;
  #now: number;
  #events = 0;

  constructor(flow: Flow, init: FlowInit, fakes: Fakes) {
    this.flow = flow;
    this.#now = init.at;
    this.#world = new VirtualWorld({
      fakes,
      flow,
      now: () => this.#now,
      plan: (afterMs, key, event) => this.#agenda.plan(this.#now + afterMs, key, event),
      cancel: (key) => this.#agenda.cancel(key),
      happened: (one) => this.happenings.push({ ...one, at: this.#now }),
    });
    const first = start(flow, init);
    this.#state = first.state;
    this.#perform(first);
  }

  get now(): number {
    return this.#now;
  }

  get state(): FlowState {
    return this.#state;
  }

  get isOver(): boolean {
    return this.#state.phase === 'ended';
  }

  /** What the caller hears at this moment; empty when there is silence. */
  get playing(): readonly string[] {
    return this.#world.playing;
  }

  /** When something happens next by itself. */
  get nextAt(): number | undefined {
    return this.#agenda.nextAt;
  }

  press(digit: string): void {
    if (this.isOver || this.#state.callerGone) return;
    this.#note({ what: 'pressed', digit, secret: isSecret(this.#state) });
    this.#give({ type: 'digit', digit });
  }

  hangUp(): void {
    if (this.isOver || this.#state.callerGone) return;
    this.#note({ what: 'callerLeft' });
    this.#world.callerLeft();
    this.#give({ type: 'hangup', by: 'caller' });
  }

  /** Something of the world happens now instead of when the fakes would have it: an agent answers or hangs up. */
  agent(does: 'answers' | 'hangsUp'): boolean {
    const event = this.#world.agent(does);
    if (!event || this.isOver) return false;
    this.#give(event);
    return true;
  }

  /** Lets time pass, and everything happen that is due meanwhile; the clock stands still once the call is over. */
  pass(ms: number): void {
    const until = this.#now + ms;
    while (this.step(until));
    if (!this.isOver) this.#now = Math.max(this.#now, until);
  }

  /** Lets time pass until `isMet` holds, looked at after each thing that happens; false when it never does within `ms`. */
  passUntil(isMet: () => boolean, ms: number): boolean {
    const until = this.#now + ms;
    while (!isMet()) if (!this.step(until)) return false;
    return true;
  }

  /** The next thing that is due by `until`; false when there is none. */
  step(until: number): boolean {
    if (this.isOver) return false;
    const due = this.#agenda.take(until);
    if (!due) return false;
    this.#now = due.at;
    this.#world.due(due.value);
    this.#give(due.value);
    return true;
  }

  #give(event: Untimed): void {
    this.#events += 1;
    if (this.#events > MOST_EVENTS) throw new RangeError(`A call of ${this.flow.name} does not come to an end`);
    this.#perform(next(this.flow, this.#state, { ...event, at: this.#now } as FlowEvent));
  }

  #perform(turn: Turn): void {
    this.#state = turn.state;
    for (const effect of turn.effects) this.#world.perform(effect);
    if (this.isOver) this.#agenda.clear();
  }

  #note(one: Happening extends infer H ? (H extends Happening ? Omit<H, 'at'> : never) : never): void {
    this.happenings.push({ ...one, at: this.#now } as Happening);
  }
}
