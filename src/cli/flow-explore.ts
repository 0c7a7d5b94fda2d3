import { existsSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { readFolder } from '../flows/check/folder.ts';
import { type Explored, explore, USUAL_DEPTH, USUAL_MAX_STATES } from '../flows/explore/explore.ts';
import { casesIn, exploredInWords } from '../flows/explore/report.ts';
import type { FolderContents } from '../flows/folder.ts';
import { printFlowError } from '../flows/language/errors.ts';
import type { Flow } from '../flows/language/flow.ts';
import { openFlow } from './open-flow.ts';

const OPTIONS = {
  depth: { type: 'string', default: String(USUAL_DEPTH) },
  'max-states': { type: 'string', default: String(USUAL_MAX_STATES) },
  'seconds-to-person': { type: 'string' },
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  write: { type: 'string' },
} as const;

interface Wanted {
  flows: Flow[];
  contents: FolderContents;
  /** Flows of the folder have mistakes and were left out. */
  hasMistakes: boolean;
}

/**
 * `parley flow explore [FOLDER|FILE|NAME] [--depth N] [--max-states N] [--seconds-to-person N] [--seed N] [--json] [--write DIR]`.
 * Status 0: nothing was found; 1: something was, or a flow has mistakes.
 */
export async function exploreCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  if (positionals.length > 1) throw new Error('say one folder or one flow');
  const seconds = values['seconds-to-person'];
  const options = {
    depth: wholeNumber('depth', values.depth),
    maxStates: wholeNumber('max-states', values['max-states']),
    seed: wholeNumber('seed', values.seed),
    ...(seconds !== undefined && { secondsToPerson: wholeNumber('seconds-to-person', seconds) }),
  };
  const { flows, contents, hasMistakes } = await flowsOf(positionals[0] ?? readOwnSettings().PARLEY_FLOWS_DIR);
  let found = 0;
  for (const flow of flows) {
    const explored = explore(flow, { ...options, sources: textsOf(flow, contents) });
    found += explored.findings.length;
    if (values.json) console.log(JSON.stringify(explored));
    else process.stdout.write(exploredInWords(explored));
    if (values.write !== undefined) await writeCases(explored, values.write);
  }
  return found === 0 && !hasMistakes ? 0 : 1;
}

/** The flows of a folder that calls can begin in, or the one that is named. */
async function flowsOf(given: string): Promise<Wanted> {
  if (!existsSync(given) || !statSync(given).isDirectory()) {
    const { flow, contents } = await openFlow(given);
    return { flows: [flow], contents, hasMistakes: false };
  }
  const contents = await openFlowFolder(given).read();
  const { flows, errors } = readFolder(contents);
  for (const error of errors) console.error(printFlowError(error));
  const begun = flows.flatMap(({ value }) => (value && value.params.size === 0 ? [value] : []));
  return { flows: begun, contents, hasMistakes: errors.length > 0 };
}

function textsOf(flow: Flow, { flows }: FolderContents): string[] {
  const files = new Set([flow, ...Object.values(flow.flows)].map(({ file }) => file));
  return flows.flatMap(({ file, text }) => (files.has(file) && text !== undefined ? [text] : []));
}

/** The cases of what was found as `FLOW.explored.test.yaml`; nothing where nothing was found. */
async function writeCases(explored: Explored, folder: string): Promise<void> {
  const text = casesIn(explored);
  if (text === undefined) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${explored.flow}.explored.test.yaml`), text);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} is a whole number`);
  return value;
}
