import { z } from 'zod';
import { type FlowError, Mistakes } from '../flows/language/errors.ts';
import { tellIssues } from '../flows/language/issues.ts';
import { name } from '../flows/language/shapes.ts';
import { readYaml, type YamlSource } from '../flows/language/source.ts';
import { type AddressRange, readRange } from './address-range.ts';
import { OUT_KEYS, outShape, permits, readOut, type TrunkOut } from './trunk-out.ts';

/** A carrier or a device of one's own: who may call in, known by where its calls come from, and how calls go out to it. */
export interface Trunk {
  trunk: string;
  from: readonly AddressRange[];
  /** Absent: nobody is called by it. */
  out?: TrunkOut;
}

const shape = z.strictObject({
  version: z.literal(1).optional(),
  trunks: z.record(
    name,
    z.strictObject({ from: z.array(z.string().min(1).max(60)).min(1).max(1_000).optional(), ...outShape }),
  ),
});

const KEYS = ['version', 'trunks', 'from', ...OUT_KEYS];

export type LoadedTrunks = { ok: true; trunks: readonly Trunk[] } | { ok: false; errors: FlowError[] };

/** Reads `trunks.yaml`. All mistakes are told with their places; nothing is thrown. */
export function loadTrunks(text: string, file: string): LoadedTrunks {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  const parsed = source && shape.safeParse(source.value);
  if (source && parsed && !parsed.success) tellIssues(parsed.error.issues, [], source, mistakes, KEYS);
  if (!source || !parsed?.success) return { ok: false, errors: mistakes.list() };
  const trunks = Object.entries(parsed.data.trunks).map(([trunk, { from, ...written }]): Trunk => {
    const path = ['trunks', trunk];
    if (from === undefined && written.to === undefined)
      mistakes.add(
        'value.wrong',
        source.keyPlace(path),
        'A trunk says who calls in ("from"), where calls go ("to"), or both',
      );
    const out = readOut(written, source, path, mistakes);
    return { trunk, from: readRanges(from ?? [], source, trunk, mistakes), ...(out && { out }) };
  });
  return mistakes.any ? { ok: false, errors: mistakes.list() } : { ok: true, trunks };
}

function readRanges(from: readonly string[], source: YamlSource, trunk: string, mistakes: Mistakes): AddressRange[] {
  const ranges = from.map((written, index) => {
    const range = readRange(written);
    const place = source.place(['trunks', trunk, 'from', index]);
    if (!range) mistakes.add('value.wrong', place, `${written} is no address or range`, 'such as 203.0.113.0/24');
    return range;
  });
  return ranges.filter((range) => range !== undefined);
}

/** The trunk that calls from this address belong to. */
export function trunkOf(trunks: readonly Trunk[], address: string): string | undefined {
  return trunks.find(({ from }) => from.some((range) => range.has(address)))?.trunk;
}

/** The trunk by which a number may be called: the one that names it most exactly, of equals the first. */
export function wayOut(trunks: readonly Trunk[], number: string): { trunk: string; out: TrunkOut } | undefined {
  let best: { trunk: string; out: TrunkOut } | undefined;
  let most = 0;
  for (const { trunk, out } of trunks) {
    const exactness = out ? permits(out.dial, number) : 0;
    if (!out || exactness <= most) continue;
    most = exactness;
    best = { trunk, out };
  }
  return best;
}
