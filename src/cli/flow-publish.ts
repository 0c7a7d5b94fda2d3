import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { printChanges } from '../flows/versions/diff.ts';
import { publishFlow } from '../flows/versions/publish.ts';
import { ParleyError } from '../shared/errors.ts';
import { flowName } from './flow-name.ts';
import { actorOf, printLines, withRecords } from './records.ts';

/** `parley flow publish NAME`: checks the folder, stores the flow as a version, and makes it live. */
export async function publishCommand(args: string[]): Promise<number> {
  const options = { message: { type: 'string' }, as: { type: 'string' }, 'keep-live': { type: 'boolean' } } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  const flow = flowName(positionals);
  const folder = openFlowFolder(readOwnSettings().PARLEY_FLOWS_DIR);
  return withRecords(async (records) => {
    const by = await actorOf(records, values.as);
    const publication = { flow, message: values.message ?? '', keepLive: values['keep-live'] ?? false };
    try {
      const made = await publishFlow({ folder, store: records.flowVersions }, publication, by);
      const standing = publication.keepLive ? 'stored, not live' : 'live';
      return printLines([
        `${flow} v${made.number} ${made.version.slice(0, 8)} is ${standing}`,
        ...printChanges(made.changes),
      ]);
    } catch (error) {
      const { mistakes } = error instanceof ParleyError ? error.details : {};
      if (!Array.isArray(mistakes)) throw error;
      printLines(mistakes.map(String));
      console.log(`${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}: nothing is published`);
      return 1;
    }
  });
}
