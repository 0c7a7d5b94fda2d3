import type { Machine } from '../../shared/machine.ts';
import type { Clock } from '../../shared/time.ts';
import { TransactionDriver } from '../transaction/driver.ts';
import type { TransactionEffect } from '../transaction/machine-words.ts';
import type { RepeatEvent, RepeatState } from './repeat-machine.ts';

/** Repeats one answer by its table; `gaveUp` is called when nobody acknowledged it in time. */
export class Repeater extends TransactionDriver<RepeatState, RepeatEvent> {
  #sendAgain: () => void;
  #gaveUp: () => void;

  constructor(
    machine: Machine<RepeatState, RepeatEvent, TransactionEffect>,
    clock: Clock,
    actions: { sendAgain(): void; gaveUp(): void },
  ) {
    super(machine, { kind: 'idle' }, clock);
    this.#sendAgain = actions.sendAgain;
    this.#gaveUp = actions.gaveUp;
  }

  start(): void {
    this.take({ kind: 'sent' });
  }

  /** False when it was acknowledged before. */
  acknowledged(): boolean {
    return this.take({ kind: 'acknowledged' });
  }

  drop(): void {
    this.take({ kind: 'dropped' });
  }

  protected perform(effect: TransactionEffect): void {
    if (effect.do === 'sendAgain') this.#sendAgain();
    else if (effect.do === 'fail') this.#gaveUp();
  }
}
