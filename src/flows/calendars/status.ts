import { type Calendar, type DayOfYear, fallsOn, type Span } from './calendar.ts';

export type OpenStatus = 'open' | 'closed' | 'holiday';

interface LocalTime {
  day: Required<DayOfYear>;
  /** Monday is 0. */
  weekday: number;
  /** Minutes since midnight by the wall clock, so that 09:00 is 09:00 on the day of a clock change too. */
  minute: number;
}

/** Open, closed or on holiday at a moment (UTC ms). The first special day that fits goes before the week. */
export function statusAt(calendar: Calendar, at: number): OpenStatus {
  const now = localTime(calendar.timeZone, at);
  const today = spansOf(calendar, now);
  if (today.spans.some((span) => now.minute >= span.from && now.minute < span.to)) return 'open';
  const yesterday = spansOf(calendar, dayBefore(now));
  if (yesterday.spans.some((span) => now.minute + 1_440 < span.to)) return 'open';
  return today.special ? 'holiday' : 'closed';
}

function spansOf(
  calendar: Calendar,
  { day, weekday }: Pick<LocalTime, 'day' | 'weekday'>,
): { spans: Span[]; special: boolean } {
  const special = calendar.special.find((days) => fallsOn(days, day));
  return special ? { spans: special.open, special: true } : { spans: calendar.weekly[weekday] ?? [], special: false };
}

function dayBefore({ day, weekday }: LocalTime): Pick<LocalTime, 'day' | 'weekday'> {
  const before = new Date(Date.UTC(day.year, day.month - 1, day.day - 1));
  return {
    day: { year: before.getUTCFullYear(), month: before.getUTCMonth() + 1, day: before.getUTCDate() },
    weekday: (weekday + 6) % 7,
  };
}

/** Formatters by time zone: making one costs a thousand times more than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** What the clock of a zone showed last. Many calls come within a minute, and asking the formatter is most of what `hours` costs. */
const shown = new Map<string, { minute: number; local: LocalTime }>();
/** Before 1973 a few clocks were not whole minutes away from UTC. */
const WHOLE_MINUTES_SINCE = Date.UTC(1973, 0);

function localTime(timeZone: string, at: number): LocalTime {
  const minute = Math.floor(at / 60_000);
  const last = shown.get(timeZone);
  if (last?.minute === minute) return last.local;
  const local = readClock(timeZone, at);
  if (at >= WHOLE_MINUTES_SINCE) shown.set(timeZone, { minute, local });
  return local;
}

function readClock(timeZone: string, at: number): LocalTime {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formatters.set(timeZone, formatter);
  }
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of formatter.formatToParts(at)) parts[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
  return { day: { year, month, day }, weekday, minute: hour * 60 + minute };
}
