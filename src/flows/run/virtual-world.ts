import type { Flow } from '../language/flow.ts';
import type { FlowEffect } from '../machine/types.ts';
import type { Decidable, Decision, Works } from './decisions.ts';
import { type FakeAnswer, type Fakes, USUAL_QUEUE, USUAL_TRANSFER } from './fakes.ts';
import { type Happening, itemInWords } from './happenings.ts';
import { playingMs } from './lasting.ts';
import {
  bookingEnds,
  NO_ANSWER,
  NOBODY_ANSWERS,
  NOBODY_COMES,
  type Planned,
  readingEnds,
  requestEnds,
  storingFails,
  talkEnds,
  transferEnds,
  UNREACHABLE,
  waitEnds,
} from './outcomes.ts';
import { PERFORM } from './performing.ts';
import type { Untimed } from './untimed.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;
type Happened = Happening extends infer H ? (H extends Happening ? Omit<H, 'at'> : never) : never;

export interface WorldDeps {
  fakes: Fakes;
  flow: Flow;
  /** What waits for a decision when no fake names it, up to its own longest time. */
  leaveOpen: ReadonlySet<Decidable>;
  now(): number;
  plan(afterMs: number, key: string, event: Untimed): void;
  cancel(key: string): boolean;
  happened(one: Happened): void;
}

/** How long small things take, in ms. */
const ANSWERING_MS = 100;
const STORING_MS = 200;

/** Performs the effects of a call in a world of fakes. */
export class VirtualWorld {
  /** May be replaced while the call runs. */
  fakes: Fakes;
  readonly #deps: WorldDeps;
  /** How many of a list of fakes have come, by kind and name. */
  readonly #drawn: Map<string, number>;
  #works: Works;
  #open: Decidable | undefined;

  constructor(deps: WorldDeps, copyOf?: VirtualWorld) {
    this.#deps = deps;
    this.fakes = copyOf?.fakes ?? deps.fakes;
    this.#drawn = new Map(copyOf ? copyOf.#drawn : []);
    this.#works = copyOf ? { ...copyOf.#works } : {};
    this.#open = copyOf ? copyOf.#open : undefined;
  }

  /** What waits for a decision. */
  get open(): Decidable | undefined {
    return this.#open !== undefined && this.#works[this.#open] !== undefined ? this.#open : undefined;
  }

  get works(): Readonly<Works> {
    return this.#works;
  }

  get playing(): readonly string[] {
    return this.#works.play?.items ?? [];
  }

  perform(effect: FlowEffect): void {
    const perform = PERFORM[effect.type] as (world: VirtualWorld, effect: FlowEffect) => void;
    perform(this, effect);
  }

