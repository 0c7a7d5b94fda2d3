import { z } from 'zod';
import { type FlowError, Mistakes } from '../language/errors.ts';
import { tellIssues } from '../language/issues.ts';
import { language, name } from '../language/shapes.ts';
import { type Path, readYaml, type YamlSource } from '../language/source.ts';

/** Part of a day: minutes from midnight, by the wall clock. `to` beyond 1440 runs on into the next day. */
export interface Span {
  from: number;
  to: number;
}

/** Days with hours of their own. `month`, `day` without a year come back every year. */
export interface SpecialDays {
  from: DayOfYear;
  to: DayOfYear;
  /** Empty: closed all day. */
  open: Span[];
  name?: string | Record<string, string>;
}

export interface DayOfYear {
  year?: number;
  month: number;
  day: number;
}

export interface Calendar {
  name: string;
  timeZone: string;
  /** Monday is 0. */
  weekly: [Span[], Span[], Span[], Span[], Span[], Span[], Span[]];
  special: SpecialDays[];
}

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const spanText = z.string().regex(/^\d{2}:\d{2}-\d{2}:\d{2}$/, 'a time such as 09:00-18:00');
const spans = z.union([spanText, z.literal('closed'), z.array(spanText).max(10)]);
const dayText = z.string().regex(/^(\d{4}-)?\d{2}-\d{2}$/, 'a day such as 2026-12-25, or 12-25 for every year');

const shape = z.strictObject({
  calendar: name,
  version: z.literal(1),
  timeZone: z.string().min(1).max(64),
  weekly: z.strictObject(
    Object.fromEntries(WEEKDAYS.map((day) => [day, spans.optional()])) as Record<
      (typeof WEEKDAYS)[number],
      z.ZodOptional<typeof spans>
    >,
  ),
  holidays: z
    .array(
      z.strictObject({
        date: dayText.optional(),
        from: dayText.optional(),
        to: dayText.optional(),
        open: spans.optional(),
        name: z.union([z.string().min(1).max(200), z.record(language, z.string().min(1).max(200))]).optional(),
      }),
    )
    .max(1_000)
    .optional(),
});
type Source = z.infer<typeof shape>;

const KEYS = [
  'calendar',
  'version',
  'timeZone',
  'weekly',
  'holidays',
  'date',
  'from',
  'to',
  'open',
  'name',
  ...WEEKDAYS,
];

export type LoadedCalendar = { ok: true; calendar: Calendar } | { ok: false; errors: FlowError[] };

/** Reads a calendar file. All mistakes are told; nothing is thrown. */
export function loadCalendar(text: string, file: string): LoadedCalendar {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  if (!source) return { ok: false, errors: mistakes.list() };
  const parsed = shape.safeParse(source.value);
  if (!parsed.success) tellIssues(parsed.error.issues, [], source, mistakes, KEYS);
  const calendar = parsed.success ? build(parsed.data, source, mistakes) : undefined;
  return calendar && !mistakes.any ? { ok: true, calendar } : { ok: false, errors: mistakes.list() };
}

function build(data: Source, source: YamlSource, mistakes: Mistakes): Calendar {
  if (!isTimeZone(data.timeZone))
    mistakes.add(
      'value.wrong',
      source.place(['timeZone']),
      `There is no time zone ${data.timeZone}`,
      'such as Europe/Berlin',
    );
  const read = (written: z.infer<typeof spans> | undefined, path: Path) => readSpans(written, path, source, mistakes);
  const [mon, tue, wed, thu, fri, sat, sun] = WEEKDAYS.map((day) => read(data.weekly[day], ['weekly', day]));
  return {
    name: data.calendar,
    timeZone: data.timeZone,
    weekly: [mon ?? [], tue ?? [], wed ?? [], thu ?? [], fri ?? [], sat ?? [], sun ?? []],
    special: (data.holidays ?? []).flatMap((written, index) => {
      const path = ['holidays', index];
      const days = readDays(written, path, source, mistakes);
      if (!days) return [];
      const named = written.name === undefined ? {} : { name: written.name };
      return [{ ...days, open: read(written.open, [...path, 'open']), ...named }];
    }),
  };
}

function readSpans(
  written: z.infer<typeof spans> | undefined,
  path: Path,
  source: YamlSource,
  mistakes: Mistakes,
): Span[] {
  if (written === undefined || written === 'closed') return [];
  const list = Array.isArray(written) ? written : [written];
  const read = list.map((text, index): Span => {
    const [, fromHour, fromMinute, toHour, toMinute] = /^(\d\d):(\d\d)-(\d\d):(\d\d)$/.exec(text) ?? [];
    const from = Number(fromHour) * 60 + Number(fromMinute);
    const to = Number(toHour) * 60 + Number(toMinute);
    const fine = from < 1_440 && to <= 1_440 && Number(fromMinute) < 60 && Number(toMinute) < 60 && from !== to;
    const place = source.place(Array.isArray(written) ? [...path, index] : path);
    if (!fine) mistakes.add('calendar.time', place, `${text} is no time of a day`, 'from 00:00 to 24:00');
    return { from, to: to < from ? to + 1_440 : to };
  });
  const ordered = [...read].sort((a, b) => a.from - b.from);
  if (ordered.some((span, index) => span.from < (ordered[index - 1]?.to ?? 0)))
    mistakes.add('calendar.time', source.place(path), 'The times of this day overlap');
  return ordered;
}

function readDays(
  written: { date?: string | undefined; from?: string | undefined; to?: string | undefined },
  path: Path,
  source: YamlSource,
  mistakes: Mistakes,
): { from: DayOfYear; to: DayOfYear } | undefined {
  const { date, from, to } = written;
  const whole = date !== undefined && from === undefined && to === undefined;
  if (!whole && (date !== undefined || from === undefined || to === undefined)) {
    mistakes.add('calendar.time', source.place(path), 'A holiday has either a date, or from and to');
    return undefined;
  }
  const first = readDay(date ?? from ?? '');
  const last = readDay(date ?? to ?? '');
  if (!first || !last) {
    mistakes.add('calendar.time', source.place(path), 'There is no such day');
    return undefined;
  }
  if ((first.year === undefined) !== (last.year === undefined) || order(first) > order(last)) {
    const hint = 'a range that passes the new year is written as two';
    mistakes.add('calendar.time', source.place(path), 'The last day has to come after the first', hint);
    return undefined;
  }
  return { from: first, to: last };
}

function readDay(text: string): DayOfYear | undefined {
  const [, year, month = '', day = ''] = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/.exec(text) ?? [];
  // A day of every year may be the 29th of February, so it is tried in a leap year.
  const tried = new Date(`${year ?? '2024'}-${month}-${day}T00:00:00Z`);
  if (Number.isNaN(tried.getTime()) || tried.getUTCDate() !== Number(day)) return undefined;
  return { ...(year === undefined ? {} : { year: Number(year) }), month: Number(month), day: Number(day) };
}

function order({ year = 0, month, day }: DayOfYear): number {
  return (year * 100 + month) * 100 + day;
}

/** Whether a day of a calendar year lies within special days. */
export function fallsOn(days: SpecialDays, on: Required<DayOfYear>): boolean {
  const at = order(days.from.year === undefined ? { month: on.month, day: on.day } : on);
  return at >= order(days.from) && at <= order(days.to);
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
