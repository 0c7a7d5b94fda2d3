/** Reads a wall-clock time in a zone: `2026-03-29T10:00 Europe/Berlin`, or with `Z` for UTC; undefined when it is none. */
export function momentOf(text: string): number | undefined {
  const [, day, time, rest = ''] =
    /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(Z| [A-Za-z_]+(?:\/[A-Za-z_+-]+)*)?$/.exec(text) ?? [];
  if (day === undefined || time === undefined) return undefined;
  const wall = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== day) return undefined;
  const zone = rest.trim();
  if (zone === '' || zone === 'Z') return wall;
  try {
    // Twice: the first guess may lie on the other side of a change of the clock.
    const guess = wall - offsetAt(wall, zone);
    return wall - offsetAt(guess, zone);
  } catch {
    return undefined;
  }
}

/** Making a formatter costs a thousand times more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, made);
  return made;
}

/** How far the clocks of a zone are ahead of UTC at a moment, in ms. Throws for a zone that does not exist. */
function offsetAt(utc: number, timeZone: string): number {
  const parts = formatterOf(timeZone).formatToParts(utc);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const wall = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return wall - Math.floor(utc / 1_000) * 1_000;
}
