import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import type { Records } from '../adapters/records/open.ts';
import { readOwnSettings } from '../config/config.ts';
import { readFolder } from '../flows/check/folder.ts';
import type { Flow } from '../flows/language/flow.ts';
import { withCase } from '../flows/test/write-case.ts';
import { bundleOf, type FlowBundle, openBundle } from '../flows/versions/bundle.ts';
import { readRecordedCall } from '../reports/flow-case/recorded-call.ts';
import { saveCase } from '../reports/flow-case/save-case.ts';
import { ParleyError } from '../shared/errors.ts';
import { withRecords } from './records.ts';

/** `parley flow record CALL_ID [--out FILE]`: a real call as a case of `parley flow test`; a file that is there gets one case more. */
export async function recordCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { out: { type: 'string' } } });
  const [callId] = positionals;
  if (callId === undefined || positionals.length > 1) throw new Error('say the id of one call');
  const { out } = values;
  return withRecords(async (records) => {
    const facts = await records.callRecords.facts(callId);
    const { flow, bundle } = await flowOfCall(records, readRecordedCall(facts));
    const saved = saveCase(
      facts,
      flow,
      bundle.map(({ text }) => text),
    );
    const madeUp = saved.madeUp.length === 0 ? 'nothing' : saved.madeUp.join(', ');
    const comment = `Saved from ${callId}, on version ${flow.version.slice(0, 8)}. Made up: ${madeUp}.`;
    const before = out !== undefined && existsSync(out) ? await readFile(out, 'utf8') : undefined;
    const text = withCase(before, saved.flow, saved.source, comment);
    if (out === undefined) process.stdout.write(text);
    else await writeFile(out, text);
    return 0;
  });
}

/** The version that the call ran on, as it stands in the folder or as it was published, with the calendars of today. */
async function flowOfCall(
  { flowVersions }: Records,
  call: { flow: string; version: string },
): Promise<{ flow: Flow; bundle: FlowBundle }> {
  const contents = await openFlowFolder(readOwnSettings().PARLEY_FLOWS_DIR).read();
  const read = readFolder(contents);
  const draft = read.flows.find(({ value }) => value?.version === call.version)?.value;
  const bundle = draft ? bundleOf(draft, contents) : await flowVersions.bundle(call.version);
  if (draft && bundle) return { flow: draft, bundle };
  const calendars = new Map(read.calendars.flatMap(({ value }) => (value ? [[value.name, value] as const] : [])));
  const opened = bundle && openBundle(bundle, call.version, calendars);
  if (bundle && opened?.ok) return { flow: opened.flow, bundle };
  const text = `The call ran on ${call.flow} ${call.version.slice(0, 8)}, which is neither in the folder nor published`;
  throw new ParleyError('flow.unknown', {}, { text });
}
