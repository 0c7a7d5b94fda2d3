import type { Flow } from '../flows/language/flow.ts';
import { next, start } from '../flows/machine/engine.ts';
import type { EndReason, FlowEffect, FlowInit, FlowState, RejectCause, Turn } from '../flows/machine/types.ts';
import type { PathStep } from '../protocol/desk.ts';
import { ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { RecordOrder } from './call-recording.ts';
import type { CallerAudio } from './caller-audio.ts';
import type { WriteFact } from './facts.ts';
import type { Happening } from './flow-events.ts';
import { FlowOutside, type OutsideWorld } from './flow-outside.ts';
import type { QueueListener, QueuePlace, QueueWish } from './queue-port.ts';
import type { RunningTransfer, TransferListener, TransferWish } from './transfer-port.ts';

/** What a running flow needs of its call. */
export interface FlowCaller {
  audio: CallerAudio;
  write: WriteFact;
  outside: OutsideWorld;
  ring(): void;
  /** Answers a call that its flow answers; `answered` or `hangUp` of the run follows. */
  answer(): void;
  record(order: RecordOrder): void;
  /** Secret keys from here on, or no longer. */
  setSecure(on: boolean): void;
  /** Throws when the caller cannot wait there. */
  enterQueue(wish: QueueWish, listener: QueueListener): QueuePlace;
  /** Rings another party. `ended` may come before this returns: with `failed`, when nobody can be rung. */
  transfer(wish: TransferWish, listener: TransferListener): RunningTransfer;
  /** Starts to record a message; rejects when that cannot be done. `stored` is told once the file is whole. */
  recordMessage(box: string, stored: (durationMs: number) => void): Promise<{ stop(): void }>;
  /** The flow is over. With the caller still there, the call has to be hung up, or refused with `cause` before the answer. */
  flowEnded(reason: EndReason, cause?: RejectCause): void;
}

export interface FlowRunDeps {
  flow: Flow;
  caller: FlowCaller;
  clock: Clock;
  log: Logger;
}

interface Message {
  voicemailId: string;
  stop?: () => void;
  stopAsked: boolean;
}

/**
 * Drives one call through its flow: gives the engine one event at a time and performs its effects in order. When the run
 * is over, nothing of it is left: no timer, no play, no place in a queue, nobody being rung, no message being recorded.
 */
export class FlowRun {
  readonly #deps: FlowRunDeps;
  readonly #timers = new Map<string, () => void>();
  readonly #events: Happening[] = [];
  readonly #outside: FlowOutside;
  #answerId: string | undefined;
  #state: FlowState | undefined;
  #isTaking = false;
  #isOver = false;
  #playId: string | undefined;
  #queue: { queueId: string; place: QueuePlace | undefined } | undefined;
  #transfer: { transferId: string; running: RunningTransfer | undefined } | undefined;
  #message: Message | undefined;

  constructor(deps: FlowRunDeps) {
    this.#deps = deps;
    this.#outside = new FlowOutside(deps.caller.outside, (event) => this.#happened(event), deps.log);
  }

  begin(init: FlowInit): void {
    this.#turn(() => this.#perform(start(this.#deps.flow, init)));
    this.#drain();
  }

  digit(digit: string): void {
    this.#happened({ type: 'digit', digit });
  }

  /** The call that the flow wanted answered is answered. */
  answered(): void {
    if (this.#answerId !== undefined) this.#happened({ type: 'answered', answerId: this.#answerId });
    this.#answerId = undefined;
  }

  /** The caller is gone, or the call is ended from outside. */
  hangUp(by: 'caller' | 'agent' | 'system'): void {
    this.#happened({ type: 'hangup', by });
  }

  /** Nothing of it goes on any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Breaks off what the flow still does after its caller has gone. */
  cut(): void {
    this.#over('callerLeft');
  }

  /** Steps taken so far, as an agent is shown them. */
  path(): PathStep[] {
    return (this.#state?.path ?? []).map(({ step, exit }) => ({ step, ...(exit === undefined ? {} : { exit }) }));
  }

  #happened(event: Happening): void {
    if (this.#isOver) return;
    this.#events.push(event);
    this.#drain();
  }

  #drain(): void {
    if (this.#isTaking) return;
    this.#turn(() => {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        if (this.#isOver || !this.#state) break;
        this.#perform(next(this.#deps.flow, this.#state, { ...event, at: this.#deps.clock.now() }));
      }
    });
  }

  /** One turn at a time. What is thrown here is a bug of ours, and ends this run alone. */
  #turn(work: () => void): void {
    this.#isTaking = true;
    try {
      work();
    } catch (error) {
      this.#deps.log.error({ err: error, step: this.#state?.step }, 'bug: a flow broke off');
      this.#over('error');
    } finally {
      this.#isTaking = false;
    }
  }

  #perform({ state, effects }: Turn): void {
    this.#state = state;
    for (const effect of effects) this.#obey(effect);
  }

  #obey(effect: FlowEffect): void {
    const { caller, log } = this.#deps;
    switch (effect.type) {
      case 'play':
        this.#play(effect);
        return;
      case 'stopPlay':
        if (this.#playId === effect.playId) caller.audio.stop();
        return;
      case 'setTimer':
        this.#setTimer(effect.timerId, effect.ms);
        return;
      case 'clearTimer':
        this.#clearTimer(effect.timerId);
        return;
      case 'enterQueue':
        this.#enterQueue(effect);
        return;
      case 'leaveQueue':
        this.#leaveQueue(effect.queueId);
        return;
      case 'transfer':
        this.#startTransfer(effect);
        return;
      case 'endTransfer':
        this.#endTransfer(effect.transferId);
        return;
      case 'startVoicemail':
        void this.#record(effect.voicemailId, effect.box);
        return;
      case 'stopVoicemail':
        this.#stopMessage(effect.voicemailId);
        return;
      case 'secureStarted':
      case 'secureEnded':
        caller.setSecure(effect.type === 'secureStarted');
        return;
      case 'ring':
        caller.ring();
        return;
      case 'answer':
        this.#answerId = effect.answerId;
        caller.answer();
        return;
      case 'record':
        caller.record(effect.order);
        return;
      case 'http':
        this.#outside.http(effect);
        return;
      case 'cancelHttp':
        this.#outside.cancel(effect.httpId);
        return;
      case 'readQueue':
        this.#outside.readQueue(effect);
        return;
      case 'bookCallback':
        this.#outside.bookCallback(effect);
        return;
      case 'sendDigits':
        this.#outside.sendDigits(effect);
        return;
      case 'stepEntered':
      case 'stepLeft':
      case 'digitsCollected':
      case 'secureDigitsCollected':
      case 'tagged':
      case 'milestone':
      case 'consentPlayed': {
        const { at, ...fact } = effect;
        caller.write(fact, at);
        return;
      }
      case 'log':
        log[effect.level]({ step: effect.step, text: effect.text, pii: effect.values }, 'flow says');
        return;
      case 'hangup':
        this.#over(effect.reason, effect.cause);
        return;
      case 'finished':
        this.#over(effect.reason);
        return;
    }
  }

  #play({ playId, items, loop }: Extract<FlowEffect, { type: 'play' }>): void {
    this.#deps.caller.audio.play(items, loop === true, (outcome) => {
      if (this.#playId === playId) this.#playId = undefined;
      if (outcome.kind === 'failed') this.#happened({ type: 'effectFailed', id: playId, code: outcome.code });
      else this.#happened({ type: 'playEnded', playId, reason: outcome.kind });
    });
    this.#playId = playId;
  }

  #setTimer(timerId: string, ms: number): void {
    const cancel = this.#deps.clock.after(ms, () => {
      this.#timers.delete(timerId);
      this.#happened({ type: 'timer', timerId });
    });
    this.#timers.set(timerId, cancel);
  }

  #clearTimer(timerId: string): void {
    this.#timers.get(timerId)?.();
    this.#timers.delete(timerId);
  }

  #enterQueue({ type: _, queueId, ...wish }: Extract<FlowEffect, { type: 'enterQueue' }>): void {
    this.#queue = { queueId, place: undefined };
    const isHere = (): boolean => this.#queue?.queueId === queueId;
    try {
      const place = this.#deps.caller.enterQueue(wish, {
        answered: () => this.#happened({ type: 'queueAnswered', queueId }),
        ended: (outcome) => {
          if (isHere()) this.#queue = undefined;
          this.#happened({ type: 'queueEnded', queueId, outcome });
        },
      });
      if (isHere()) this.#queue = { queueId, place };
    } catch (error) {
      this.#queue = undefined;
      this.#failed(queueId, error);
    }
  }

  #leaveQueue(queueId: string): void {
    if (this.#queue?.queueId !== queueId) return;
    const { place } = this.#queue;
    this.#queue = undefined;
    place?.leave(this.#leaver);
  }

  #startTransfer({ type: _, transferId, ...wish }: Extract<FlowEffect, { type: 'transfer' }>): void {
    this.#transfer = { transferId, running: undefined };
    const isHere = (): boolean => this.#transfer?.transferId === transferId;
    try {
      const running = this.#deps.caller.transfer(wish, {
        answered: () => this.#happened({ type: 'transferAnswered', transferId }),
        ended: (outcome) => {
          if (isHere()) this.#transfer = undefined;
          this.#happened({ type: 'transferEnded', transferId, outcome });
        },
      });
      if (isHere()) this.#transfer = { transferId, running };
    } catch (error) {
      this.#transfer = undefined;
      this.#failed(transferId, error);
    }
  }

  #endTransfer(transferId: string): void {
    if (this.#transfer?.transferId !== transferId) return;
    const { running } = this.#transfer;
    this.#transfer = undefined;
    running?.leave(this.#leaver);
  }

  get #leaver(): 'caller' | 'system' {
    return this.#state?.callerGone === false ? 'system' : 'caller';
  }

  async #record(voicemailId: string, box: string): Promise<void> {
    const message: Message = { voicemailId, stopAsked: false };
    this.#message = message;
    try {
      const { stop } = await this.#deps.caller.recordMessage(box, (durationMs) => {
        if (this.#message === message) this.#message = undefined;
        this.#happened({ type: 'voicemailEnded', voicemailId, durationMs });
      });
      message.stop = stop;
      if (message.stopAsked) stop();
    } catch (error) {
      if (this.#message === message) this.#message = undefined;
      this.#failed(voicemailId, error);
    }
  }

  #stopMessage(voicemailId: string): void {
    if (this.#message?.voicemailId !== voicemailId) return;
    this.#message.stopAsked = true;
    this.#message.stop?.();
  }

  #failed(id: string, error: unknown): void {
    if (!(error instanceof ParleyError)) this.#deps.log.error({ err: error }, 'bug: an effect of a flow failed');
    this.#happened({ type: 'effectFailed', id, code: error instanceof ParleyError ? error.code : 'bug' });
  }

  /** The engine undoes what it began before it ends; this is for what it could not know of. */
  #over(reason: EndReason, cause?: RejectCause): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    if (this.#message) this.#stopMessage(this.#message.voicemailId);
    if (this.#queue) this.#leaveQueue(this.#queue.queueId);
    if (this.#transfer) this.#endTransfer(this.#transfer.transferId);
    this.#outside.close();
    this.#deps.caller.flowEnded(reason, cause);
  }
}
