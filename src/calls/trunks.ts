import { z } from 'zod';
import { type FlowError, Mistakes } from '../flows/language/errors.ts';
import { tellIssues } from '../flows/language/issues.ts';
import { name } from '../flows/language/shapes.ts';
import { readYaml } from '../flows/language/source.ts';
import { type AddressRange, readRange } from './address-range.ts';

/** Who may call in: a carrier or a device of one's own, known by where its calls come from. */
export interface Trunk {
  trunk: string;
  from: readonly AddressRange[];
}

const shape = z.strictObject({
  version: z.literal(1).optional(),
  trunks: z.record(name, z.strictObject({ from: z.array(z.string().min(1).max(60)).min(1).max(1_000) })),
});

export type LoadedTrunks = { ok: true; trunks: readonly Trunk[] } | { ok: false; errors: FlowError[] };

/** Reads `trunks.yaml`. All mistakes are told with their places; nothing is thrown. */
export function loadTrunks(text: string, file: string): LoadedTrunks {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  const parsed = source && shape.safeParse(source.value);
  if (source && parsed && !parsed.success)
    tellIssues(parsed.error.issues, [], source, mistakes, ['version', 'trunks', 'from']);
  if (!source || !parsed?.success) return { ok: false, errors: mistakes.list() };
  const trunks = Object.entries(parsed.data.trunks).map(([trunk, { from }]): Trunk => {
    const ranges = from.map((written, index) => {
      const range = readRange(written);
      const place = source.place(['trunks', trunk, 'from', index]);
      if (!range) mistakes.add('value.wrong', place, `${written} is no address or range`, 'such as 203.0.113.0/24');
      return range;
    });
    return { trunk, from: ranges.filter((range) => range !== undefined) };
  });
  return mistakes.any ? { ok: false, errors: mistakes.list() } : { ok: true, trunks };
}

/** The trunk that calls from this address belong to. */
export function trunkOf(trunks: readonly Trunk[], address: string): string | undefined {
  return trunks.find(({ from }) => from.some((range) => range.has(address)))?.trunk;
}
