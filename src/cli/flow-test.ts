import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { annotated, coverageTable, lcovOf } from '../flows/cover/print.ts';
import { printFlowError } from '../flows/language/errors.ts';
import { junitOf, printFailures } from '../flows/test/report.ts';
import { type FolderResult, runFolder } from '../flows/test/run-folder.ts';

const OPTIONS = {
  coverage: { type: 'boolean', default: false },
  annotate: { type: 'boolean', default: false },
  lcov: { type: 'string' },
  junit: { type: 'string' },
  filter: { type: 'string' },
  json: { type: 'boolean', default: false },
  watch: { type: 'boolean', default: false },
} as const;
type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];

/**
 * `parley flow test [FOLDER | FILE] [--coverage] [--annotate] [--lcov FILE] [--junit FILE] [--filter TEXT] [--json] [--watch]`.
 * Status 0: all passed; 1: something failed or has mistakes.
 */
export async function testFlows(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const [given = readOwnSettings().PARLEY_FLOWS_DIR] = positionals;
  const isFile = /\.ya?ml$/.test(given);
  const folder = isFile ? dirname(given) : given;
  const filter = values.filter ?? (isFile ? relative(folder, given) : undefined);
  const status = await runOnce(folder, { ...values, ...(filter !== undefined && { filter }) });
  if (!values.watch) return status;
  const { watch } = openFlowFolder(folder);
  let timer: NodeJS.Timeout | undefined;
  return new Promise(() => {
    watch(() => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        console.log(`\n${new Date().toLocaleTimeString()}`);
        runOnce(folder, { ...values, ...(filter !== undefined && { filter }) }).catch((error: unknown) => {
          console.error(`parley: ${error instanceof Error ? error.message : String(error)}`);
        });
      }, 100);
    });
  });
}

async function runOnce(folder: string, options: Options): Promise<number> {
  const startedAt = performance.now();
  const contents = await openFlowFolder(folder).read();
  const result = runFolder(contents, options.filter === undefined ? {} : { filter: options.filter });
  const tookMs = performance.now() - startedAt;
  const flows = result.coverage.report();
  if (options.json) console.log(JSON.stringify(plain(result, tookMs)));
  else print(result, tookMs);
  if (options.coverage && !options.json) console.log(coverageTable(flows));
  if (options.annotate) {
    for (const flow of flows)
      console.log(`${flow.file}\n${annotated(await readFile(join(folder, flow.file), 'utf8'), flow)}`);
  }
  if (options.lcov !== undefined) await writeFile(options.lcov, lcovOf(flows, folder));
  if (options.junit !== undefined) await writeFile(options.junit, junitOf(result.files));
  return failedIn(result) + result.errors.length === 0 ? 0 : 1;
}

function print(result: FolderResult, tookMs: number): void {
  for (const error of result.errors) console.log(printFlowError(error));
  for (const file of result.files) {
    const text = printFailures(file);
    if (text !== '') console.log(text);
  }
  const all = result.files.flatMap(({ cases }) => cases).length;
  const failed = failedIn(result);
  console.log(`${all - failed} passed, ${failed} failed in ${Math.round(tookMs)} ms`);
}

function failedIn({ files }: FolderResult): number {
  return files.flatMap(({ cases }) => cases).filter(({ failures }) => failures.length > 0).length;
}

function plain(result: FolderResult, tookMs: number): unknown {
  return {
    tookMs,
    errors: result.errors,
    files: result.files.map(({ file, flow, cases }) => ({
      file,
      flow,
      cases: cases.map(({ happenings: _, ...one }) => one),
    })),
    coverage: result.coverage.report(),
  };
}
