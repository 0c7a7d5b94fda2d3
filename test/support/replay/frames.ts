import { compareSip, type Difference, nameOf, readSip, sameKind } from './compare.ts';
import type { TraceValues } from './values.ts';

/** A payload from the server to an App, cut into its tokens and the SIP message behind them. */
export interface ServerFrame {
  tokens: string[];
  sip: string | undefined;
}

const TIME = /^\d\d:\d\d:\d\d\.\d{6}$/;

/** Where the tokens of a message's origin begin: behind `id|sip` or behind `id|response|<id>|OK`. */
const META_TOKENS = 6;

export function readFrame(payload: string): ServerFrame {
  const end = payload.indexOf('\r\n');
  return end < 0
    ? { tokens: payload.split('|'), sip: undefined }
    : { tokens: payload.slice(0, end).split('|'), sip: payload.slice(end + 2) };
}

/** True when the run's frame takes the place of the trace's: the answer to the same frame of the App, or the same message. */
export function sameFrame(values: TraceValues, expected: ServerFrame, actual: ServerFrame): boolean {
  if (expected.tokens[1] !== actual.tokens[1]) return false;
  if (expected.tokens[1] === 'response') return expected.tokens[2] === actual.tokens[2];
  return sameKind(values, readSip(expected.sip ?? ''), readSip(actual.sip ?? ''));
}

/** All differences between a frame of the trace and the run's in its place. */
export function compareFrames(values: TraceValues, expected: ServerFrame, actual: ServerFrame): Difference[] {
  const name = `to app: ${frameName(expected)}`;
  const found: Difference[] = [];
  if (expected.sip !== undefined && actual.sip !== undefined) {
    const kind = expected.tokens[1] === 'response' ? 'echo of' : 'to app:';
    found.push(...compareSip(values, kind, readSip(expected.sip), readSip(actual.sip)));
  } else if (expected.sip !== actual.sip) found.push({ what: `${name}: sip text`, detail: actual.tokens.join('|') });
  const differ = (what: string): void => {
    found.push({ what: `${name}: ${what}`, detail: `${expected.tokens.join('|')} / ${actual.tokens.join('|')}` });
  };
  if (expected.tokens[3] === 'OK' && actual.tokens[3] === 'OK' && expected.tokens[5]?.startsWith('v')) {
    if (!sameGreeting(values, expected.tokens, actual.tokens)) differ('greeting');
    return found;
  }
  if (expected.tokens.length !== actual.tokens.length) {
    differ(`${actual.tokens.slice(3, 5).join('|')} instead`);
    return found;
  }
  const metaAt = expected.tokens[1] === 'sip' ? 2 : 4;
  for (const [index, wanted] of expected.tokens.entries()) {
    const got = actual.tokens[index] ?? '';
    if (index === 0 || index === 2 + (metaAt - 4)) continue;
    if (!sameToken(values, wanted, got, expected.sip === undefined ? -1 : index - metaAt)) differ(`token ${index}`);
  }
  return found;
}

function frameName({ tokens, sip }: ServerFrame): string {
  if (sip !== undefined) return `${tokens[1]} ${nameOf(readSip(sip))}`;
  return tokens[1] === 'response' ? tokens.slice(3, 4).join() : (tokens[1] ?? '');
}

/** `place` counts from the origin tokens: 1 is the size, 5 the time, 6 the transaction. */
function sameToken(values: TraceValues, wanted: string, got: string, place: number): boolean {
  if (place === 1) return /^\d+$/.test(got) && (wanted === '0') === (got === '0');
  if (place === META_TOKENS - 1) return TIME.test(got);
  if (place === META_TOKENS && wanted !== 'unsolicited' && wanted !== '') return values.meet(wanted, got);
  return values.live(wanted) === got;
}

/** Host and ports in any order, a version that srf can read. */
function sameGreeting(values: TraceValues, wanted: string[], got: string[]): boolean {
  const sorted = (list: string | undefined): string => (list ?? '').split(',').sort().join();
  return (
    sorted(values.live(wanted[4] ?? '')) === sorted(got[4]) &&
    /^v\d+\.\d+\.\d+/.test(got[5] ?? '') &&
    sorted(values.live(wanted[6] ?? '')) === sorted(got[6])
  );
}
