import type { SrfMessage } from './srf-face.ts';

/** What an INVITE says about the call, in our words. */
export interface InviteFacts {
  callerNumber: string;
  callerName?: string;
  calledNumber: string;
  sipCallId: string;
  address: string;
  /** Absent when the INVITE has no body and wants our offer; empty when its body is none. */
  offer?: string;
}

const NAME_LIMIT = 100;
const NUMBER_LIMIT = 64;

/** Reads an INVITE. Whatever is missing or odd in it becomes empty; who may call and whom is decided elsewhere. */
export function readInvite(request: SrfMessage): InviteFacts {
  const from = request.get('From') ?? '';
  const asserted = request.get('P-Asserted-Identity');
  const callerNumber = isWithheld(request, from) ? 'anonymous' : numberIn(asserted ?? from) || 'anonymous';
  const callerName = callerNumber === 'anonymous' ? '' : displayName(asserted ?? from);
  return {
    callerNumber,
    ...(callerName !== '' && callerName !== callerNumber && { callerName }),
    calledNumber: numberIn(request.uri),
    sipCallId: request.get('Call-ID') ?? '',
    address: request.source_address,
    ...(hasBody(request) && { offer: sdpOf(request) }),
  };
}

/** RFC 3323: the caller asks for privacy, or the name of a nobody stands in place of theirs. */
function isWithheld(request: SrfMessage, from: string): boolean {
  const privacy = (request.get('Privacy') ?? '').toLowerCase();
  return /\b(id|user)\b/.test(privacy) || /@anonymous\.invalid\b/i.test(from);
}

/** The user part of the first SIP or tel URI in the text; of a number, without the signs people write for their eyes. */
function numberIn(text: string): string {
  const [, scheme = '', rest = ''] = /(sips?|tel):([^@;?>\s]*)/i.exec(text) ?? [];
  // A SIP URI without a user names a host, which is no number.
  if (scheme.toLowerCase() !== 'tel' && !new RegExp(`${scheme}:[^@>\\s]*@`, 'i').test(text)) return '';
  const user = unescaped(rest).slice(0, NUMBER_LIMIT);
  return /^\+?[0-9*#().\- ]+$/.test(user) ? user.replace(/[().\- ]/g, '') : user;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function displayName(text: string): string {
  const [, quoted, plain] = /^\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*</.exec(text) ?? [];
  return (quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '').trim().slice(0, NAME_LIMIT);
}

export function hasBody(request: SrfMessage): boolean {
  return (request.body ?? '').trim() !== '';
}

/** Whether the sender names this extension (RFC 3261 section 19.2). */
export function hasOption(request: SrfMessage, header: 'Supported' | 'Require', option: string): boolean {
  const names = (request.get(header) ?? '').toLowerCase().split(',');
  return names.some((name) => name.trim() === option);
}

/** The session description, alone or as one part of several; empty without one. */
export function sdpOf(request: SrfMessage): string {
  const body = request.body ?? '';
  const type = (request.get('Content-Type') ?? 'application/sdp').toLowerCase();
  if (type.startsWith('application/sdp')) return body;
  const boundary = /boundary="?([^";]+)"?/i.exec(request.get('Content-Type') ?? '')?.[1];
  if (!type.startsWith('multipart/') || boundary === undefined) return '';
  const part = body.split(`--${boundary}`).find((one) => /^content-type:\s*application\/sdp/im.test(one));
  return (
    part
      ?.split(/\r?\n\r?\n/)
      .slice(1)
      .join('\r\n\r\n')
      .trim()
      .concat('\r\n') ?? ''
  );
}

/** The key in a SIP INFO body: `Signal=5` with a length (application/dtmf-relay), or the bare key (application/dtmf). */
export function digitIn(body: string): string | undefined {
  const [, key] = /^\s*(?:signal\s*=\s*)?([0-9A-D*#])\s*(?:$|[\r\n])/im.exec(body) ?? [];
  return key?.toUpperCase();
}
