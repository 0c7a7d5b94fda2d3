import { basename, dirname } from 'node:path';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { readFolder } from '../flows/check/folder.ts';
import type { FolderContents } from '../flows/folder.ts';
import { printFlowError } from '../flows/language/errors.ts';
import type { Flow } from '../flows/language/flow.ts';
import { didYouMean } from '../flows/language/near.ts';
import { ParleyError } from '../shared/errors.ts';

export interface OpenedFlow {
  flow: Flow;
  folder: string;
  contents: FolderContents;
}

const IS_FILE = /\.ya?ml$/;

/** The flow of a file, or the one of this name in the folder of flows. Throws in words when there is none, or it has mistakes. */
export async function openFlow(given: string): Promise<OpenedFlow> {
  const folder = IS_FILE.test(given) ? dirname(given) : readOwnSettings().PARLEY_FLOWS_DIR;
  const contents = await openFlowFolder(folder).read();
  const { flows } = readFolder(contents);
  const wanted = flows.filter(({ file, value }) =>
    IS_FILE.test(given) ? file === basename(given) : value?.name === given || file.replace(IS_FILE, '') === given,
  );
  const flow = wanted.find(({ value }) => value)?.value;
  if (flow) return { flow, folder, contents };
  const errors = wanted.flatMap((one) => one.errors);
  if (errors.length > 0) {
    const text = `The flow has mistakes\n${errors.map(printFlowError).join('\n')}`;
    throw new ParleyError('flow.mistakes', {}, { text });
  }
  const names = flows.flatMap(({ value }) => value?.name ?? []);
  const hint = IS_FILE.test(given) ? undefined : didYouMean(given, names);
  const text = `There is no flow ${given} in ${folder}${hint === undefined ? '' : `; ${hint}`}`;
  throw new ParleyError('flow.unknown', {}, { text });
}
