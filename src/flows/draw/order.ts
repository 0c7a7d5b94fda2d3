import type { Layers } from './layers.ts';

/** How often all rows are sorted; large drawings have to be content with less. */
const SWEEPS = { most: 24, least: 2, work: 60_000 } as const;

/**
 * The spots of each row from left to right: row by row, each spot goes to where its neighbours in the row before stand on average,
 * down and up again. Of all orders seen, the one with the fewest crossings is taken.
 */
export function orderOf(layers: Layers): number[][] {
  const { spots, down, beside } = layers;
  const above = neighbours(spots.length, down, 1);
  const below = neighbours(spots.length, down, 0);
  const near = [0, 1].map((end) => neighbours(spots.length, beside, end));
  let rows: number[][] = Array.from({ length: layers.rows }, () => []);
  for (const [spot, { row }] of spots.entries()) rows[row]?.push(spot);
  const place = new Array<number>(spots.length).fill(0);
  const settle = (row: readonly number[]) => {
    for (const [index, spot] of row.entries()) place[spot] = index;
  };
  rows.forEach(settle);
  let best = rows;
  let fewest = crossings(rows, below, place);
  const sweeps = Math.max(SWEEPS.least, Math.min(SWEEPS.most, Math.floor(SWEEPS.work / (spots.length + 1))));
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    const isDown = sweep % 2 === 0;
    const wanted = isDown ? above : below;
    const sorted = rows.map((row) => row);
    for (const index of isDown ? sorted.keys() : [...sorted.keys()].reverse()) {
      const row = sorted[index] ?? [];
      const middle = new Map(
        row.map((spot) => [
          spot,
          average([...(wanted[spot] ?? []), ...near.flatMap((ends) => ends[spot] ?? [])], place, spot),
        ]),
      );
      const next = [...row].sort(
        (a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0) || (place[a] ?? 0) - (place[b] ?? 0),
      );
      sorted[index] = next;
      settle(next);
    }
    rows = sorted;
    const now = crossings(rows, below, place);
    if (now < fewest) {
      fewest = now;
      best = rows;
    }
  }
  return best;
}

function neighbours(count: number, pairs: readonly (readonly [number, number])[], end: number): number[][] {
  const found: number[][] = Array.from({ length: count }, () => []);
  for (const pair of pairs) found[pair[end] ?? 0]?.push(pair[1 - end] ?? 0);
  return found;
}

function average(spots: readonly number[], place: readonly number[], own: number): number {
  if (spots.length === 0) return place[own] ?? 0;
  return spots.reduce((sum, spot) => sum + (place[spot] ?? 0), 0) / spots.length;
}

/** How many pairs of lines between neighbouring rows cross: inversions, counted in a tree of sums (Barth, Mutzel, Jünger 2004). */
function crossings(rows: readonly (readonly number[])[], below: readonly number[][], place: readonly number[]): number {
  let count = 0;
  for (const [index, row] of rows.entries()) {
    const width = rows[index + 1]?.length ?? 0;
    const sums = new Array<number>(width + 1).fill(0);
    let seen = 0;
    for (const spot of row) {
      const targets = (below[spot] ?? []).map((to) => place[to] ?? 0).sort((a, b) => a - b);
      for (const target of targets) {
        let atMost = 0;
        for (let at = target + 1; at > 0; at -= at & -at) atMost += sums[at] ?? 0;
        count += seen - atMost;
      }
      for (const target of targets) {
        seen += 1;
        for (let at = target + 1; at <= width; at += at & -at) sums[at] = (sums[at] ?? 0) + 1;
      }
    }
  }
  return count;
}
