import type { FolderContents } from '../folder.ts';
import type { FlowError } from '../language/errors.ts';
import type { Flow } from '../language/flow.ts';
import { choosePrompt } from '../prompt-names.ts';
import type { PromptLength } from '../run/lasting.ts';
import { readTests } from '../test/read-tests.ts';
import { type Finding, Findings, findingOf } from './finding.ts';
import { type ReadFolder, readFolder } from './folder.ts';
import { type Insides, insidesOf } from './inside.ts';
import { limitedFlows } from './limits.ts';
import { checkCalls, type Entry } from './rules/calls.ts';
import { checkEndless } from './rules/endless.ts';
import { checkCalled, checkPrompts } from './rules/languages.ts';
import { checkDialled, checkNumbers, type NumberEntry } from './rules/numbers.ts';
import { checkDeadEnds, checkDigits } from './rules/questions.ts';
import { checkEnds, checkReached } from './rules/reach.ts';
import { checkOpenSecrets, checkSecrets, checkServiceSecrets } from './rules/secrets.ts';
import { checkVariables } from './rules/variables.ts';
import { timesOf, timeToPerson } from './times/times.ts';

/** What is known of the world around the flows; about what is not known, nothing is said. */
export interface Surroundings {
  /** The files of the prompts folder. */
  prompts?: readonly string[];
  numbers?: readonly NumberEntry[];
  /** Whether a trunk calls a number. */
  mayDial?: (number: string) => boolean;
  /** Names that are set in the environment. */
  environment?: ReadonlySet<string>;
  /** Lengths of prompts in ms, by file, as far as they are known. */
  promptMs?: ReadonlyMap<string, number>;
}

export interface CheckReport {
  findings: Finding[];
  /** How long it takes to a person, by the flow that a call begins in. */
  people: PersonTime[];
}

export interface PersonTime {
  flow: string;
  file: string;
  /** The numbers that the flow answers, as far as they are known. */
  numbers: string[];
  /** Seconds until the caller is on the way to a person; `worst` is null when nothing bounds it. Undefined: no way leads to one. */
  seconds?: { best: number; worst: number | null };
}

/**
 * Everything that is wrong in a folder of flows, or looks wrong: what the loader refuses, and what every path shows. `more` are
 * mistakes of files around it.
 */
export function checkContents(
  contents: FolderContents,
  around: Omit<Surroundings, 'prompts'> = {},
  more: readonly FlowError[] = [],
): CheckReport {
  const read = readFolder(contents);
  const findings = new Findings();
  const { errors } = readTests(contents, loadedIn(read));
  findings.add(...[...read.errors, ...errors, ...more].map(findingOf));
  findings.add(...checkPaths(read, { ...around, prompts: contents.prompts }));
  const people = peopleIn(read, around.numbers, lengthIn(contents.prompts, around.promptMs));
  return { findings: findings.list(), people };
}

/** What every path through the flows that can be loaded shows. Never throws; takes time in proportion to steps and ways. */
export function checkPaths(read: Pick<ReadFolder, 'flows' | 'services'>, around: Surroundings = {}): Finding[] {
  const flows = loadedIn(read);
  const findings = new Findings();
  const insides = insidesOf(flows.values());
  const entries = entriesOf(flows, around.numbers);
  const limited = limitedFlows(
    entries.map(({ flow }) => flow),
    insides,
  );
  const services = read.services?.value;
  for (const flow of flows.values()) {
    const tell = findings.about(flow.file);
    checkFlow(flow, insides, limited.has(flow.name), findings);
    checkSecrets(flow, services, tell);
    if (around.prompts) checkPrompts(flow, around.prompts, tell);
    if (around.mayDial) checkDialled(flow, around.mayDial, tell);
  }
  checkCalls(entries, insides, findings);
  if (around.numbers) checkNumbers(around.numbers, flows, brokenIn(read), findings);
  if (services && read.services && around.environment)
    checkServiceSecrets(services.values(), around.environment, findings.about(read.services.file));
  return findings.list();
}

function checkFlow(flow: Flow, insides: Insides, isLimited: boolean, findings: Findings): void {
  const graph = insides.get(flow.name)?.graph;
  if (!graph) return;
  const tell = findings.about(flow.file);
  checkReached(graph, tell);
  checkEnds(graph, checkEndless(graph, isLimited, tell), tell);
  checkDigits(graph, tell);
  checkDeadEnds(graph, tell);
  checkVariables(graph, tell);
  checkOpenSecrets(flow, tell);
  checkCalled(flow, tell);
}

function loadedIn({ flows }: Pick<ReadFolder, 'flows'>): Map<string, Flow> {
  return new Map(flows.flatMap(({ value }) => (value ? [[value.name, value] as const] : [])));
}

function peopleIn(read: ReadFolder, numbers: readonly NumberEntry[] = [], promptMs: PromptLength): PersonTime[] {
  const flows = loadedIn(read);
  const insides = insidesOf(flows.values());
  const times = timesOf(insides, promptMs);
  const entries = new Set(entriesOf(flows, numbers).map(({ flow }) => flow));
  // Of a flow with parameters that nobody calls, no call can begin.
  const begun = [...entries].filter(({ params }) => params.size === 0);
  return begun.map(({ name, file }) => {
    const inside = insides.get(name);
    const known = times.get(name);
    const time = inside && known && timeToPerson(inside.graph, known);
    return {
      flow: name,
      file,
      numbers: numbers.filter(({ flow }) => flow === name).map(({ number }) => number),
      ...(time && { seconds: { best: inSeconds(time.leastMs), worst: finite(inSeconds(time.mostMs)) } }),
    };
  });
}

function lengthIn(files: readonly string[], promptMs: ReadonlyMap<string, number> | undefined): PromptLength {
  return (prompt, language) => promptMs?.get(choosePrompt(files, prompt, language) ?? '');
}

/** To a tenth: the lengths of texts are estimates. */
function inSeconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Where calls begin: in the flows of numbers, and in those that no other one calls. */
function entriesOf(flows: ReadonlyMap<string, Flow>, numbers: readonly NumberEntry[] = []): Entry[] {
  const called = new Set([...flows.values()].flatMap(({ callSites }) => callSites.map((site) => site.flow)));
  const kinds = new Map(numbers.map((number) => [`${number.flow} ${number.recordsAll}`, number]));
  const named = [...kinds.values()].flatMap(({ flow: name, recordsAll }): Entry[] => {
    const flow = flows.get(name);
    return flow && flow.params.size === 0 ? [{ flow, recordsAll }] : [];
  });
  const others = [...flows.values()].filter(
    (flow) => !called.has(flow.name) && !named.some((entry) => entry.flow === flow),
  );
  return [...named, ...others.map((flow) => ({ flow }))];
}

/** The names of flows that have mistakes, as far as their files tell them. */
function brokenIn({ flows }: Pick<ReadFolder, 'flows'>): Set<string> {
  return new Set(flows.filter(({ value }) => !value).map(({ file }) => file.replace(/\.ya?ml$/, '')));
}
