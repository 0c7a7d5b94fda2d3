import type { Flow } from '../language/flow.ts';
import type { FlowEffect } from '../machine/types.ts';
import {
  type FakeAnswer,
  type Fakes,
  USUAL_FIGURES,
  USUAL_LONGEST_WAIT_MS,
  USUAL_QUEUE,
  USUAL_TRANSFER,
} from './fakes.ts';
import { type Happening, itemInWords } from './happenings.ts';
import { playingMs } from './lasting.ts';
import type { Untimed } from './untimed.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;
type Happened = Happening extends infer H ? (H extends Happening ? Omit<H, 'at'> : never) : never;

export interface WorldDeps {
  fakes: Fakes;
  flow: Flow;
  now(): number;
  plan(afterMs: number, key: string, event: Untimed): void;
  cancel(key: string): boolean;
  happened(one: Happened): void;
}

/** How long small things take, in ms. */
const ANSWERING_MS = 100;
const STORING_MS = 200;
const BOOKING_MS = 50;
const READING_MS = 5;
/** Between two tries of a request. */
const PAUSE_MS = 200;

const TRIED_AGAIN: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);

/** Performs the effects of a call in a world of fakes. */
export class VirtualWorld {
  readonly #deps: WorldDeps;
  readonly #asked = new Map<string, number>();
  #play: { playId: string; items: string[] } | undefined;
  #queue: { queueId: string; queue: string; talking: boolean } | undefined;
  #transfer: { transferId: string; talking: boolean } | undefined;
  #voicemail: { voicemailId: string; since: number } | undefined;

  constructor(deps: WorldDeps) {
    this.#deps = deps;
  }

