import { editFlow, editYaml, type FlowEdit } from '../../src/flows/edit/edit.ts';
import type { Rng } from '../fuzz/mutate.ts';
import { checkEdit, checkRefusal, plain } from './edit-checks.ts';
import { drawEdit } from './flow-edits.ts';

/** Edits that were made, and by which refusals others were not. */
export interface Tally {
  made: number;
  refused: number;
  kinds: Map<FlowEdit['kind'], number>;
}

export function tally(): Tally {
  return { made: 0, refused: 0, kinds: new Map() };
}

/**
 * Draws edits of a file, each upon what the last one left, and checks each that is made. `wild` edits have regard to YAML alone;
 * the others leave a flow that loads. Throws with the file and the edit that broke a promise.
 */
export function editAtRandom(rng: Rng, source: string, count: number, wild: boolean, sum: Tally): void {
  let text = source;
  for (let left = count; left > 0; left -= 1) {
    const edit = drawEdit(rng, plain(text), wild);
    try {
      const edited = (wild ? editYaml : editFlow)(text, edit);
      if (!edited.ok) {
        checkRefusal(edited.refusal, text);
        sum.refused += 1;
        continue;
      }
      checkEdit(text, edit, edited);
      if (edited.source === text) continue;
      sum.made += 1;
      sum.kinds.set(edit.kind, (sum.kinds.get(edit.kind) ?? 0) + 1);
      text = edited.source;
    } catch (cause) {
      throw new Error(`${JSON.stringify(edit)} in\n${text}`, { cause });
    }
  }
}
