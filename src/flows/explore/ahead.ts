import type { Flow, Step } from '../language/flow.ts';
import type { Compared } from './compared.ts';
import { familyOf } from './family.ts';
import { entriesFor } from './made-up-values.ts';

/**
 * Keys that may be pressed ahead and make a difference: those with which the answers begin to the questions that come next, and a wrong one
 * for each. Where the call may go on in another flow, those of all questions.
 */
export class KeysAhead {
  readonly #flow: Flow;
  readonly #compared: Compared;
  readonly #seed: number;
  readonly #known = new Map<Step, ReadonlySet<string>>();

  constructor(flow: Flow, compared: Compared, seed: number) {
    this.#flow = flow;
    this.#compared = compared;
    this.#seed = seed;
  }

  at(home: Flow, step: Step): ReadonlySet<string> {
    const known = this.#known.get(step);
    if (known) return known;
    const questions =
      questionsAfter(home, step) ?? familyOf(this.#flow).flatMap(({ steps }) => [...steps.values()].filter(isQuestion));
    const keys = new Set(questions.flatMap((question) => this.#beginnings(question)));
    this.#known.set(step, keys);
    return keys;
  }

  #beginnings(question: Step): string[] {
    const judge = question.kind.judge?.(question.params);
    if (!judge) return [];
    return entriesFor(question, judge, this.#compared, this.#seed).map((entry) => entry.slice(0, 1));
  }
}

function isQuestion({ kind }: Step): boolean {
  return kind.judge !== undefined;
}

/** The questions that can come next; undefined when they may be in another flow. */
function questionsAfter(home: Flow, from: Step): Step[] | undefined {
  const seen = new Set<Step>([from]);
  const questions: Step[] = [];
  for (const step of seen) {
    if (step !== from && isQuestion(step)) {
      questions.push(step);
      continue;
    }
    if (step.traits.calls || step.traits.returns) return undefined;
    for (const to of [...Object.values(step.exits), step.onError, home.onError]) {
      const after = typeof to === 'string' ? home.steps.get(to) : undefined;
      if (after) seen.add(after);
    }
  }
  return questions;
}
