/** Something that wants to stand somewhere in its row. */
export interface Placed {
  width: number;
  /** Where its middle should be. */
  wanted: number;
  /** How much that counts beside the wishes of its neighbours. */
  weight: number;
}

/**
 * The middles of things in a row, in their order and `gap` apart at least, as near as can be to where they want to be: least squares
 * by pooling neighbours that get into each other's way (isotonic regression).
 */
export function placeRow(things: readonly Placed[], gap: number): number[] {
  const offsets: number[] = [];
  let offset = 0;
  for (const [index, { width }] of things.entries()) {
    const before = things[index - 1];
    if (before) offset += (before.width + width) / 2 + gap;
    offsets.push(offset);
  }
  const pools: { sum: number; weight: number; size: number }[] = [];
  for (const [index, { wanted, weight }] of things.entries()) {
    let pool = { sum: (wanted - (offsets[index] ?? 0)) * weight, weight, size: 1 };
    for (let last = pools.at(-1); last && last.sum / last.weight > pool.sum / pool.weight; last = pools.at(-1)) {
      pool = { sum: pool.sum + last.sum, weight: pool.weight + last.weight, size: pool.size + last.size };
      pools.pop();
    }
    pools.push(pool);
  }
  const starts = pools.flatMap(({ sum, weight, size }) => new Array<number>(size).fill(sum / weight));
  return starts.map((start, index) => start + (offsets[index] ?? 0));
}
