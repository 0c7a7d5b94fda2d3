/** The value under a name that people choose: `constructor` and its like are no names of ours unless somebody put them there. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** A record of one entry. A literal with a computed key costs three times as much, and the flow engine makes many. */
export function entry<T>(name: string, value: T): Record<string, T> {
  const record: Record<string, T> = {};
  record[name] = value;
  return record;
}
