import { ParleyError } from '../../shared/errors.ts';
import { checkPaths } from '../check/check.ts';
import { printFinding } from '../check/finding.ts';
import { type ReadFolder, readFolder } from '../check/folder.ts';
import type { FlowFolder, FolderContents } from '../folder.ts';
import { printFlowError } from '../language/errors.ts';
import { didYouMean } from '../language/near.ts';
import { bundleOf, type FlowBundle, plainFlows } from './bundle.ts';
import { diffFlows, type FlowChange } from './diff.ts';
import type { Actor, FlowVersionStore, PublishedVersion } from './version-store.ts';

export interface PublishDeps {
  folder: FlowFolder;
  store: FlowVersionStore;
  /** Queues that exist; absent: the queues of the folder. */
  queues?: ReadonlySet<string>;
}

export interface Publication {
  flow: string;
  message: string;
  /** Stores the version and leaves what is live. */
  keepLive?: boolean;
}

/** Longest message, in characters. */
export const MAX_MESSAGE = 500;

/**
 * Publishes a flow as it stands in the folder. Rejects with `flow.mistakes` (`details.mistakes` holds every one in words),
 * `flow.unknown`, `flow.refused` or `flow.changed`, and then nothing is stored.
 */
export async function publishFlow(
  { folder, store, queues }: PublishDeps,
  { flow, message, keepLive = false }: Publication,
  by: Actor,
): Promise<PublishedVersion> {
  const contents = await folder.read();
  const draft = draftOf(contents, flow, queues);
  refuseUnproved(draft, contents);
  const live = (await store.standings()).find((standing) => standing.flow === flow)?.live;
  if (live?.version === draft.version) throw refused(`${flow} is live as it stands in the folder (v${live.number})`);
  if (keepLive && (await isNewest(store, flow, draft.version))) throw refused(`${flow} is stored as it stands already`);
  const before = live && (await store.bundle(live.version));
  const changes: FlowChange[] = diffFlows(before ? plainFlows(before) : new Map(), plainFlows(draft.bundle));
  return store.publish(
    {
      flow,
      version: draft.version,
      bundle: draft.bundle,
      message: message.slice(0, MAX_MESSAGE),
      changes,
      parent: live?.number,
      goesLive: !keepLive,
    },
    by,
  );
}

/** A flow as it stands in the folder. */
interface Draft {
  version: string;
  bundle: FlowBundle;
  read: ReadFolder;
}

/** A flow of the folder with all flows inside, when the whole folder is without mistakes. */
export function draftOf(contents: FolderContents, name: string, queues?: ReadonlySet<string>): Draft {
  const read = readFolder(contents, { queues });
  refuseMistakes(read.errors.map(printFlowError));
  const flows = read.flows.flatMap(({ value }) => (value ? [value] : []));
  const flow = flows.find((one) => one.name === name);
  if (!flow)
    throw unknownFlow(
      name,
      flows.map((one) => one.name),
    );
  if (flow.params.size > 0) {
    throw refused(`${name} has parameters, so no call begins in it: it is published with the flows that call it`);
  }
  const bundle = bundleOf(flow, contents);
  if (!bundle) throw new ParleyError('flow.changed');
  return { version: flow.version, bundle, read };
}

/** What the checker proves has to hold for the flows that are published; others in the folder may be in the making. */
function refuseUnproved({ bundle, read }: Draft, { prompts }: FolderContents): void {
  const files = new Set(bundle.map(({ file }) => file));
  const findings = checkPaths(read, { prompts });
  refuseMistakes(findings.filter(({ file, severity }) => severity === 'error' && files.has(file)).map(printFinding));
}

function refuseMistakes(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length > 1 ? ` and ${mistakes.length - 1} more` : '';
  throw new ParleyError('flow.mistakes', { mistakes }, { text: `The flows have mistakes: ${mistakes[0]}${more}` });
}

async function isNewest(store: FlowVersionStore, flow: string, version: string): Promise<boolean> {
  const [newest] = await store.list(flow);
  return newest?.version === version;
}

export function unknownFlow(name: string, known: readonly string[]): ParleyError {
  const hint = didYouMean(name, known);
  const text = `There is no flow ${name.slice(0, 64)}${hint === undefined ? '' : ` (${hint})`}`;
  return new ParleyError('flow.unknown', { flow: name }, { text });
}

export function refused(text: string): ParleyError {
  return new ParleyError('flow.refused', {}, { text });
}