  /** Something that was planned happens now. */
  due(event: Untimed): void {
    const { happened } = this.#deps;
    switch (event.type) {
      case 'playEnded':
        if (this.#works.play?.playId === event.playId) this.#works.play = undefined;
        if (event.reason === 'finished') happened({ what: 'saidEnded', how: 'finished' });
        return;
      case 'queueAnswered':
        this.#answered(event.queueId);
        return;
      case 'queueEnded':
        happened({ what: 'queueLeft', queue: this.#works.queue?.effect.queue ?? '', outcome: event.outcome });
        this.#works.queue = undefined;
        return;
      case 'transferAnswered':
        happened({ what: 'transferAnswered' });
        if (this.#works.transfer) this.#works.transfer = { ...this.#works.transfer, talking: true };
        return;
      case 'transferEnded':
        happened({ what: 'transferEnded', outcome: event.outcome });
        this.#works.transfer = undefined;
        return;
      case 'httpAnswered':
        happened({ what: 'answerCame', status: event.status, body: event.body });
        this.#works.http = undefined;
        return;
      case 'effectFailed':
        this.#failed(event.id, event.code);
        return;
      case 'voicemailEnded':
        happened({ what: 'voicemailEnded', durationMs: event.durationMs });
        this.#works.voicemail = undefined;
        return;
      case 'callbackBooked':
        this.#works.callback = undefined;
        return;
      case 'queueRead':
        this.#works.queueStatus = undefined;
        return;
      case 'answered':
        happened({ what: 'answered' });
        return;
      default:
        return;
    }
  }

  #failed(id: string, code: string): void {
    const { queue, http, voicemail, callback } = this.#works;
    if (http?.httpId === id) this.#works.http = undefined;
    if (voicemail?.voicemailId === id) this.#works.voicemail = undefined;
    if (callback?.callbackId === id) this.#works.callback = undefined;
    if (queue?.effect.queueId === id) {
      this.#works.queue = undefined;
      this.#deps.happened({ what: 'queueLeft', queue: queue.effect.queue, outcome: 'failed' });
    }
    if (code.startsWith('http.')) this.#deps.happened({ what: 'answerFailed', code });
  }

  /** What an agent does at this moment, as an event; undefined when there is nobody to do it. */
  agent(does: 'answers' | 'hangsUp'): Untimed | undefined {
    const { queue } = this.#works;
    if (!queue || queue.talking !== (does === 'hangsUp')) return undefined;
    const { queueId } = queue.effect;
    this.#deps.cancel(queueId);
    if (does === 'answers') {
      this.#answered(queueId);
      this.#plan(queueId, [talkEnds(queueId, this.#queueFake(queue.effect.queue, 'again').talkMs)]);
      return { type: 'queueAnswered', queueId };
    }
    this.#deps.happened({ what: 'queueLeft', queue: queue.effect.queue, outcome: 'agentEnded' });
    this.#works.queue = undefined;
    return { type: 'queueEnded', queueId, outcome: 'agentEnded' };
  }

  /** The other side of a transfer hangs up at this moment; undefined when nobody talks. */
  otherHangsUp(): Untimed | undefined {
    const { transfer } = this.#works;
    if (!transfer?.talking) return undefined;
    const { transferId } = transfer.effect;
    this.#deps.cancel(transferId);
    const event: Untimed = { type: 'transferEnded', transferId, outcome: 'ended' };
    this.due(event);
    return event;
  }

  /** Says what becomes of something that is open or was planned otherwise; false when there is nothing of the kind. */
  decide(decision: Decision): boolean {
    if (decision.what === this.#open) this.#open = undefined;
    const { http, queue, transfer, voicemail, callback, queueStatus } = this.#works;
    const now = this.#deps.now();
    switch (decision.what) {
      case 'http': {
        if (!http) return false;
        let count = 0;
        const { answers } = decision;
        const next = () => answers[Math.min(count++, answers.length - 1)] ?? NO_ANSWER;
        return this.#replan(http.httpId, [requestEnds(http, next)]);
      }
      case 'queue':
        if (!queue || queue.talking) return false;
        return this.#replan(queue.effect.queueId, waitEnds(queue.effect, decision.fake, now - queue.since));
      case 'transfer':
        if (!transfer || transfer.talking) return false;
        return this.#replan(
          transfer.effect.transferId,
          transferEnds(transfer.effect, decision.fake, now - transfer.since),
        );
      case 'callback':
        return callback ? this.#replan(callback.callbackId, [bookingEnds(callback, decision.fake)]) : false;
      case 'queueStatus':
        return queueStatus ? this.#replan(queueStatus.readId, [readingEnds(queueStatus, decision.fake)]) : false;
      case 'voicemail':
        if (!voicemail) return false;
        return decision.fake === 'stored' || this.#replan(voicemail.voicemailId, [storingFails(voicemail.voicemailId)]);
    }
  }

  callerLeft(): void {
    this.#works.play = undefined;
  }

  play({ playId, items, loop }: EffectOf<'play'>): void {
    if (this.#works.play) this.#stopped(this.#works.play.playId);
    this.#works.play = { playId, items: items.map(itemInWords) };
    for (const item of items) this.#deps.happened({ what: 'said', item });
    if (loop) return;
    const ms = playingMs(items, this.fakes.prompts);
    this.#deps.plan(ms, playId, { type: 'playEnded', playId, reason: 'finished' });
  }

  stopPlay({ playId }: EffectOf<'stopPlay'>): void {
    if (this.#works.play?.playId === playId) this.#stopped(playId);
  }

  enterQueue(effect: EffectOf<'enterQueue'>): void {
    const { queue, queueId } = effect;
    this.#deps.happened({ what: 'queued', effect });
    this.#works.queue = { effect, since: this.#deps.now(), talking: false };
    const isOpen = this.#isOpen('queue', this.fakes.queues[queue]);
    this.#plan(queueId, waitEnds(effect, isOpen ? NOBODY_COMES : this.#queueFake(queue, 'next')));
  }

  leaveQueue({ queueId }: EffectOf<'leaveQueue'>): void {
    this.#deps.cancel(queueId);
    const { queue } = this.#works;
    if (queue?.effect.queueId !== queueId) return;
    this.#deps.happened({ what: 'queueLeft', queue: queue.effect.queue, outcome: 'left' });
    this.#works.queue = undefined;
  }

  http(effect: EffectOf<'http'>): void {
    this.#deps.happened({ what: 'asked', effect });
    this.#works.http = effect;
    const key = this.#fakeNameOf(effect);
    const isOpen = this.#isOpen('http', key === undefined ? undefined : [key]);
    const next = (): FakeAnswer => {
      if (key === undefined) return isOpen ? NO_ANSWER : UNREACHABLE;
      return this.#next('http', key, this.fakes.http[key]) ?? { status: 200, body: null, afterMs: 0 };
    };
    this.#plan(effect.httpId, [requestEnds(effect, next)]);
  }

  cancelHttp({ httpId }: EffectOf<'cancelHttp'>): void {
    this.#deps.cancel(httpId);
    this.#works.http = undefined;
  }

  transfer(effect: EffectOf<'transfer'>): void {
    const { transferId, to } = effect;
    const whom = 'number' in to ? to.number : to.agent;
    this.#deps.happened({ what: 'transferred', to: whom });
    this.#works.transfer = { effect, since: this.#deps.now(), talking: false };
    const fakes = this.fakes.transfers[whom];
    const isOpen = this.#isOpen('transfer', fakes);
    const fake = isOpen ? NOBODY_ANSWERS : (this.#next('transfer', whom, fakes) ?? USUAL_TRANSFER);
    this.#plan(transferId, transferEnds(effect, fake));
  }

  endTransfer({ transferId }: EffectOf<'endTransfer'>): void {
    this.#deps.cancel(transferId);
    this.#works.transfer = undefined;
  }

  startVoicemail({ voicemailId, box }: EffectOf<'startVoicemail'>): void {
    this.#deps.happened({ what: 'voicemail', box });
    this.#works.voicemail = { voicemailId, since: this.#deps.now() };
    if (this.#isOpen('voicemail', this.fakes.voicemail)) return;
    if (this.#next('voicemail', '', this.fakes.voicemail) === 'failed')
      this.#plan(voicemailId, [storingFails(voicemailId)]);
  }

  stopVoicemail({ voicemailId }: EffectOf<'stopVoicemail'>): void {
    const { voicemail } = this.#works;
    if (voicemail?.voicemailId !== voicemailId) return;
    const durationMs = this.#deps.now() - voicemail.since;
    this.#deps.plan(STORING_MS, voicemailId, { type: 'voicemailEnded', voicemailId, durationMs });
  }

  bookCallback(effect: EffectOf<'bookCallback'>): void {
    this.#deps.happened({ what: 'callback', queue: effect.queue, number: effect.number });
    this.#works.callback = effect;
    if (this.#isOpen('callback', this.fakes.callback)) return;
    this.#plan(effect.callbackId, [bookingEnds(effect, this.#next('callback', '', this.fakes.callback) ?? 'booked')]);
  }

  readQueue(effect: EffectOf<'readQueue'>): void {
    this.#works.queueStatus = effect;
    const fakes = this.fakes.queueStatus[effect.queue];
    if (this.#isOpen('queueStatus', fakes)) return;
    this.#plan(effect.readId, [readingEnds(effect, this.#next('queueStatus', effect.queue, fakes) ?? {})]);
  }

  sendDigits({ sendId, digits, durationMs, gapMs }: EffectOf<'sendDigits'>): void {
    this.#deps.happened({ what: 'sentDigits', digits });
    this.#deps.plan(digits.length * (durationMs + gapMs), sendId, { type: 'digitsSent', sendId });
  }

  answer({ answerId }: EffectOf<'answer'>): void {
    this.#deps.plan(ANSWERING_MS, answerId, { type: 'answered', answerId });
  }

  setTimer({ timerId, ms }: EffectOf<'setTimer'>): void {
    this.#deps.plan(ms, timerId, { type: 'timer', timerId });
  }

  forget(key: string): void {
    this.#deps.cancel(key);
  }

  note(one: Happened): void {
    this.#deps.happened(one);
  }

  flowOf(effect: { flow?: string }): string {
    return effect.flow ?? this.#deps.flow.name;
  }

  #isOpen(kind: Decidable, fakes: readonly unknown[] | undefined): boolean {
    const isOpen = this.#deps.leaveOpen.has(kind) && (fakes === undefined || fakes.length === 0);
    if (isOpen) this.#open = kind;
    return isOpen;
  }

  #queueFake(queue: string, which: 'next' | 'again') {
    return this.#next('queue', queue, this.fakes.queues[queue], which) ?? USUAL_QUEUE;
  }

  #fakeNameOf({ method, service, path }: EffectOf<'http'>): string | undefined {
    const { http } = this.fakes;
    const plain = `${service}${path === '/' ? '' : path}`;
    return [`${method} ${plain}`, plain, `${method} ${service}`, service].find((one) => Object.hasOwn(http, one));
  }

  /** The next of a list, whose last comes again and again; `again`: the one that came last. */
  #next<T>(kind: Decidable, name: string, list: readonly T[] = [], which: 'next' | 'again' = 'next'): T | undefined {
    const key = `${kind} ${name}`;
    const count = this.#drawn.get(key) ?? 0;
    if (which === 'next') this.#drawn.set(key, count + 1);
    return list[Math.min(which === 'next' ? count : Math.max(0, count - 1), list.length - 1)];
  }

  #plan(key: string, planned: readonly Planned[]): void {
    for (const { afterMs, event } of planned) this.#deps.plan(afterMs, key, event);
  }

  #replan(key: string, planned: readonly Planned[]): true {
    this.#deps.cancel(key);
    this.#plan(key, planned);
    return true;
  }

  #stopped(playId: string): void {
    const { cancel, plan, happened } = this.#deps;
    this.#works.play = undefined;
    cancel(playId);
    happened({ what: 'saidEnded', how: 'stopped' });
    plan(0, playId, { type: 'playEnded', playId, reason: 'stopped' });
  }

  #answered(queueId: string): void {
    const { queue } = this.#works;
    if (queue?.effect.queueId !== queueId) return;
    this.#works.queue = { ...queue, talking: true };
    this.#deps.happened({ what: 'queueAnswered', queue: queue.effect.queue });
  }
}
