import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { printFlowError } from '../flows/language/errors.ts';
import { beginningOf, type Wish } from '../flows/simulate/beginning.ts';
import { Session } from '../flows/simulate/session.ts';
import { Simulation } from '../flows/simulate/simulation.ts';
import { loadTests, type TestCase } from '../flows/test/load.ts';
import { withParams } from '../flows/test/run-case.ts';
import { fakes } from '../flows/test/shape.ts';
import { ParleyError } from '../shared/errors.ts';
import { openFlow } from './open-flow.ts';

const OPTIONS = {
  from: { type: 'string' },
  to: { type: 'string' },
  language: { type: 'string' },
  at: { type: 'string' },
  seed: { type: 'string' },
  fake: { type: 'string' },
  case: { type: 'string' },
  script: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/**
 * `parley flow simulate FILE|NAME [--from NUMBER] [--to NUMBER] [--language TAG] [--at TIME] [--seed N] [--fake YAML]
 * [--case FILE#NAME] [--script FILE|-] [--json]`: a call in the terminal. Status 0: the call ended; 1: by a mistake of its flow, or never.
 */
export async function simulateCommand(args: string[]): Promise<number> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  const [given] = positionals;
  if (given === undefined || positionals.length > 1) throw new Error('say one flow, by its file or its name');
  const { flow } = await openFlow(given);
  const base = values.case === undefined ? undefined : await caseOf(values.case, flow.name);
  const begun = beginningOf(flow.name, wishOf(values), base);
  if (!begun.ok) throw new Error(begun.errors.map(printFlowError).join('\n'));
  const { init, params, fakes: world } = begun.beginning;
  const simulation = new Simulation(withParams(flow, params), init, world);
  const input = values.script === undefined || values.script === '-' ? process.stdin : createReadStream(values.script);
  const interactive = values.script === undefined && process.stdin.isTTY === true;
  const write = (line: string) => process.stdout.write(`${line}\n`);
  const session = new Session(simulation, { json: values.json, interactive, write });
  session.begin();
  return interactive ? converse(session, simulation) : play(session, input);
}

/** A script: all lines, and after them a silent caller. */
async function play(session: Session, input: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
    if (!session.line(line)) return session.conclude();
  return session.finish();
}

/** A person: until the call is over, or they have enough. What is typed while digits are secret is not shown. */
async function converse(session: Session, simulation: Simulation): Promise<number> {
  let muted = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted) process.stdout.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const ask = () => {
    lines.setPrompt(session.isSecret ? 'secret> ' : '> ');
    lines.prompt();
    muted = session.isSecret;
  };
  ask();
  for await (const line of lines) {
    if (muted) process.stdout.write('\n');
    muted = false;
    if (!session.line(line) || simulation.call.isOver || simulation.brokenBy !== undefined) break;
    ask();
  }
  lines.close();
  return session.conclude();
}

function wishOf(values: { [K in 'from' | 'to' | 'language' | 'at' | 'seed' | 'fake']?: string }): Wish {
  const { from, to, language, at, seed, fake } = values;
  if (seed !== undefined && !/^\d{1,10}$/.test(seed)) throw new Error('a seed is a whole number');
  const caller = { ...(from !== undefined && { from }), ...(language !== undefined && { language }) };
  return {
    ...(Object.keys(caller).length > 0 && { caller }),
    ...(to !== undefined && { called: to }),
    ...(at !== undefined && { at }),
    ...(seed !== undefined && { seed: Number(seed) }),
    ...(fake !== undefined && { fake: readFakes(fake) }),
  };
}

/** Fakes as they stand in a test file, in one argument: `{ queue: { support: { outcome: full } } }`. */
function readFakes(text: string): NonNullable<Wish['fake']> {
  const read = fakes.safeParse(parse(text, { maxAliasCount: 10 }));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Error(`--fake: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'cannot be read'}`);
}

async function caseOf(given: string, flow: string): Promise<TestCase> {
  const at = given.indexOf('#');
  const [file, name] = at < 0 ? [given, ''] : [given.slice(0, at), given.slice(at + 1)];
  const loaded = loadTests(await readFile(file, 'utf8'), file);
  if (!loaded.ok) throw new Error(loaded.errors.map(printFlowError).join('\n'));
  const { tests } = loaded;
  if (tests.flow !== flow) throw refused(`${file} holds tests of ${tests.flow}, not of ${flow}`);
  const found = tests.cases.filter((one) => one.name === name);
  const [one] = found.length > 0 ? found : tests.cases.filter((each) => each.name.includes(name));
  if (one) return one;
  throw refused(`${file} has no case "${name}"`);
}

function refused(text: string): ParleyError {
  return new ParleyError('flow.refused', {}, { text });
}
