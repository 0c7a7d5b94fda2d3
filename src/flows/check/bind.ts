import { createHash } from 'node:crypto';
import { fits } from '../language/assigned.ts';
import { type FlowError, Mistakes } from '../language/errors.ts';
import type { CallSite, Flow } from '../language/flow.ts';
import { didYouMean } from '../language/near.ts';

/** A flow with all that it calls, or the mistakes that keep it from that. */
export type Bound = { ok: true; flow: Flow } | { ok: false; errors: FlowError[] };

/**
 * Binds each flow to the flows it calls. A flow is told what it calls wrongly, at the place of the call; one that calls a flow
 * which is not there, or which is itself not to be had, is told that.
 */
export function bindFlows(flows: ReadonlyMap<string, Flow>): Map<string, Bound> {
  const bound = new Map<string, Bound>();
  const open: string[] = [];
  const bind = (flow: Flow): Bound => {
    const known = bound.get(flow.name);
    if (known) return known;
    open.push(flow.name);
    const mistakes = new Mistakes(flow.file);
    const inside: Record<string, Flow> = {};
    for (const site of flow.callSites) {
      const called = flows.get(site.flow);
      if (open.includes(site.flow)) {
        const circle = [...open.slice(open.indexOf(site.flow)), site.flow].join(' → ');
        mistakes.add('flow.circle', site.place, `Flows call one another in a circle: ${circle}`);
        continue;
      }
      const its = called && bind(called);
      if (!its) {
        mistakes.add(
          'reference.missing',
          site.place,
          `There is no flow "${site.flow}"`,
          didYouMean(site.flow, flows.keys()),
        );
      } else if (!its.ok) {
        mistakes.add('reference.missing', site.place, `The flow "${site.flow}" has mistakes of its own`);
      } else {
        compare(site, its.flow, mistakes);
        Object.assign(inside, its.flow.flows, { [site.flow]: its.flow });
      }
    }
    open.pop();
    const made: Bound = mistakes.any
      ? { ok: false, errors: mistakes.list() }
      : { ok: true, flow: { ...flow, flows: inside, version: versionOf(flow, inside) } };
    bound.set(flow.name, made);
    return made;
  };
  for (const flow of flows.values()) bind(flow);
  return bound;
}

/** Rule F57: what a call is pinned to. */
function versionOf(flow: Flow, inside: Readonly<Record<string, Flow>>): string {
  const names = Object.keys(inside).sort();
  if (names.length === 0) return flow.hash;
  const lines = [flow.hash, ...names.map((name) => `${name} ${inside[name]?.hash}`)];
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

/** What is given and taken at a call, beside what the called flow declares. */
function compare(site: CallSite, called: Flow, mistakes: Mistakes): void {
  const { params, results, name } = called;
  for (const [parameter, { type, place }] of site.given) {
    const wanted = params.get(parameter);
    if (wanted === undefined) {
      const hint = didYouMean(parameter, params.keys());
      mistakes.add('flow.parameters', place, `The flow "${name}" has no parameter ${parameter.slice(0, 64)}`, hint);
    } else if (!fits(type, wanted)) {
      mistakes.add('flow.parameters', place, `${parameter} is ${wanted} in "${name}", and this is ${type}`);
    }
  }
  const missing = [...params.keys()].filter((parameter) => !site.given.has(parameter));
  if (missing.length > 0) {
    const sentence = `The flow "${name}" has to be given ${missing.join(', ')}`;
    const hint = site.kind === 'goto' ? 'only a call can give parameters' : 'give it under "with"';
    mistakes.add('flow.parameters', site.givenPlace, sentence, hint);
  }
  for (const { result, variable, type, place } of site.taken) {
    const given = results.get(result);
    if (given === undefined) {
      const hint = didYouMean(result, results.keys());
      mistakes.add('flow.results', place, `The flow "${name}" has no result ${result.slice(0, 64)}`, hint);
    } else if (!fits(given, type)) {
      mistakes.add('flow.results', place, `${variable} is ${type}, and ${result} of "${name}" is ${given}`);
    }
  }
}
