import type { Flow } from '../language/flow.ts';
import { next, start } from '../machine/engine.ts';
import { isSecret } from '../machine/printable.ts';
import type { FlowEvent, FlowInit, FlowState, Turn } from '../machine/types.ts';
import { Agenda } from './agenda.ts';
import type { Decidable, Decision } from './decisions.ts';
import type { Fakes } from './fakes.ts';
import type { Happening } from './happenings.ts';
import { speechMs } from './lasting.ts';
import type { Untimed } from './untimed.ts';
import { VirtualWorld } from './virtual-world.ts';

/** Events one call may see when nothing else is said; a flow that goes round without end is noticed by this. */
const MOST_EVENTS = 20_000;

/** More happened in a call than in any that comes to its end. */
export class EndlessCall extends RangeError {
  constructor(flow: string) {
    super(`A call of ${flow} does not come to an end`);
    this.name = 'EndlessCall';
  }
}

export interface CallOptions {
  /** What is in here, and named by no fake, waits for `decide`. */
  leaveOpen?: ReadonlySet<Decidable>;
  mostEvents?: number;
}

const NOTHING: ReadonlySet<Decidable> = new Set();

/**
 * A call without a phone: the engine, a clock that runs only when it is told to, and a world of fakes that performs every effect
 * as the driver of real calls does. The same flow, beginning, fakes and inputs at the same times give the same call.
 */
export class VirtualCall {
  readonly flow: Flow;
  readonly happenings: Happening[];
  readonly #options: CallOptions;
  readonly #agenda: Agenda<Untimed>;
  readonly #world: VirtualWorld;
  #state: FlowState;
  #now: number;
  #events = 0;

  constructor(flow: Flow, beginning: FlowInit | VirtualCall, fakes: Fakes, options: CallOptions = {}) {
    const copied = beginning instanceof VirtualCall ? beginning : undefined;
    this.flow = flow;
    this.happenings = copied ? copied.happenings.slice() : [];
    this.#options = copied ? copied.#options : options;
    this.#now = copied?.now ?? (beginning as FlowInit).at;
    this.#agenda = new Agenda(copied ? copied.#agenda : undefined);
    this.#world = new VirtualWorld(
      {
        fakes,
        flow,
        leaveOpen: this.#options.leaveOpen ?? NOTHING,
        now: () => this.#now,
        plan: (afterMs, key, event) => this.#agenda.plan(this.#now + afterMs, key, event),
        cancel: (key) => this.#agenda.cancel(key),
        happened: (one) => this.happenings.push({ ...one, at: this.#now }),
      },
      copied ? copied.#world : undefined,
    );
    if (copied) {
      this.#state = copied.#state;
      this.#events = copied.#events;
      return;
    }
    const first = start(flow, beginning as FlowInit);
    this.#state = first.state;
    this.#perform(first);
  }

  /** The same call at this moment once more; what happens to one does not happen to the other. */
  fork(): VirtualCall {
    return new VirtualCall(this.flow, this, this.fakes);
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

  /** What the world has at work for the call: a play, a request, a wait, a transfer, a message. */
  get works(): VirtualWorld['works'] {
    return this.#world.works;
  }

  /** What waits for a decision: it was named by no fake, and nothing has been decided yet. */
  get open(): Decidable | undefined {
    return this.#world.open;
  }

  /** What is due, in order. */
  get due(): readonly Readonly<{ at: number; value: Untimed }>[] {
    return this.#agenda.entries;
  }

  get fakes(): Fakes {
    return this.#world.fakes;
  }

  /** From now on; lists go on where they are. */
  set fakes(fakes: Fakes) {
    this.#world.fakes = fakes;
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

  /** The other side of a transfer hangs up; false when nobody talks. */
  otherHangsUp(): boolean {
    const event = this.#world.otherHangsUp();
    if (!event || this.isOver) return false;
    this.#give(event);
    return true;
  }

  /** Says what becomes of something that is at work; false when there is nothing of the kind. It happens when time passes. */
  decide(decision: Decision): boolean {
    return !this.isOver && this.#world.decide(decision);
  }

  /** The caller speaks, which takes its time; whether it is recorded as a message. */
  speak(text: string): boolean {
    if (this.isOver || this.#state.callerGone) return false;
    const isRecorded = this.#world.works.voicemail !== undefined;
    this.#note({ what: 'spoke', text, isRecorded });
    this.pass(speechMs(text, this.#state.language));
    return isRecorded;
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
    if (this.#events > (this.#options.mostEvents ?? MOST_EVENTS)) throw new EndlessCall(this.flow.name);
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
