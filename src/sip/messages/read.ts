import { getHeader } from '../wire/headers.ts';
import type { SipMessage } from '../wire/message.ts';
import { tagOf, uriOf } from './tags.ts';

/** CSeq as number and method; the wire layer has checked its form. */
export function cseqOf(message: SipMessage): { number: number; method: string } {
  const value = getHeader(message, 'cseq') ?? '';
  const space = value.search(/\s/);
  return { number: Number.parseInt(value, 10), method: value.slice(space + 1).trim() };
}

export function callIdOf(message: SipMessage): string {
  return getHeader(message, 'call-id') ?? '';
}

export function fromOf(message: SipMessage): string {
  return getHeader(message, 'from') ?? '';
}

export function toOf(message: SipMessage): string {
  return getHeader(message, 'to') ?? '';
}

export function fromTagOf(message: SipMessage): string {
  return tagOf(fromOf(message));
}

export function toTagOf(message: SipMessage): string {
  return tagOf(toOf(message));
}

/** The URI of the (first) Contact, if there is one. */
export function contactUriOf(message: SipMessage): string | undefined {
  const value = getHeader(message, 'contact');
  if (value === undefined || value.trim() === '*') return undefined;
  return uriOf(firstOfList(value)) || undefined;
}

/** The first member of a comma list, quotes and brackets respected. */
function firstOfList(value: string): string {
  let quoted = false;
  let bracketed = false;
  for (let i = 0; i < value.length; i += 1) {
    const ch = value[i];
    if (ch === '\\' && quoted) i += 1;
    else if (ch === '"' && !bracketed) quoted = !quoted;
    else if (ch === '<' && !quoted) bracketed = true;
    else if (ch === '>' && !quoted) bracketed = false;
    else if (ch === ',' && !quoted && !bracketed) return value.slice(0, i);
  }
  return value;
}

/** True when one of the option tags of this header (`supported`, `require`) is the one asked for. */
export function hasOption(message: SipMessage, key: string, option: string): boolean {
  return message.headers.some(
    (line) => line.key === key && line.value.split(',').some((one) => one.trim().toLowerCase() === option),
  );
}

/** `<Call-ID>;from-tag=<tag>`: what Apps call the dialog that this request makes. */
export function dialogIdOf(callId: string, fromTag: string): string {
  return `${callId};from-tag=${fromTag}`;
}
