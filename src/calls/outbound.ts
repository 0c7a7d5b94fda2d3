import { ParleyError } from '../shared/errors.ts';
import { OutboundLeg, type OutboundLegDeps, type OutboundListener, type OutboundWish } from './outbound-leg.ts';
import { type Trunk, wayOut } from './trunks.ts';

export interface OutboundDeps extends OutboundLegDeps {
  trunks: () => readonly Trunk[];
}

/** Legs that we call: only numbers that a trunk permits, and no more at once than it takes. */
export class Outbound {
  readonly #deps: OutboundDeps;
  readonly #running = new Map<string, number>();

  constructor(deps: OutboundDeps) {
    this.#deps = deps;
  }

  /** Whether a trunk may call this number. */
  reaches(number: string): boolean {
    return wayOut(this.#deps.trunks(), number) !== undefined;
  }

  /**
   * Makes a leg; it is not dialled yet. Without a `callerId` the trunk's is shown, else `shownAs`. Throws `trunk.notPermitted` when no
   * trunk may call the number, `request.tooMany` when its trunk has no line free.
   */
  leg(
    { callerId, shownAs, ...wish }: Omit<OutboundWish, 'callerId'> & { callerId?: string | undefined; shownAs: string },
    listener: OutboundListener,
  ): OutboundLeg {
    const way = wayOut(this.#deps.trunks(), wish.number);
    if (!way) throw new ParleyError('trunk.notPermitted');
    const { trunk, out } = way;
    const running = this.#running.get(trunk) ?? 0;
    if (running >= out.maxCalls) throw new ParleyError('request.tooMany', { trunk });
    this.#running.set(trunk, running + 1);
    return new OutboundLeg(
      this.#deps,
      { ...wish, out, callerId: callerId ?? out.callerId ?? shownAs },
      {
        ...listener,
        ended: (how, reason) => {
          this.#running.set(trunk, (this.#running.get(trunk) ?? 1) - 1);
          listener.ended(how, reason);
        },
      },
    );
  }
}
