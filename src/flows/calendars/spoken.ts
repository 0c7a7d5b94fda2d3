import { chinese } from '../spoken/chinese.ts';
import { english, listed } from '../spoken/english.ts';
import type { SpokenForms } from '../spoken/forms.ts';
import { spokenForms } from '../spoken/functions.ts';
import type { Calendar, Span } from './calendar.ts';

/** How one language tells opening hours. */
interface Telling {
  forms: SpokenForms;
  /** `from` and `to` are names of days, with others in between. */
  range(from: string, to: string): string;
  /** Two neighbouring days. */
  both(one: string, other: string): string;
  span(from: string, to: string): string;
  allDay: string;
  group(days: string, hours: readonly string[]): string;
  whole(groups: readonly string[], closed: readonly string[]): string;
  never: string;
}

const englishWeek: Telling = {
  forms: english,
  range: (from, to) => `${from} to ${to}`,
  both: (one, other) => listed([one, other]),
  span: (from, to) => `from ${from} to ${to}`,
  allDay: 'all day',
  group: (days, hours) => `${days}, ${hours.join(' and ')}`,
  whole: (groups, closed) => {
    const off = closed.length === 0 ? '' : ` We are closed on ${listed(closed)}.`;
    return `We are open ${groups.join('; ')}.${off}`;
  },
  never: 'We are closed at the moment.',
};

const chineseWeek: Telling = {
  forms: chinese,
  range: (from, to) => `${from}到${to}`,
  both: (one, other) => `${one}和${other}`,
  span: (from, to) => `${from}到${to}`,
  allDay: '全天',
  group: (days, hours) => `${days}，${hours.join('，')}`,
  whole: (groups, closed) => {
    const off = closed.length === 0 ? '' : `${closed.join('、')}休息。`;
    return `我们的服务时间是：${groups.join('；')}。${off}`;
  },
  never: '我们目前不对外服务。',
};

/** The week of a calendar in words. Languages other than Chinese are told in English. */
export function spokenHours(calendar: Calendar, language: string): string {
  const telling = spokenForms(language) === chinese ? chineseWeek : englishWeek;
  const runs = sameDays(calendar.weekly);
  const groups = runs.filter(({ spans }) => spans.length > 0).map((run) => group(run, telling));
  if (groups.length === 0) return telling.never;
  const closed = runs.filter(({ spans }) => spans.length === 0).map((run) => days(run, telling));
  return telling.whole(groups, closed);
}

interface Run {
  first: number;
  last: number;
  spans: readonly Span[];
}

/** Neighbouring days with the same hours, told in one breath. */
function sameDays(weekly: readonly (readonly Span[])[]): Run[] {
  const runs: Run[] = [];
  for (const [index, spans] of weekly.entries()) {
    const last = runs.at(-1);
    if (last && JSON.stringify(last.spans) === JSON.stringify(spans)) last.last = index;
    else runs.push({ first: index, last: index, spans });
  }
  return runs;
}

function group(run: Run, telling: Telling): string {
  const hours = run.spans.map(({ from, to }) => {
    if (from === 0 && to === 1_440) return telling.allDay;
    return telling.span(telling.forms.time(from), telling.forms.time(to > 1_440 ? to - 1_440 : to));
  });
  return telling.group(days(run, telling), hours);
}

function days({ first, last }: Run, telling: Telling): string {
  const from = telling.forms.weekdays[first] ?? '';
  const to = telling.forms.weekdays[last] ?? '';
  if (first === last) return from;
  return last === first + 1 ? telling.both(from, to) : telling.range(from, to);
}
