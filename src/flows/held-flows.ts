import type { Flow } from './language/flow.ts';

/** By which way a call came to its version. */
export type FlowAlias = 'live' | 'canary' | 'draft';

/** A flow that a call runs on. Its version stays available until it is released. */
export interface HeldFlow {
  flow: Flow;
  alias: FlowAlias;
  /** May be called more than once. */
  release(): void;
}

/** The versions that calls hold, whatever becomes of them elsewhere. */
export class HeldFlows {
  readonly #held = new Map<string, { flow: Flow; calls: number }>();

  /** No call begins in a flow that has parameters. */
  hold(flow: Flow, alias: FlowAlias): HeldFlow | undefined {
    if (flow.params.size > 0) return undefined;
    const entry = this.#held.get(flow.version) ?? { flow, calls: 0 };
    entry.calls += 1;
    this.#held.set(flow.version, entry);
    let released = false;
    return {
      flow,
      alias,
      release: () => {
        if (released) return;
        released = true;
        entry.calls -= 1;
        if (entry.calls === 0) this.#held.delete(flow.version);
      },
    };
  }

  version(hash: string): Flow | undefined {
    return this.#held.get(hash)?.flow;
  }
}
