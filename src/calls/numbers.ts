import { z } from 'zod';
import { type FlowError, Mistakes } from '../flows/language/errors.ts';
import { tellIssues } from '../flows/language/issues.ts';
import { language, name } from '../flows/language/shapes.ts';
import { readYaml } from '../flows/language/source.ts';

/** One number of ours and the flow that answers it. */
export interface NumberRoute {
  number: string;
  flow: string;
  /** Every caller gets the flow as it stands in the folder, published or not. */
  use?: 'draft';
  /** Callers who get it so, by their numbers. */
  testers: ReadonlySet<string>;
  /** The language the flow should begin in. */
  language?: string;
  title?: string;
  /** What is recorded: each talk with an agent, or the whole call from the answer on. */
  record: 'talk' | 'call';
}

const number = z.string().regex(/^\+?[0-9*#]{1,32}$/, 'a number in quotes, such as "1000" or "+4930123456"');
const testers = z.array(number).max(1_000);
const route = z.strictObject({
  flow: name,
  use: z.enum(['draft', 'live']).optional(),
  testers: testers.optional(),
  language: language.optional(),
  title: z.string().min(1).max(100).optional(),
  record: z.enum(['talk', 'call']).optional(),
});
const shape = z.strictObject({
  version: z.literal(1).optional(),
  testers: testers.optional(),
  numbers: z.record(number, z.union([name, route])),
});

const KEYS = ['version', 'testers', 'numbers', 'flow', 'use', 'language', 'title', 'record'];

export type LoadedNumbers =
  | { ok: true; numbers: ReadonlyMap<string, NumberRoute> }
  | { ok: false; errors: FlowError[] };

/** Reads `numbers.yaml`. All mistakes are told with their places; nothing is thrown. */
export function loadNumbers(text: string, file: string): LoadedNumbers {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  const parsed = source && shape.safeParse(source.value);
  if (source && parsed && !parsed.success) tellIssues(parsed.error.issues, [], source, mistakes, KEYS);
  if (!parsed?.success) return { ok: false, errors: mistakes.list() };
  const numbers = new Map<string, NumberRoute>();
  for (const [dialled, written] of Object.entries(parsed.data.numbers)) {
    // YAML reads 012 without quotes as the number 12, and nobody would ever reach it.
    if (typeof source?.writtenKey(['numbers', dialled]) !== 'string') {
      mistakes.add(
        'digits.quoted',
        source?.keyPlace(['numbers', dialled]) ?? { line: 1, column: 1 },
        'Write numbers in quotes',
      );
    }
    const asRoute: z.infer<typeof route> = typeof written === 'string' ? { flow: written } : written;
    const { flow, use, language: wish, title, record = 'talk' } = asRoute;
    numbers.set(dialled, {
      number: dialled,
      flow,
      record,
      testers: new Set([...(parsed.data.testers ?? []), ...(asRoute.testers ?? [])]),
      ...(use === 'draft' && { use }),
      ...(wish === undefined ? {} : { language: wish }),
      ...(title === undefined ? {} : { title }),
    });
  }
  return mistakes.any ? { ok: false, errors: mistakes.list() } : { ok: true, numbers };
}