  get playing(): readonly string[] {
    return this.#play?.items ?? [];
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
        if (this.#play?.playId === event.playId) this.#play = undefined;
        if (event.reason === 'finished') happened({ what: 'saidEnded', how: 'finished' });
        return;
      case 'queueAnswered':
        if (this.#queue) this.#answered(this.#queue.queueId);
        return;
      case 'queueEnded':
        happened({ what: 'queueLeft', queue: this.#queue?.queue ?? '', outcome: event.outcome });
        this.#queue = undefined;
        return;
      case 'transferAnswered':
        happened({ what: 'transferAnswered' });
        if (this.#transfer) this.#transfer.talking = true;
        return;
      case 'transferEnded':
        happened({ what: 'transferEnded', outcome: event.outcome });
        this.#transfer = undefined;
        return;
      case 'httpAnswered':
        happened({ what: 'answerCame', status: event.status, body: event.body });
        return;
      case 'effectFailed':
        if (event.code.startsWith('http.')) happened({ what: 'answerFailed', code: event.code });
        return;
      case 'voicemailEnded':
        happened({ what: 'voicemailEnded', durationMs: event.durationMs });
        this.#voicemail = undefined;
        return;
      case 'answered':
        happened({ what: 'answered' });
        return;
      default:
        return;
    }
  }

  /** What an agent does at this moment, as an event; undefined when there is nobody to do it. */
  agent(does: 'answers' | 'hangsUp'): Untimed | undefined {
    const queue = this.#queue;
    if (!queue || queue.talking !== (does === 'hangsUp')) return undefined;
    this.#deps.cancel(queue.queueId);
    if (does === 'answers') {
      this.#answered(queue.queueId);
      this.#planTalkEnd(queue.queueId, this.#fakeOf(queue.queue).talkMs);
      return { type: 'queueAnswered', queueId: queue.queueId };
    }
    this.#deps.happened({ what: 'queueLeft', queue: queue.queue, outcome: 'agentEnded' });
    this.#queue = undefined;
    return { type: 'queueEnded', queueId: queue.queueId, outcome: 'agentEnded' };
  }

  callerLeft(): void {
    this.#play = undefined;
  }

  play({ playId, items, loop }: EffectOf<'play'>): void {
    if (this.#play) this.#stopped(this.#play.playId);
    this.#play = { playId, items: items.map(itemInWords) };
    for (const item of items) this.#deps.happened({ what: 'said', item });
    if (loop) return;
    const ms = playingMs(items, this.#deps.fakes.prompts);
    this.#deps.plan(ms, playId, { type: 'playEnded', playId, reason: 'finished' });
  }

  stopPlay({ playId }: EffectOf<'stopPlay'>): void {
    if (this.#play?.playId === playId) this.#stopped(playId);
  }

  enterQueue(effect: EffectOf<'enterQueue'>): void {
    const { queue, queueId } = effect;
    this.#deps.happened({ what: 'queued', effect });
    this.#queue = { queueId, queue, talking: false };
    const fake = this.#fakeOf(queue);
    const longestMs = effect.maxWaitMs ?? USUAL_LONGEST_WAIT_MS;
    const afterMs = fake.afterMs ?? (fake.outcome === 'timeout' ? longestMs : 0);
    if (fake.outcome !== 'answered') {
      // Nobody waits longer than the longest wait, whatever the fake says.
      const outcome = afterMs > longestMs ? 'timeout' : fake.outcome;
      this.#deps.plan(Math.min(afterMs, longestMs), queueId, { type: 'queueEnded', queueId, outcome });
    } else if (afterMs >= longestMs) {
      this.#deps.plan(longestMs, queueId, { type: 'queueEnded', queueId, outcome: 'timeout' });
    } else {
      this.#deps.plan(afterMs, queueId, { type: 'queueAnswered', queueId });
      this.#planTalkEnd(queueId, afterMs + fake.talkMs);
    }
  }

  leaveQueue({ queueId }: EffectOf<'leaveQueue'>): void {
    this.#deps.cancel(queueId);
    if (this.#queue?.queueId !== queueId) return;
    this.#deps.happened({ what: 'queueLeft', queue: this.#queue.queue, outcome: 'left' });
    this.#queue = undefined;
  }

  http(effect: EffectOf<'http'>): void {
    this.#deps.happened({ what: 'asked', effect });
    const tries = TRIED_AGAIN.has(effect.method) ? effect.retries + 1 : 1;
    let afterMs = 0;
    for (let count = 1; ; count += 1) {
      const answer = this.#answerTo(effect);
      const late = answer.afterMs > effect.timeoutMs;
      const failure = late ? 'http.timeout' : answer.failure;
      afterMs += late ? effect.timeoutMs : answer.afterMs;
      const again =
        failure === 'http.timeout' || failure === 'http.unreachable' || (failure === undefined && answer.status >= 500);
      if (again && count < tries) {
        afterMs += PAUSE_MS;
        continue;
      }
      const { httpId } = effect;
      const { status, body } = answer;
      const event: Untimed =
        failure === undefined
          ? { type: 'httpAnswered', httpId, status, body }
          : { type: 'effectFailed', id: httpId, code: failure };
      this.#deps.plan(afterMs, httpId, event);
      return;
    }
  }

  transfer({ transferId, to, ringMs }: EffectOf<'transfer'>): void {
    const whom = 'number' in to ? to.number : to.agent;
    this.#deps.happened({ what: 'transferred', to: whom });
    this.#transfer = { transferId, talking: false };
    const { outcome, afterMs, talkMs } = this.#deps.fakes.transfers[whom] ?? USUAL_TRANSFER;
    const tooLong = afterMs >= ringMs;
    if (outcome !== 'ended' || tooLong) {
      this.#deps.plan(Math.min(afterMs, ringMs), transferId, {
        type: 'transferEnded',
        transferId,
        outcome: tooLong ? 'noAnswer' : outcome,
      });
      return;
    }
    this.#deps.plan(afterMs, transferId, { type: 'transferAnswered', transferId });
    this.#deps.plan(afterMs + talkMs, transferId, { type: 'transferEnded', transferId, outcome });
  }

  endTransfer({ transferId }: EffectOf<'endTransfer'>): void {
    this.#deps.cancel(transferId);
    this.#transfer = undefined;
  }

  startVoicemail({ voicemailId, box }: EffectOf<'startVoicemail'>): void {
    this.#deps.happened({ what: 'voicemail', box });
    this.#voicemail = { voicemailId, since: this.#deps.now() };
    if (this.#deps.fakes.voicemail === 'failed')
      this.#deps.plan(0, voicemailId, { type: 'effectFailed', id: voicemailId, code: 'media.unreachable' });
  }

  stopVoicemail({ voicemailId }: EffectOf<'stopVoicemail'>): void {
    if (this.#voicemail?.voicemailId !== voicemailId) return;
    const durationMs = this.#deps.now() - this.#voicemail.since;
    this.#deps.plan(STORING_MS, voicemailId, { type: 'voicemailEnded', voicemailId, durationMs });
  }

  bookCallback({ callbackId, queue, number }: EffectOf<'bookCallback'>): void {
    this.#deps.happened({ what: 'callback', queue, number });
    const event: Untimed =
      this.#deps.fakes.callback === 'booked'
        ? { type: 'callbackBooked', callbackId }
        : { type: 'effectFailed', id: callbackId, code: 'store.unreachable' };
    this.#deps.plan(BOOKING_MS, callbackId, event);
  }

  readQueue({ readId, queue }: EffectOf<'readQueue'>): void {
    const told = this.#deps.fakes.queueStatus[queue];
    const event: Untimed =
      told === 'failed'
        ? { type: 'effectFailed', id: readId, code: 'store.unreachable' }
        : { type: 'queueRead', readId, figures: { ...USUAL_FIGURES, ...told } };
    this.#deps.plan(READING_MS, readId, event);
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

  #fakeOf(queue: string) {
    return this.#deps.fakes.queues[queue] ?? USUAL_QUEUE;
  }

  #answerTo({ method, service, path }: EffectOf<'http'>): FakeAnswer {
    const { http } = this.#deps.fakes;
    const plain = `${service}${path === '/' ? '' : path}`;
    const key = [`${method} ${plain}`, plain, `${method} ${service}`, service].find((one) => Object.hasOwn(http, one));
    if (key === undefined) return { status: 0, body: null, afterMs: 0, failure: 'http.unreachable' };
    const answers = http[key] ?? [];
    const count = this.#asked.get(key) ?? 0;
    this.#asked.set(key, count + 1);
    return answers[Math.min(count, answers.length - 1)] ?? { status: 200, body: null, afterMs: 0 };
  }

  #stopped(playId: string): void {
    const { cancel, plan, happened } = this.#deps;
    this.#play = undefined;
    cancel(playId);
    happened({ what: 'saidEnded', how: 'stopped' });
    plan(0, playId, { type: 'playEnded', playId, reason: 'stopped' });
  }

  #answered(queueId: string): void {
    if (this.#queue?.queueId !== queueId) return;
    this.#queue.talking = true;
    this.#deps.happened({ what: 'queueAnswered', queue: this.#queue.queue });
  }

  #planTalkEnd(queueId: string, afterMs: number): void {
    this.#deps.plan(afterMs, queueId, { type: 'queueEnded', queueId, outcome: 'agentEnded' });
  }
}

type Perform = { [T in FlowEffect['type']]: (world: VirtualWorld, effect: EffectOf<T>) => void };

const PERFORM: Perform = {
  play: (world, effect) => world.play(effect),
  stopPlay: (world, effect) => world.stopPlay(effect),
  setTimer: (world, effect) => world.setTimer(effect),
  clearTimer: (world, { timerId }) => world.forget(timerId),
  enterQueue: (world, effect) => world.enterQueue(effect),
  leaveQueue: (world, effect) => world.leaveQueue(effect),
  startVoicemail: (world, effect) => world.startVoicemail(effect),
  stopVoicemail: (world, effect) => world.stopVoicemail(effect),
  secureStarted: () => {},
  secureEnded: () => {},
  ring: (world) => world.note({ what: 'rang' }),
  answer: (world, effect) => world.answer(effect),
  sendDigits: (world, effect) => world.sendDigits(effect),
  http: (world, effect) => world.http(effect),
  cancelHttp: (world, { httpId }) => world.forget(httpId),
  readQueue: (world, effect) => world.readQueue(effect),
  bookCallback: (world, effect) => world.bookCallback(effect),
  transfer: (world, effect) => world.transfer(effect),
  endTransfer: (world, effect) => world.endTransfer(effect),
  record: (world, { order }) => world.note({ what: 'recorded', order }),
  stepEntered: (world, effect) =>
    world.note({ what: 'entered', step: effect.step, verb: effect.verb, flow: world.flowOf(effect) }),
  stepLeft: (world, effect) =>
    world.note({ what: 'left', step: effect.step, exit: effect.exit, flow: world.flowOf(effect) }),
  tagged: (world, { tags }) => world.note({ what: 'tagged', tags }),
  milestone: (world, { name, values }) => world.note({ what: 'milestone', name, values }),
  consentPlayed: (world, { step }) => world.note({ what: 'consented', step }),
  digitsCollected: (world, { step, digits }) => world.note({ what: 'collected', step, digits }),
  secureDigitsCollected: (world, { step }) => world.note({ what: 'secretCollected', step }),
  log: (world, { step, text, values }) =>
    world.note({ what: 'failed', step, why: typeof values['why'] === 'string' ? values['why'] : text }),
  hangup: (world, { reason, cause }) => world.note({ what: 'ended', reason, ...(cause !== undefined && { cause }) }),
  finished: (world, { reason }) => world.note({ what: 'ended', reason }),
};
