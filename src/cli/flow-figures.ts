import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import type { Records } from '../adapters/records/open.ts';
import { readOwnSettings } from '../config/config.ts';
import { readFolder } from '../flows/check/folder.ts';
import type { Flow } from '../flows/language/flow.ts';
import { unknownFlow } from '../flows/versions/publish.ts';
import { publishedFlow } from '../flows/versions/published.ts';
import { MOST_DAYS } from '../protocol/flows.ts';
import { dayOf } from '../reports/flow-counts.ts';
import { coverageOf } from '../reports/flow-coverage.ts';
import { figuresOf } from '../reports/flow-figures.ts';
import { printCoverage, printFigures } from '../reports/print-flow-figures.ts';
import { flowName } from './flow-name.ts';
import { printLines, withRecords } from './records.ts';

const OPTIONS = { days: { type: 'string', default: '30' }, version: { type: 'string' } } as const;

/** `parley flow figures NAME [--days 30]`: what became of the calls, by version. */
export async function figuresCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { days: OPTIONS.days } });
  const flow = flowName(positionals);
  const days = daysOf(values.days);
  return withRecords(async ({ flowTallies, flowVersions }) => {
    const figures = figuresOf(await flowTallies.calls(flow, firstDay(days)));
    return printLines(printFigures(figures, await flowVersions.list(flow), days));
  });
}

/** `parley flow coverage NAME [--days 30] [--version V]`: what real calls did at each step, and what they never did. */
export async function coverageCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const name = flowName(positionals);
  const days = daysOf(values.days);
  return withRecords(async (records) => {
    const flow = await flowMeant(records, name, values.version);
    const version = values.version === undefined ? undefined : flow.version;
    const tallies = await records.flowTallies.steps(name, firstDay(days), version);
    return printLines(printCoverage(coverageOf(flow, tallies), days));
  });
}

/** The version that was named, else what is live, else the draft. */
async function flowMeant({ flowVersions }: Records, name: string, word: string | undefined): Promise<Flow> {
  if (word !== undefined) return publishedFlow(flowVersions, name, word);
  const standing = (await flowVersions.standings()).find(({ flow }) => flow === name);
  if (standing?.live) return publishedFlow(flowVersions, name, 'live');
  const { flows } = readFolder(await openFlowFolder(readOwnSettings().PARLEY_FLOWS_DIR).read());
  const good = flows.flatMap(({ value }) => (value ? [value] : []));
  const draft = good.find((flow) => flow.name === name);
  if (draft) return draft;
  throw unknownFlow(
    name,
    good.map((flow) => flow.name),
  );
}

function daysOf(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= MOST_DAYS) return days;
  throw new Error(`--days is a whole number from 1 to ${MOST_DAYS}`);
}

function firstDay(days: number): number {
  return dayOf(Date.now()) - days + 1;
}
