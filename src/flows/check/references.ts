import { type FlowError, Mistakes, type Place } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import { didYouMean } from '../language/near.ts';

/** What exists outside of a flow; undefined: nothing is known of this kind, so nothing is missed. */
export interface Known {
  calendars?: ReadonlySet<string> | undefined;
  prompts?: ReadonlySet<string> | undefined;
  queues?: ReadonlySet<string> | undefined;
  services?: ReadonlySet<string> | undefined;
}

/** Every name in a flow that leads nowhere. */
export function missingReferences(flow: Flow, known: Known): FlowError[] {
  const mistakes = new Mistakes(flow.file);
  const check = (kind: string, named: ReadonlyMap<string, Place[]>, there: ReadonlySet<string> | undefined) => {
    if (!there) return;
    for (const [name, places] of named) {
      if (there.has(name)) continue;
      for (const place of places)
        mistakes.add('reference.missing', place, `There is no ${kind} "${name}"`, didYouMean(name, there));
    }
  };
  check('calendar', flow.references.calendars, known.calendars);
  check('prompt', flow.references.prompts, known.prompts);
  check('queue', flow.references.queues, known.queues);
  check('service', flow.references.services, known.services);
  return mistakes.list();
}
