import type { FlowEffect, Json, QueueFigures } from '../flows/machine/types.ts';
import { ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { Happening } from './flow-events.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;

export type HttpOrder = EffectOf<'http'>;
export type CallbackOrder = Omit<EffectOf<'bookCallback'>, 'type' | 'callbackId'>;

/** What a flow asks of the world outside its call. Each rejects with one of our failures. */
export interface OutsideWorld {
  /** The answer of a service, of whatever status. */
  request(order: HttpOrder, signal: AbortSignal): Promise<{ status: number; body: Json }>;
  readQueue(queue: string): QueueFigures;
  /** Resolves once the booking outlives this program. */
  bookCallback(order: CallbackOrder): Promise<void>;
  sendDigits(order: { digits: string; durationMs: number; gapMs: number }): Promise<void>;
}

/** Effects that are one question with one answer: each is performed, and its answer becomes an event, unless it is taken back. */
export class FlowOutside {
  readonly #world: OutsideWorld;
  readonly #happened: (event: Happening) => void;
  readonly #log: Logger;
  readonly #open = new Map<string, AbortController>();

  constructor(world: OutsideWorld, happened: (event: Happening) => void, log: Logger) {
    this.#world = world;
    this.#happened = happened;
    this.#log = log;
  }

  http(order: HttpOrder): void {
    const { httpId } = order;
    this.#ask(
      httpId,
      (signal) => this.#world.request(order, signal),
      ({ status, body }) => ({ type: 'httpAnswered', httpId, status, body }),
    );
  }

  readQueue({ readId, queue }: EffectOf<'readQueue'>): void {
    this.#ask(
      readId,
      async () => this.#world.readQueue(queue),
      (figures) => ({ type: 'queueRead', readId, figures }),
    );
  }

  bookCallback({ type: _, callbackId, ...order }: EffectOf<'bookCallback'>): void {
    this.#ask(
      callbackId,
      () => this.#world.bookCallback(order),
      () => ({ type: 'callbackBooked', callbackId }),
    );
  }

  sendDigits({ sendId, digits, durationMs, gapMs }: EffectOf<'sendDigits'>): void {
    this.#ask(
      sendId,
      () => this.#world.sendDigits({ digits, durationMs, gapMs }),
      () => ({ type: 'digitsSent', sendId }),
    );
  }

  /** The answer is no longer wanted. */
  cancel(id: string): void {
    this.#open.get(id)?.abort();
    this.#open.delete(id);
  }

  close(): void {
    for (const id of [...this.#open.keys()]) this.cancel(id);
  }

  #ask<T>(id: string, work: (signal: AbortSignal) => Promise<T>, told: (value: T) => Happening): void {
    const controller = new AbortController();
    this.#open.set(id, controller);
    const isWanted = (): boolean => this.#open.get(id) === controller;
    work(controller.signal).then(
      (value) => {
        if (isWanted()) this.#answer(id, told(value));
      },
      (error: unknown) => {
        if (!isWanted()) return;
        if (!(error instanceof ParleyError)) this.#log.error({ err: error }, 'bug: an effect of a flow failed');
        this.#answer(id, { type: 'effectFailed', id, code: error instanceof ParleyError ? error.code : 'bug' });
      },
    );
  }

  #answer(id: string, event: Happening): void {
    this.#open.delete(id);
    this.#happened(event);
  }
}
