import type { Calendar } from '../calendars/calendar.ts';
import { bindFlows } from '../check/bind.ts';
import { missingReferences } from '../check/references.ts';
import type { FlowError } from '../language/errors.ts';
import { bindCalendars, type Flow } from '../language/flow.ts';
import { loadFlow } from '../language/load.ts';

/** What a flow in the making may need of the others. */
export interface Surroundings {
  /** The flows as they stand, the one in the making among them or not. */
  flows: readonly Flow[];
  calendars: ReadonlyMap<string, Calendar>;
}

/** A text as a flow, with what it calls, or its mistakes. */
export function draftFrom(
  source: string,
  name: string,
  { flows, calendars }: Surroundings,
): { ok: true; flow: Flow } | { ok: false; errors: FlowError[] } {
  const loaded = loadFlow(source, `${name}.yaml`);
  if (!loaded.ok) return loaded;
  const errors = missingReferences(loaded.flow, { calendars: new Set(calendars.keys()) });
  if (errors.length > 0) return { ok: false, errors };
  const draft = bindCalendars(loaded.flow, calendars);
  const others = flows.filter((flow) => flow.name !== draft.name).map((flow) => [flow.name, flow] as const);
  const bound = bindFlows(new Map([...others, [draft.name, draft]])).get(draft.name);
  return bound ?? { ok: false, errors: [] };
}
