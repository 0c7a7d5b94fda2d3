import type { Step } from '../../language/flow.ts';
import type { Told } from '../finding.ts';
import { backwards, type FlowGraph, reach } from '../graph.ts';

/** `step.unreachable`: nothing in the flow leads to the step. */
export function checkReached({ flow, reached }: FlowGraph, tell: Told): void {
  for (const step of flow.steps.values()) {
    if (reached.has(step)) continue;
    tell('step.unreachable', step.keyPlace, `Nothing leads to the step "${step.name}"`, 'lead to it, or delete it');
  }
}

/** `path.noEnd`: whatever the caller does, only the longest duration of the call ends it. `endless` was told by another rule. */
export function checkEnds(graph: FlowGraph, endless: ReadonlySet<Step>, tell: Told): void {
  const onward = (step: Step) => graph.ways(step).map(({ to }) => to);
  const before = backwards(graph.reached, onward);
  const ending = reach(
    [...graph.reached].filter((step) => onward(step).includes(undefined)),
    before,
  );
  const told = reach([...endless], before);
  for (const step of graph.reached) {
    if (ending.has(step) || told.has(step)) continue;
    const sentence = `No way leads from "${step.name}" to an end: only the longest duration ends the call`;
    tell('path.noEnd', step.keyPlace, sentence, 'let a key, silence or a count lead to an end');
  }
}
