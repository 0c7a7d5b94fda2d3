import type { FolderContents } from '../folder.ts';
import type { Flow } from '../language/flow.ts';
import { type Finding, Findings, findingOf } from './finding.ts';
import { type ReadFolder, type ReadOptions, readFolder } from './folder.ts';
import { type Insides, insidesOf } from './inside.ts';
import { checkEndless } from './rules/endless.ts';
import { checkDeadEnds, checkDigits } from './rules/questions.ts';
import { checkEnds, checkReached } from './rules/reach.ts';

export interface CheckReport {
  findings: Finding[];
}

/** Everything that is wrong in a folder of flows, or looks wrong: what the loader refuses, and what every path shows. */
export function checkContents(contents: FolderContents, options: ReadOptions = {}): CheckReport {
  const read = readFolder(contents, options);
  const findings = new Findings();
  findings.add(...read.errors.map(findingOf));
  findings.add(...checkPaths(read));
  return { findings: findings.list() };
}

/** What every path through the flows that can be loaded shows. Never throws; takes time in proportion to steps and ways. */
export function checkPaths({ flows }: Pick<ReadFolder, 'flows'>): Finding[] {
  const good = flows.flatMap(({ value }) => (value ? [value] : []));
  const findings = new Findings();
  const insides = insidesOf(good);
  for (const flow of good) checkFlow(flow, insides, isTimed(flow, good), findings);
  return findings.list();
}

function checkFlow(flow: Flow, insides: Insides, timed: boolean, findings: Findings): void {
  const graph = insides.get(flow.name)?.graph;
  if (!graph) return;
  const tell = findings.about(flow.file);
  checkReached(graph, tell);
  checkEnds(graph, checkEndless(graph, timed, tell), tell);
  checkDigits(graph, tell);
  checkDeadEnds(graph, tell);
}

/** Whether every call that gets to the flow is ended by a longest duration: that of the flow it began with. */
function isTimed(flow: Flow, all: readonly Flow[]): boolean {
  const called = new Set(all.flatMap(({ callSites }) => callSites.map((site) => site.flow)));
  const roots = all.filter(({ name, params }) => params.size === 0 && !called.has(name));
  const before = roots.filter((root) => root === flow || Object.hasOwn(root.flows, flow.name));
  return before.length > 0 && before.every(({ maxDuration }) => maxDuration !== undefined);
}
