import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { openFlowFolder } from '../adapters/files/flow-folder.ts';
import { readOwnSettings } from '../config/config.ts';
import { mermaidOf } from '../flows/draw/mermaid.ts';
import { pictureOf } from '../flows/draw/picture.ts';
import { svgOf } from '../flows/draw/svg.ts';
import { printFlowError } from '../flows/language/errors.ts';
import { type LoadedFlow, loadFlow } from '../flows/language/load.ts';
import { unknownFlow } from '../flows/versions/publish.ts';
import { flowName } from './flow-name.ts';

const FORMATS = { svg: svgOf, mermaid: mermaidOf } as const;

/** `parley flow draw FILE|NAME [--format svg|mermaid] [--out FILE]`. Status 1: the flow has mistakes, and nothing was drawn. */
export async function drawCommand(args: string[]): Promise<number> {
  const options = { format: { type: 'string', default: 'svg' }, out: { type: 'string' } } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  const given = flowName(positionals);
  const { format } = values;
  if (format !== 'svg' && format !== 'mermaid') throw new Error(`--format is svg or mermaid, not "${format}"`);
  const loaded = /\.ya?ml$/.test(given) ? loadFlow(await readFile(given, 'utf8'), given) : await flowNamed(given);
  if (!loaded.ok) {
    for (const error of loaded.errors) process.stderr.write(`${printFlowError(error)}\n`);
    return 1;
  }
  const drawn = FORMATS[format](pictureOf(loaded.flow));
  if (values.out === undefined) process.stdout.write(drawn);
  else await writeFile(values.out, drawn);
  return 0;
}

/** The flow of the folder by its name; one whose file is broken by the name of its file. */
async function flowNamed(name: string): Promise<LoadedFlow> {
  const { flows } = await openFlowFolder(readOwnSettings().PARLEY_FLOWS_DIR).read();
  const read = flows.map(({ file, text }) => ({ file, loaded: loadFlow(text ?? '', file) }));
  const named = read.find(({ loaded }) => loaded.ok && loaded.flow.name === name);
  const found = named ?? read.find(({ file }) => file.replace(/\.ya?ml$/, '') === name);
  if (found) return found.loaded;
  throw unknownFlow(
    name,
    read.flatMap(({ loaded }) => (loaded.ok ? [loaded.flow.name] : [])),
  );
}
