import type { Place } from '../language/errors.ts';
import type { FlowValue } from '../machine/types.ts';

/** One expectation that did not come true. */
export interface Failure {
  place: Place;
  text: string;
  /** Line by line: what was expected (`-`) and what was (`+`). */
  diff?: string[];
}

export type Found = Omit<Failure, 'place'>;

export function wrongVars(
  expected: Readonly<Record<string, FlowValue>> | undefined,
  actual: Readonly<Record<string, FlowValue>>,
): Found | undefined {
  const wrong = Object.entries(expected ?? {}).filter(([name, value]) => actual[name] !== value);
  if (wrong.length === 0) return undefined;
  const shown = (value: FlowValue | undefined) => (value === undefined ? 'no such variable' : JSON.stringify(value));
  return {
    text: `Other values: ${wrong.map(([name]) => name).join(', ')}`,
    diff: wrong.flatMap(([name, value]) => [`- ${name}: ${shown(value)}`, `+ ${name}: ${shown(actual[name])}`]),
  };
}

/** A diff by the longest common subsequence. */
export function diffOf(expected: readonly string[], actual: readonly string[]): string[] {
  const lengths = Array.from({ length: expected.length + 1 }, () => new Array<number>(actual.length + 1).fill(0));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = expected.length - 1; i >= 0; i -= 1) {
    for (let j = actual.length - 1; j >= 0; j -= 1) {
      const row = lengths[i];
      if (row) row[j] = expected[i] === actual[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const diff: string[] = [];
  let [i, j] = [0, 0];
  while (i < expected.length || j < actual.length) {
    if (i < expected.length && j < actual.length && expected[i] === actual[j]) {
      diff.push(`  ${expected[i]}`);
      i += 1;
      j += 1;
    } else if (i < expected.length && (j >= actual.length || at(i + 1, j) >= at(i, j + 1))) {
      diff.push(`- ${expected[i]}`);
      i += 1;
    } else {
      diff.push(`+ ${actual[j]}`);
      j += 1;
    }
  }
  return diff;
}
