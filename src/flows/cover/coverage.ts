import type { Place } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import type { Happening } from '../run/happenings.ts';

/** One thing of a flow that calls go through or leave aside. */
export interface Covered {
  kind: 'step' | 'exit' | 'handler';
  step: string;
  /** Of exits: the exit; of handlers: `on.error`, `on.hangup`, `on.maxDuration`. */
  exit?: string;
  line: number;
  column: number;
  hits: number;
}

export interface FlowCoverage {
  flow: string;
  file: string;
  items: Covered[];
}

/**
 * Counts which steps and exits calls went through. An exit counts when it is written in the file: one that is only implied (a
 * missing `noMatch` is `noInput`) is the writer's default, not a way of its own. Exits that lead to the same step are apart.
 */
export class Coverage {
  readonly #flows = new Map<string, { flow: Flow; items: Map<string, Covered> }>();

  add(flow: Flow): void {
    if (this.#flows.has(flow.name)) return;
    const items = new Map<string, Covered>();
    const put = (key: string, place: Place, one: Pick<Covered, 'kind' | 'step' | 'exit'>) =>
      items.set(key, { ...one, line: place.line, column: place.column, hits: 0 });
    for (const { exit, place } of flow.targets) {
      if (exit !== 'start') put(`/${exit}`, place, { kind: 'handler', step: '', exit });
    }
    for (const step of flow.steps.values()) {
      put(step.name, step.keyPlace, { kind: 'step', step: step.name });
      for (const { exit, place } of step.targets)
        put(`${step.name}:${exit}`, place, { kind: 'exit', step: step.name, exit });
    }
    this.#flows.set(flow.name, { flow, items });
  }

  /** Counts what happened in one call. */
  count(happenings: readonly Happening[]): void {
    for (const one of happenings) {
      if (one.what === 'entered') this.#hit(one.flow, one.step);
      else if (one.what === 'left') this.#left(one.flow, one.step, one.exit);
    }
  }

  report(): FlowCoverage[] {
    return [...this.#flows.values()]
      .map(({ flow, items }) => ({ flow: flow.name, file: flow.file, items: [...items.values()].sort(byPlace) }))
      .sort((a, b) => (a.flow < b.flow ? -1 : 1));
  }

  #left(flow: string, step: string, exit: string): void {
    if (exit === 'callerLeft') this.#hit(flow, '/on.hangup');
    else if (exit === 'maxDuration') this.#hit(flow, '/on.maxDuration');
    else if (!this.#hit(flow, `${step}:${exit}`) && exit === 'error') this.#hit(flow, '/on.error');
  }

  #hit(flow: string, key: string): boolean {
    const item = this.#flows.get(flow)?.items.get(key);
    if (item) item.hits += 1;
    return item !== undefined;
  }
}

function byPlace(a: Covered, b: Covered): number {
  return a.line - b.line || a.column - b.column;
}

/** Of `items`, how many were hit. */
export function share(items: readonly Covered[]): { hit: number; all: number; percent: number } {
  const hit = items.filter(({ hits }) => hits > 0).length;
  const all = items.length;
  // Rounded down: what is missing must not look like nothing.
  return { hit, all, percent: all === 0 ? 100 : Math.floor((hit / all) * 1_000) / 10 };
}

/** Steps, and exits with the flow's handlers. */
export function split({ items }: FlowCoverage): { steps: Covered[]; exits: Covered[] } {
  return {
    steps: items.filter(({ kind }) => kind === 'step'),
    exits: items.filter(({ kind }) => kind !== 'step'),
  };
}
