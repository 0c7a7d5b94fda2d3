import { parseArgs } from 'node:util';
import { promoteCanary, rollBack, startCanary, stopCanary } from '../flows/versions/changes.ts';
import { flowName } from './flow-name.ts';
import { actorOf, printLines, withRecords } from './records.ts';

/** `parley flow rollback NAME [VERSION]`: an earlier version becomes live; calls that run stay on theirs. */
export async function rollbackCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { as: { type: 'string' } } });
  const flow = flowName(positionals, 1);
  return withRecords(async (records) => {
    const { number, version } = await rollBack(
      records.flowVersions,
      flow,
      positionals[1],
      await actorOf(records, values.as),
    );
    return printLines([`${flow} v${number} ${version.slice(0, 8)} is live`]);
  });
}

/** `parley flow canary NAME --percent 10 [--version V|draft] | --stop | --promote`. */
export async function canaryCommand(args: string[]): Promise<number> {
  const options = {
    percent: { type: 'string' },
    version: { type: 'string' },
    stop: { type: 'boolean' },
    promote: { type: 'boolean' },
    as: { type: 'string' },
  } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  const flow = flowName(positionals);
  const asked = [values.percent, values.stop, values.promote].filter((one) => one !== undefined);
  if (asked.length !== 1) throw new Error('say one of --percent N, --stop, --promote');
  return withRecords(async (records) => {
    const { flowVersions } = records;
    const by = await actorOf(records, values.as);
    if (values.stop) {
      await stopCanary(flowVersions, flow, by);
      return printLines([`${flow} has no canary any more`]);
    }
    if (values.promote) {
      const { number } = await promoteCanary(flowVersions, flow, by);
      return printLines([`${flow} v${number} is live`]);
    }
    const wish = { percent: Number(values.percent), version: values.version };
    const { percent, number } = await startCanary(flowVersions, flow, wish, by);
    return printLines([
      `${percent} % of the calls of ${flow} get ${number === undefined ? 'the draft' : `v${number}`}`,
    ]);
  });
}
