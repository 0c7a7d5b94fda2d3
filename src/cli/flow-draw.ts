import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { mermaidOf } from '../flows/draw/mermaid.ts';
import { pictureOf } from '../flows/draw/picture.ts';
import { svgOf } from '../flows/draw/svg.ts';
import { printFlowError } from '../flows/language/errors.ts';
import type { Flow } from '../flows/language/flow.ts';
import { loadFlow } from '../flows/language/load.ts';
import { ParleyError } from '../shared/errors.ts';
import { flowName } from './flow-name.ts';
import { openFlow } from './open-flow.ts';

const FORMATS = { svg: svgOf, mermaid: mermaidOf } as const;

/** `parley flow draw FILE|NAME [--format svg|mermaid] [--out FILE]`. Status 1: the flow has mistakes, and nothing was drawn. */
export async function drawCommand(args: string[]): Promise<number> {
  const options = { format: { type: 'string', default: 'svg' }, out: { type: 'string' } } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  const given = flowName(positionals);
  const { format } = values;
  if (format !== 'svg' && format !== 'mermaid') throw new Error(`--format is svg or mermaid, not "${format}"`);
  const flow = /\.ya?ml$/.test(given) ? await flowOfFile(given) : (await openFlow(given)).flow;
  const drawn = FORMATS[format](pictureOf(flow));
  if (values.out === undefined) process.stdout.write(drawn);
  else await writeFile(values.out, drawn);
  return 0;
}

/** A file may be drawn although the queues and flows it names are not there yet, as one that was just imported. */
async function flowOfFile(file: string): Promise<Flow> {
  const loaded = loadFlow(await readFile(file, 'utf8'), file);
  if (loaded.ok) return loaded.flow;
  const text = `The flow has mistakes\n${loaded.errors.map(printFlowError).join('\n')}`;
  throw new ParleyError('flow.mistakes', {}, { text });
}
