import type { Step } from '../../language/flow.ts';
import type { EntryEnd } from '../../machine/step-kind.ts';
import type { Told } from '../finding.ts';
import type { FlowGraph, Way } from '../graph.ts';

/** People need about so long to find the next key, in ms. */
const SHORTEST_INTER_DIGIT_MS = 1_000;

/** `digits.ambiguous`: nobody has decided whether `1` means 1 or becomes 12, or people have no time to decide it. */
export function checkDigits({ flow }: FlowGraph, tell: Told): void {
  for (const step of flow.steps.values()) {
    const { entry } = step.traits;
    if (entry) checkEntry(step, entry, tell);
  }
}

function checkEntry(step: Step, { interDigitMs, isSaid, mayGoOn, terminator }: EntryEnd, tell: Told): void {
  if (terminator?.fits) {
    const sentence = `The key ${terminator.key} ends an entry, and may be a part of one`;
    tell('digits.ambiguous', step.keyPlace, sentence, 'take another terminator, or leave the key out of "valid"');
  }
  if (isSaid && interDigitMs >= SHORTEST_INTER_DIGIT_MS) return;
  const why = isSaid
    ? `${interDigitMs} ms are too short for people to press the next key`
    : 'nothing says how long the next key is waited for';
  for (const exit of mayGoOn) {
    const choice =
      step.traits.acts?.[exit] === undefined ? step.targets.find((target) => target.exit === exit) : undefined;
    const what = choice ? `The choice ${exit} begins another one` : 'An entry may be complete and yet go on';
    tell('digits.ambiguous', choice?.keyPlace ?? step.keyPlace, `${what}, and ${why}`, 'write interDigit: 2s');
  }
}

/** `menu.noInput`, `menu.noMatch`, `choice.deadEnd`, `wait.deadEnd`: ways out of a question, or of a wait for a person, on which the call ends without a word. */
export function checkDeadEnds(graph: FlowGraph, tell: Told): void {
  const silent = new Map<Step, boolean>();
  const endsSilently = ({ to, exit }: Way): boolean => {
    if (to === undefined) return exit !== 'return' && exit !== 'goto';
    const known = silent.get(to);
    if (known !== undefined) return known;
    // A circle does not end.
    silent.set(to, false);
    const { audible, person, calls } = to.traits;
    const ends = !audible && !person && !calls && graph.ways(to).every(endsSilently);
    silent.set(to, ends);
    return ends;
  };
  for (const step of graph.reached) {
    const asks = step.traits.entry !== undefined || Object.values(step.traits.acts ?? {}).includes('person');
    if (!asks) continue;
    for (const way of graph.ways(step)) if (isWritten(step, way) && endsSilently(way)) tellDeadEnd(way, tell);
  }
}

/** An exit that takes the place of another one is told with that one. */
function isWritten(step: Step, { exit }: Way): boolean {
  return step.targets.some((target) => target.exit === exit);
}

function tellDeadEnd({ exit, act, place }: Way, tell: Told): void {
  const hint = 'lead to a step that says something first';
  if (act === 'person') return;
  if (act === 'silence') {
    tell('menu.noInput', place, 'A caller who is silent is cut off without a word', hint);
  } else if (act === 'wrongAnswer') {
    tell('menu.noMatch', place, 'A caller who presses wrong keys is cut off without a word', hint);
  } else if (act === undefined) {
    tell('wait.deadEnd', place, 'A caller whom nobody answered is cut off without a word', hint);
  } else {
    const what = exit === 'next' ? 'The answer' : `The choice ${exit}`;
    tell('choice.deadEnd', place, `${what} ends the call without a word`, hint);
  }
}
