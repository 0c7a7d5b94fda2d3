import type { Calendar } from '../calendars/calendar.ts';
import { bindFlows } from '../check/bind.ts';
import type { FolderContents } from '../folder.ts';
import { type FlowError, Mistakes, printFlowError } from '../language/errors.ts';
import { bindCalendars, type Flow } from '../language/flow.ts';
import { loadFlow } from '../language/load.ts';
import { readYaml } from '../language/source.ts';

/** One file of a bundle, as it stood in the folder. */
export interface BundledFile {
  flow: string;
  /** Its name in the folder, for the places of mistakes. */
  file: string;
  text: string;
}

/** A flow with all flows inside of it, as they stood in their files: what is published. The flow itself comes first. */
export type FlowBundle = readonly BundledFile[];

export type OpenedBundle = { ok: true; flow: Flow } | { ok: false; why: string };

/** The bundle of a flow that was read from these contents; undefined when a text is no longer among them. */
export function bundleOf(flow: Flow, contents: FolderContents): FlowBundle | undefined {
  const texts = new Map(contents.flows.map(({ file, text }) => [file, text]));
  const inside = Object.values(flow.flows).sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: BundledFile[] = [];
  for (const { name, file } of [flow, ...inside]) {
    const text = texts.get(file);
    if (text === undefined) return undefined;
    files.push({ flow: name, file, text });
  }
  return files;
}

/** The flow in a bundle, bound to those of the calendars that it names and that exist. `version` is what it has to be. */
export function openBundle(
  bundle: FlowBundle,
  version: string,
  calendars: ReadonlyMap<string, Calendar>,
): OpenedBundle {
  const flows = new Map<string, Flow>();
  for (const { file, text } of bundle) {
    const loaded = loadFlow(text, file);
    if (!loaded.ok) return { ok: false, why: firstOf(loaded.errors) };
    flows.set(loaded.flow.name, bindCalendars(loaded.flow, calendars));
  }
  const bound = bindFlows(flows).get(bundle[0]?.flow ?? '');
  if (!bound) return { ok: false, why: 'it holds no flow' };
  if (!bound.ok) return { ok: false, why: firstOf(bound.errors) };
  if (bound.flow.version !== version) return { ok: false, why: 'its text is not what its hash says' };
  return { ok: true, flow: bound.flow };
}

/** The plain values of the files of a bundle, by flow: what two versions are compared by. */
export function plainFlows(bundle: FlowBundle): Map<string, unknown> {
  return new Map(bundle.map(({ flow, file, text }) => [flow, readYaml(text, new Mistakes(file))?.value]));
}

function firstOf(errors: readonly FlowError[]): string {
  const [first] = errors;
  return first ? printFlowError(first) : 'it cannot be read';
}
