import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import type { Records } from '../adapters/records/open.ts';
import { readOwnSettings } from '../config/config.ts';
import { plainFlows } from '../flows/versions/bundle.ts';
import { diffFlows, printChanges } from '../flows/versions/diff.ts';
import { draftOf } from '../flows/versions/publish.ts';
import { publishedBundle } from '../flows/versions/published.ts';
import type { Standing } from '../flows/versions/version-store.ts';
import { flowName } from './flow-name.ts';
import { printLines, withRecords } from './records.ts';

/** `parley flow versions NAME`: newest first, with what is live and what is the canary. */
export async function versionsCommand(args: string[]): Promise<number> {
  const flow = flowName(parseArgs({ args, allowPositionals: true }).positionals);
  return withRecords(async ({ flowVersions }) => {
    const standing = await standingOf(flowVersions, flow);
    const versions = await flowVersions.list(flow);
    if (standing?.canary && standing.canary.number === undefined) {
      console.log(`the draft  canary ${standing.canary.percent} %`);
    }
    return printLines(
      versions.map(({ number, version, publishedAt, author, message, changes }) => {
        const steps = changes.reduce((sum, change) => sum + change.steps.length, 0);
        const when = new Date(publishedAt).toISOString().slice(0, 16).replace('T', ' ');
        const where = placeOf(number, standing);
        return `v${number}  ${version.slice(0, 8)}  ${when}  ${author}  ${steps} steps changed${where}${message === '' ? '' : `  ${message}`}`;
      }),
    );
  });
}

/** `parley flow diff NAME [A] [B]`: what has changed from A (else what is live) to B (else the draft). Status 1: something has. */
export async function diffCommand(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const flow = flowName(positionals, 2);
  return withRecords(async ({ flowVersions }) => {
    const before = await flowsOf(flowVersions, flow, positionals[1] ?? 'live');
    const after = await flowsOf(flowVersions, flow, positionals[2] ?? 'draft');
    const lines = printChanges(diffFlows(before, after));
    printLines(lines.length === 0 ? ['no difference'] : lines);
    return lines.length === 0 ? 0 : 1;
  });
}

async function flowsOf(store: Records['flowVersions'], flow: string, word: string): Promise<Map<string, unknown>> {
  if (word === 'draft') {
    const folder = openFlowFolder(readOwnSettings().PARLEY_FLOWS_DIR);
    return plainFlows(draftOf(await folder.read(), flow).bundle);
  }
  return plainFlows((await publishedBundle(store, flow, word)).bundle);
}

async function standingOf(store: Records['flowVersions'], flow: string): Promise<Standing | undefined> {
  return (await store.standings()).find((standing) => standing.flow === flow);
}

function placeOf(number: number, standing: Standing | undefined): string {
  if (number === standing?.live?.number) return '  live';
  return number === standing?.canary?.number ? `  canary ${standing?.canary?.percent} %` : '';
}
