import type { Step } from '../language/flow.ts';

/** A step, and how a call came there. */
export interface Visited {
  step: Step;
  before: Visited | undefined;
}

/** A longer way is cut in the middle. */
const MOST_NAMES = 8;

/** The way to a step, in words. */
export function onTheWay(visited: Visited): string {
  const names: string[] = [];
  for (let at: Visited | undefined = visited; at; at = at.before) names.unshift(at.step.name);
  if (names.length === 1) return 'it comes first';
  const shown = names.length <= MOST_NAMES ? names : [...names.slice(0, 2), '…', ...names.slice(3 - MOST_NAMES)];
  return `on the way ${shown.join(' → ')}`;
}
