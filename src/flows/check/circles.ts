import type { Step } from '../language/flow.ts';

/**
 * The sets of steps that lead to one another: each circle lies in one of them. A step alone is one only when it leads to itself.
 * Tarjan's algorithm, in time linear in steps and ways, without recursion.
 */
export function circlesOf(steps: Iterable<Step>, onward: (step: Step) => readonly Step[]): Step[][] {
  const within = new Set(steps);
  const index = new Map<Step, number>();
  const low = new Map<Step, number>();
  const stack: Step[] = [];
  const onStack = new Set<Step>();
  const circles: Step[][] = [];
  const enter = (step: Step) => {
    index.set(step, index.size);
    low.set(step, index.size - 1);
    stack.push(step);
    onStack.add(step);
    return { step, next: 0, to: onward(step).filter((one) => within.has(one)) };
  };
  const lower = (step: Step, value: number) => low.set(step, Math.min(low.get(step) ?? value, value));
  for (const root of within) {
    if (index.has(root)) continue;
    const open = [enter(root)];
    for (let frame = open.at(-1); frame; frame = open.at(-1)) {
      const { step, to } = frame;
      const next = to[frame.next];
      frame.next += 1;
      if (next !== undefined) {
        if (!index.has(next)) open.push(enter(next));
        else if (onStack.has(next)) lower(step, index.get(next) ?? 0);
        continue;
      }
      open.pop();
      const before = open.at(-1);
      if (before) lower(before.step, low.get(step) ?? 0);
      if (low.get(step) !== index.get(step)) continue;
      const circle = stack.splice(stack.lastIndexOf(step));
      for (const one of circle) onStack.delete(one);
      if (circle.length > 1 || to.includes(step)) circles.push(circle);
    }
  }
  return circles;
}
