import { parseAddress } from '../../../src/sip/wire/address.ts';
import { getHeader, getHeaders } from '../../../src/sip/wire/headers.ts';
import type { SipMessage } from '../../../src/sip/wire/message.ts';
import { parseMessage } from '../../../src/sip/wire/parse.ts';
import { parseVia } from '../../../src/sip/wire/via.ts';
import type { TraceValues } from './values.ts';

const STAND_IN = 'Via: SIP/2.0/UDP stand-in.invalid';

/** Something the server did otherwise than the trace says. `what` is the same in every run, `detail` is for the reader. */
export interface Difference {
  what: string;
  detail: string;
}

/** Reads a message of the server's. An echo of what is not on its way yet may be without Via. */
export function readSip(text: string): SipMessage {
  const lineEnd = text.indexOf('\r\n') + 2;
  const hasVia = /^via:/im.test(text);
  const whole = hasVia ? text : `${text.slice(0, lineEnd)}${STAND_IN}\r\n${text.slice(lineEnd)}`;
  const result = parseMessage(Buffer.from(whole));
  if (!result.ok) throw new Error(`${result.reason}: ${text}`);
  const { message } = result;
  return hasVia ? message : { ...message, headers: message.headers.filter(({ key }) => key !== 'via') };
}

/** `INVITE`, or `200 INVITE` for an answer to one. */
export function nameOf(message: SipMessage): string {
  return message.type === 'request' ? message.method : `${message.status} ${methodOf(message)}`;
}

function methodOf(message: SipMessage): string {
  return getHeader(message, 'cseq')?.split(/\s+/)[1] ?? '';
}

/** True when the run's message takes the place of the trace's: same request, or an answer of the same kind to it. */
export function sameKind(values: TraceValues, expected: SipMessage, actual: SipMessage): boolean {
  if (!values.couldMeet(getHeader(expected, 'call-id') ?? '', getHeader(actual, 'call-id') ?? '')) return false;
  if (expected.type === 'request') return actual.type === 'request' && actual.method === expected.method;
  if (actual.type === 'request' || methodOf(actual) !== methodOf(expected)) return false;
  return actual.status < 200 === expected.status < 200;
}

/** All differences between a message of the trace and the run's in its place. */
export function compareSip(values: TraceValues, where: string, expected: SipMessage, actual: SipMessage): Difference[] {
  const name = `${where} ${nameOf(expected)}`;
  const found: Difference[] = [];
  const differ = (what: string, detail: string): void => {
    found.push({ what: `${name}: ${what}`, detail });
  };
  if (nameOf(expected) !== nameOf(actual)) differ(nameOf(actual), '');
  if (expected.type === 'request' && actual.type === 'request' && values.live(expected.uri) !== actual.uri) {
    differ('uri', `${values.live(expected.uri)} / ${actual.uri}`);
  }
  const keys = new Set([...expected.headers, ...actual.headers].map(({ key }) => key));
  keys.delete('content-length');
  for (const key of keys) {
    const [wanted, got] = [getHeaders(expected, key), getHeaders(actual, key)];
    if (got.length === 0) differ(`-${key}`, wanted.join());
    else if (wanted.length === 0) differ(`+${key}`, got.join());
    else if (!sameValues(values, expected, key, wanted, got)) differ(key, `${wanted.join()} / ${got.join()}`);
  }
  if (values.live(expected.body.toString()) !== actual.body.toString()) differ('body', actual.body.toString());
  return found;
}

function sameValues(values: TraceValues, of: SipMessage, key: string, wanted: string[], got: string[]): boolean {
  if (wanted.length !== got.length) return false;
  const same = SAME[key] ?? sameText;
  return wanted.every((value, index) => same(values, value, got[index] ?? '', of));
}

type Same = (values: TraceValues, wanted: string, got: string, of: SipMessage) => boolean;

/** White space behind a comma means nothing. */
const sameText: Same = (values, wanted, got) => withoutGaps(values.live(wanted)) === withoutGaps(got);

function withoutGaps(text: string): string {
  return text.replace(/,\s+/g, ',');
}

const sameParty: Same = (values, wanted, got) => {
  const [a, b] = [parseAddress(wanted), parseAddress(got)];
  if (!a || !b) return false;
  const [tagA, tagB] = [a.params.get('tag'), b.params.get('tag')];
  if ((tagA === undefined) !== (tagB === undefined)) return false;
  if (tagA !== undefined && tagB !== undefined && !values.meet(tagA, tagB)) return false;
  return values.live(a.uri) === b.uri && a.displayName === b.displayName && a.params.size === b.params.size;
};

const sameVia: Same = (values, wanted, got) => {
  const [a, b] = [parseVia(wanted), parseVia(got)];
  if (!a || !b || a.transport !== b.transport || a.host !== b.host) return false;
  if (values.live(String(a.port)) !== String(b.port) || a.params.size !== b.params.size) return false;
  return [...a.params].every(([name, value]) => {
    const other = b.params.get(name);
    if (other === undefined) return false;
    return name === 'branch' ? values.meet(value, other) : values.live(value) === other;
  });
};

/** The scope of a message's sequence number: whoever makes the request counts for itself. */
export function cseqScope(callId: string, fromTag: string): string {
  return `cseq ${callId} ${fromTag}`;
}

const sameCseq: Same = (values, wanted, got, of) => {
  const [number, method] = wanted.split(/\s+/);
  const [otherNumber, otherMethod] = got.split(/\s+/);
  const fromTag = parseAddress(getHeader(of, 'from') ?? '')?.params.get('tag') ?? '';
  const scope = cseqScope(getHeader(of, 'call-id') ?? '', fromTag);
  return method === otherMethod && values.meetNumber(scope, Number(number), Number(otherNumber));
};

const SAME: Readonly<Record<string, Same>> = {
  via: sameVia,
  from: sameParty,
  to: sameParty,
  'call-id': (values, wanted, got) => values.meet(wanted, got),
  cseq: sameCseq,
  rseq: (values, wanted, got, of) => values.meetNumber(`rseq ${getHeader(of, 'call-id')}`, Number(wanted), Number(got)),
  rack: (values, wanted, got, of) => {
    const [rseq, ...invite] = wanted.split(/\s+/);
    const [otherRseq, ...otherInvite] = got.split(/\s+/);
    const rseqMeets = values.meetNumber(`rseq ${getHeader(of, 'call-id')}`, Number(rseq), Number(otherRseq));
    return rseqMeets && sameCseq(values, invite.join(' '), otherInvite.join(' '), of);
  },
};
