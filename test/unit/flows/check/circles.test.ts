import { expect, it } from 'vitest';
import { circlesOf } from '../../../../src/flows/check/circles.ts';
import { reach } from '../../../../src/flows/check/graph.ts';
import type { Step } from '../../../../src/flows/language/flow.ts';
import { below, seeded } from '../../../fuzz/mutate.ts';

it('[K11] steps lie in one circle when each can be reached from the other, and only then', () => {
  const rng = seeded(20_261_130);
  for (let count = 0; count < 300; count += 1) {
    const steps = Array.from({ length: 1 + below(rng, 12) }, (_, index) => ({ name: `s${index}` }) as Step);
    const ways = new Map(steps.map((step) => [step, steps.filter(() => rng() < 0.15)]));
    const onward = (step: Step) => ways.get(step) ?? [];
    const from = new Map(steps.map((step) => [step, reach(onward(step), onward)]));
    const together = (a: Step, b: Step) => from.get(a)?.has(b) === true && from.get(b)?.has(a) === true;
    const expected = steps.map((step) => steps.filter((other) => together(step, other)).map(({ name }) => name));
    const circles = circlesOf(steps, onward);
    const found = steps.map((step) => {
      const circle = new Set(circles.find((one) => one.includes(step)));
      return steps.filter((other) => circle.has(other)).map(({ name }) => name);
    });
    expect(found).toEqual(expected);
  }
});

it('[K4] a long row of steps does not exhaust the stack', () => {
  const steps = Array.from({ length: 50_000 }, (_, index) => ({ name: `s${index}` }) as Step);
  const next = new Map(steps.map((step, index) => [step, [steps[(index + 1) % steps.length] ?? step]]));
  expect(circlesOf(steps, (step) => next.get(step) ?? [])).toHaveLength(1);
});
