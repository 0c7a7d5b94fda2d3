import type { Happening } from './happenings.ts';

/** One visit of a step, as paths show it. `flow` only inside of a flow that another one called. */
export interface PathItem {
  step: string;
  flow?: string;
  exit?: string;
}

/** All visits of a call of the flow `home`, in the order of their beginning. */
export function pathOf(happenings: readonly Happening[], home: string): PathItem[] {
  const visits: PathItem[] = [];
  for (const one of happenings) {
    if (one.what !== 'entered' && one.what !== 'left') continue;
    const inside = one.flow === home ? {} : { flow: one.flow };
    if (one.what === 'entered') {
      visits.push({ step: one.step, ...inside });
      continue;
    }
    const open = visits.findLast(
      ({ exit, step, flow }) => exit === undefined && step === one.step && flow === inside.flow,
    );
    if (open) open.exit = one.exit;
  }
  return visits;
}

/** `step:exit`, or `flow/step:exit` inside of another flow, as tests write it. */
export function pathInWords(path: readonly PathItem[]): string[] {
  return path.map(({ step, flow, exit }) => {
    const name = flow === undefined ? step : `${flow}/${step}`;
    return exit === undefined ? name : `${name}:${exit}`;
  });
}
