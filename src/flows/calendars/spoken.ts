import type { Calendar, Span } from './calendar.ts';

/** How one language tells opening hours. */
interface Telling {
  days: readonly string[];
  /** `from` and `to` are names of days. */
  range(from: string, to: string): string;
  time(minute: number): string;
  span(from: string, to: string): string;
  allDay: string;
  group(days: string, hours: readonly string[]): string;
  whole(groups: readonly string[], closed: readonly string[]): string;
  never: string;
}

const english: Telling = {
  days: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],
  range: (from, to) => `${from} to ${to}`,
  time: (minute) => {
    if (minute === 0 || minute === 1_440) return 'midnight';
    if (minute === 720) return 'noon';
    const hour = Math.floor(minute / 60);
    const rest = minute % 60;
    const half = hour < 12 ? 'AM' : 'PM';
    const minutes = rest === 0 ? '' : rest < 10 ? ` oh ${rest}` : ` ${rest}`;
    return `${((hour + 11) % 12) + 1}${minutes} ${half}`;
  },
  span: (from, to) => `from ${from} to ${to}`,
  allDay: 'all day',
  group: (days, hours) => `${days}, ${hours.join(' and ')}`,
  whole: (groups, closed) => {
    const off = closed.length === 0 ? '' : ` We are closed on ${listed(closed, ' and ')}.`;
    return `We are open ${groups.join('; ')}.${off}`;
  },
  never: 'We are closed at the moment.',
};

const mandarin: Telling = {
  days: ['星期一', '星期二', '星期三', '星期四', '星期五', '星期六', '星期日'],
  range: (from, to) => `${from}到${to}`,
  time: (minute) => {
    const hour = Math.floor(minute / 60);
    const rest = minute % 60;
    if (minute === 1_440) return '午夜12点';
    const part = hour < 6 ? '凌晨' : hour < 12 ? '上午' : hour < 13 ? '中午' : hour < 19 ? '下午' : '晚上';
    const spoken = hour > 12 ? hour - 12 : hour;
    return `${part}${spoken}点${rest === 0 ? '' : rest === 30 ? '半' : `${rest}分`}`;
  },
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
  const telling = /^(zh|cmn)\b/.test(language) ? mandarin : english;
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
    return telling.span(telling.time(from), telling.time(to > 1_440 ? to - 1_440 : to));
  });
  return telling.group(days(run, telling), hours);
}

function days({ first, last }: Run, telling: Telling): string {
  const from = telling.days[first] ?? '';
  return first === last ? from : telling.range(from, telling.days[last] ?? '');
}

function listed(words: readonly string[], and: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')}${and}${words.at(-1)}`;
}
