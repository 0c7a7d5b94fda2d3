import type { Day } from './forms.ts';

/** The day in `2026-11-28`, alone or before a time, as it is written: no zone moves it. Undefined when there is no such day. */
export function readDay(text: string): Day | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}\S*)?$/.exec(text.trim());
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number);
  const real = new Date(Date.UTC(2000, 0, 1));
  real.setUTCFullYear(year, month - 1, day);
  return real.getUTCMonth() === month - 1 && real.getUTCDate() === day ? { year, month, day } : undefined;
}

/** The minute of the day in `18:30` or `18:30:15`, alone or behind a date, as it is written. Undefined when there is no such time. */
export function readMinute(text: string): number | undefined {
  const found = /^(?:\d{4}-\d{2}-\d{2}[T ])?(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$/.exec(
    text.trim(),
  );
  const [hour = 99, minute = 99] = found?.slice(1).map(Number) ?? [];
  if (minute > 59 || hour * 60 + minute > 1_440) return undefined;
  return hour * 60 + minute;
}

/** 0 is Monday. */
export function weekdayOf({ year, month, day }: Day): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return (date.getUTCDay() + 6) % 7;
}
