const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** So many seconds as days, hours, minutes and seconds, without those that are none; none at all is 0 seconds. */
export function partsOf(seconds: number): { unit: (typeof UNITS)[number][0]; count: number }[] {
  let rest = seconds;
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { unit, count };
  }).filter(({ count }) => count > 0);
  return parts.length > 0 ? parts : [{ unit: 'second', count: 0 }];
}
