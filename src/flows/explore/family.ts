import { statusAt } from '../calendars/status.ts';
import type { Flow } from '../language/flow.ts';

/** The flow and all inside of it. */
export function familyOf(flow: Flow): Flow[] {
  return [flow, ...Object.values(flow.flows)];
}

export function hasStep(flow: Flow, verb: string): boolean {
  return familyOf(flow).some(({ steps }) => [...steps.values()].some((step) => step.verb === verb));
}

/** Open, closed or holiday, for each calendar that the flow goes by. */
export function statusesOf(flow: Flow, at: number): string[] {
  return familyOf(flow).flatMap(({ calendars }) => Object.values(calendars).map((calendar) => statusAt(calendar, at)));
}
