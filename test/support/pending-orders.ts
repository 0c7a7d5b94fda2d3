import { MAX_DURATION_TIMER } from '../../src/flows/machine/limits.ts';
import type { FlowEffect, FlowEvent, FlowState, Json } from '../../src/flows/machine/types.ts';
import { below, pick, type Rng } from '../fuzz/mutate.ts';

/** Something the engine ordered and waits for. */
type Order =
  | { kind: 'play'; loops: boolean }
  | { kind: 'queue' | 'transfer'; talks: boolean }
  | { kind: 'timer' | 'voicemail' | 'answer' | 'keys' | 'http' | 'figures' | 'booking' };

const BODIES: Json[] = [null, {}, { a: 1 }, { a: 'x', b: [1, 2] }, [], 'text', 7];

/**
 * What is going on in a call as its driver would know it: the orders that were given and not yet answered or taken back. Gives
 * the events with which they may end.
 */
export class PendingOrders {
  readonly #open = new Map<string, Order>();

  get ids(): string[] {
    return [...this.#open.keys()];
  }

  /** Whether something is going on that comes to an end by itself, apart from the longest time of the call. */
  get hasWayOut(): boolean {
    return [...this.#open].some(([id, order]) => id !== MAX_DURATION_TIMER && !(order.kind === 'play' && order.loops));
  }

  take(effects: readonly FlowEffect[], state: FlowState): void {
    for (const effect of effects) this.#take(effect);
    // What cannot be taken back is forgotten when its step is left; its answer comes too late.
    for (const [id, { kind }] of this.#open) {
      const isLate = state.phase === 'ended' || !id.endsWith(`-${state.steps}`);
      if (isLate && ['voicemail', 'answer', 'keys', 'figures', 'booking'].includes(kind)) this.#open.delete(id);
    }
  }

  /** Ids that belong to a step the call has left, and were not taken back. */
  leftBehind(state: FlowState): string[] {
    return this.ids.filter((id) => id !== MAX_DURATION_TIMER && !id.endsWith(`-${state.steps}`));
  }

  /** An event that ends one of the orders, or moves it on; undefined when there is none. */
  event(rng: Rng, at: number): FlowEvent | undefined {
    const ending = [...this.#open].filter(([, order]) => !(order.kind === 'play' && order.loops && rng() < 0.9));
    if (ending.length === 0) return undefined;
    const [id, order] = pick(rng, ending);
    const fails = rng() < 0.1 && order.kind !== 'timer';
    if (fails) {
      this.#open.delete(id);
      return { type: 'effectFailed', at, id, code: 'voice.failed' };
    }
    if ((order.kind === 'queue' || order.kind === 'transfer') && !order.talks && rng() < 0.5) {
      this.#open.set(id, { ...order, talks: true });
      return order.kind === 'queue'
        ? { type: 'queueAnswered', at, queueId: id }
        : { type: 'transferAnswered', at, transferId: id };
    }
    this.#open.delete(id);
    return ended(id, order, rng, at);
  }

  #take(effect: FlowEffect): void {
    switch (effect.type) {
      case 'play':
        this.#open.set(effect.playId, { kind: 'play', loops: effect.loop === true });
        return;
      case 'setTimer':
        this.#open.set(effect.timerId, { kind: 'timer' });
        return;
      case 'enterQueue':
        this.#open.set(effect.queueId, { kind: 'queue', talks: false });
        return;
      case 'transfer':
        this.#open.set(effect.transferId, { kind: 'transfer', talks: false });
        return;
      case 'startVoicemail':
        this.#open.set(effect.voicemailId, { kind: 'voicemail' });
        return;
      case 'answer':
        this.#open.set(effect.answerId, { kind: 'answer' });
        return;
      case 'sendDigits':
        this.#open.set(effect.sendId, { kind: 'keys' });
        return;
      case 'http':
        this.#open.set(effect.httpId, { kind: 'http' });
        return;
      case 'readQueue':
        this.#open.set(effect.readId, { kind: 'figures' });
        return;
      case 'bookCallback':
        this.#open.set(effect.callbackId, { kind: 'booking' });
        return;
      default:
        this.#open.delete(takenBack(effect));
    }
  }
}

function takenBack(effect: FlowEffect): string {
  switch (effect.type) {
    case 'stopPlay':
      return effect.playId;
    case 'clearTimer':
      return effect.timerId;
    case 'leaveQueue':
      return effect.queueId;
    case 'endTransfer':
      return effect.transferId;
    case 'cancelHttp':
      return effect.httpId;
    default:
      return '';
  }
}

function ended(id: string, order: Order, rng: Rng, at: number): FlowEvent {
  switch (order.kind) {
    case 'play':
      return { type: 'playEnded', at, playId: id, reason: order.loops || rng() < 0.1 ? 'failed' : 'finished' };
    case 'timer':
      return { type: 'timer', at, timerId: id };
    case 'queue':
      return {
        type: 'queueEnded',
        at,
        queueId: id,
        outcome: order.talks ? 'agentEnded' : pick(rng, ['timeout', 'noAgents', 'full']),
      };
    case 'transfer':
      return {
        type: 'transferEnded',
        at,
        transferId: id,
        outcome: order.talks ? 'ended' : pick(rng, ['busy', 'noAnswer', 'failed']),
      };
    case 'voicemail':
      return { type: 'voicemailEnded', at, voicemailId: id, durationMs: 1_000 };
    case 'answer':
      return { type: 'answered', at, answerId: id };
    case 'keys':
      return { type: 'digitsSent', at, sendId: id };
    case 'http':
      return {
        type: 'httpAnswered',
        at,
        httpId: id,
        status: pick(rng, [200, 201, 404, 403, 500]),
        body: pick(rng, BODIES),
      };
    case 'figures': {
      const figures = { waiting: below(rng, 5), agentsOnDuty: 2, agentsReady: below(rng, 3), longestWaitMs: 5_000 };
      return { type: 'queueRead', at, readId: id, figures };
    }
    case 'booking':
      return { type: 'callbackBooked', at, callbackId: id };
  }
}
