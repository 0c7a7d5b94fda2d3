import { type Happening, isSpoken, itemInWords } from '../run/happenings.ts';
import { pathOf } from '../run/path.ts';
import type { VirtualCall } from '../run/virtual-call.ts';
import { diffOf, type Found, wrongVars } from './findings.ts';
import { ms } from './load.ts';
import { contains, listOf } from './matching.ts';
import type { Outcome } from './shape.ts';

/** Everything about a finished call that is not as its case says. */
export function judge(expected: Outcome, call: VirtualCall, startedAt: number): Found[] {
  const { happenings, state } = call;
  return [
    wrongPath(expected.path, happenings, call.flow.name),
    wrongVars(expected.vars, state.vars),
    wrongEnd(expected.ended, happenings),
    ...forbiddenEnds(expected.notEnded, happenings),
    expected.speaks && !happenings.some(isSpoken) ? { text: 'The caller hears nothing at all' } : undefined,
    ...wrongWords(expected, happenings),
    wrongList('tags', expected.tags && lines(expected.tags), lines(tagsOf(happenings, expected.tags))),
    wrongList(
      'events',
      expected.events,
      happenings.flatMap((one) => (one.what === 'milestone' ? [one.name] : [])),
    ),
    wrongList(
      'recording',
      expected.recorded,
      happenings.flatMap((one) => (one.what === 'recorded' ? [one.order] : [])),
    ),
    wrongList('requests', expected.asked, happenings.flatMap(requestIn)),
    expected.language === undefined || expected.language === state.language
      ? undefined
      : { text: `The language of the call is ${state.language}, not ${expected.language}` },
    notReached(expected.reached, happenings, startedAt),
    tooLong(ms(expected.atMost), call.now - startedAt),
  ].filter((found) => found !== undefined);
}

/** Each item of the path may say as much as it wants: `step`, `step:exit`, `flow/step`. */
function wrongPath(
  expected: readonly string[] | undefined,
  happenings: readonly Happening[],
  flow: string,
): Found | undefined {
  if (expected === undefined) return undefined;
  const actual = pathOf(happenings, flow).map((visit, index) => {
    const wanted = expected[index] ?? '';
    const name = wanted.includes('/') || visit.flow !== undefined ? `${visit.flow ?? flow}/${visit.step}` : visit.step;
    return wanted.includes(':') ? `${name}:${visit.exit ?? ''}` : name;
  });
  return wrongList('path', expected, actual);
}

function wrongEnd(expected: string | undefined, happenings: readonly Happening[]): Found | undefined {
  const end = happenings.find((one) => one.what === 'ended');
  if (expected === undefined || end?.reason === expected || end?.cause === expected) return undefined;
  return { text: `The call ended with ${end?.reason ?? 'nothing'}, not with ${expected}` };
}

function forbiddenEnds(ends: readonly string[] = [], happenings: readonly Happening[]): Found[] {
  const end = happenings.find((one) => one.what === 'ended');
  return end && ends.includes(end.reason) ? [{ text: `The call ended with ${end.reason}` }] : [];
}

function wrongWords({ said, notSaid }: Outcome, happenings: readonly Happening[]): Found[] {
  const texts = happenings.flatMap((one) => (one.what === 'said' ? [itemInWords(one.item)] : []));
  const found: Found[] = [];
  let from = 0;
  for (const part of listOf(said)) {
    const at = texts.findIndex((text, index) => index >= from && contains(text, part));
    if (at < 0) {
      found.push({
        text: `“${part}” was not said${from === 0 ? '' : ' after what stands before it'}`,
        diff: texts.map((text) => `+ ${text}`),
      });
      break;
    }
    from = at + 1;
  }
  for (const part of listOf(notSaid)) {
    const text = texts.find((one) => contains(one, part));
    if (text !== undefined) found.push({ text: `“${part}” was said: ${text}` });
  }
  return found;
}

/** Only the tags that the case names are compared. */
function tagsOf(
  happenings: readonly Happening[],
  expected: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const all: Record<string, string> = {};
  for (const one of happenings) if (one.what === 'tagged') Object.assign(all, one.tags);
  return Object.fromEntries(Object.entries(all).filter(([name]) => Object.hasOwn(expected, name)));
}

function lines(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

function requestIn(one: Happening): string[] {
  if (one.what !== 'asked') return [];
  const { method, service, path } = one.effect;
  return [`${method} ${service}${path}`];
}

function wrongList(
  what: string,
  expected: readonly string[] | undefined,
  actual: readonly string[],
): Found | undefined {
  if (expected === undefined) return undefined;
  if (expected.length === actual.length && expected.every((item, index) => item === actual[index])) return undefined;
  return { text: `Another ${what} than expected`, diff: diffOf(expected, actual) };
}

function notReached(
  expected: Outcome['reached'],
  happenings: readonly Happening[],
  startedAt: number,
): Found | undefined {
  if (expected === undefined) return undefined;
  const { queue, transfer, voicemail, step } = expected;
  const there = happenings.find(
    (one) =>
      (one.what === 'queued' && one.effect.queue === queue) ||
      (one.what === 'transferred' && one.to === transfer) ||
      (one.what === 'voicemail' && one.box === voicemail) ||
      (one.what === 'entered' && one.step === step),
  );
  const where = queue ?? transfer ?? voicemail ?? step ?? 'there';
  if (!there) return { text: `The caller never got to ${where}` };
  const tookMs = there.at - startedAt;
  return tookMs <= (ms(expected.within) ?? 0)
    ? undefined
    : { text: `The caller got to ${where} after ${(tookMs / 1_000).toFixed(1)} s, not within ${expected.within}` };
}

function tooLong(mostMs: number | undefined, tookMs: number): Found | undefined {
  if (mostMs === undefined || tookMs <= mostMs) return undefined;
  return { text: `The call lasted ${(tookMs / 1_000).toFixed(1)} s, longer than ${mostMs / 1_000} s` };
}
