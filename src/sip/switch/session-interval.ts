import { header } from '../messages/header-line.ts';
import { getHeader } from '../wire/headers.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';
import type { Core } from './core.ts';

/** A Session-Expires value (RFC 4028 section 4). */
export interface SessionInterval {
  seconds: number;
  refresher: 'uac' | 'uas' | undefined;
}

/** RFC 4028 section 4: no shorter interval is ever to be used, in seconds. */
const FLOOR_SECONDS = 90;

export function readInterval(value: string | undefined): SessionInterval | undefined {
  const match = /^\s*(\d{1,9})\s*(;.*)?$/.exec(value ?? '');
  if (!match?.[1]) return undefined;
  const refresher = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(match[2] ?? '')?.[1]?.toLowerCase();
  return {
    seconds: Number(match[1]),
    refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined,
  };
}

/** Min-SE for an INVITE or UPDATE that asks for less than we take; undefined when there is nothing to refuse. */
export function intervalTooSmall(core: Core, request: SipRequest): HeaderLine[] | undefined {
  if (request.method !== 'INVITE' && request.method !== 'UPDATE') return undefined;
  const asked = readInterval(getHeader(request, 'session-expires'));
  if (!asked || asked.seconds >= core.sessionTimers.minSeconds) return undefined;
  return [header('Min-SE', String(core.sessionTimers.minSeconds))];
}

/**
 * The Session-Expires of our 2xx: the App's word if it gave one, else the caller's if the caller also says who
 * refreshes. A caller that leaves that open gets no session timer.
 */
export function answeredInterval(request: SipRequest, fromApp: string | undefined): string | undefined {
  if (fromApp !== undefined) return fromApp;
  if (request.method !== 'INVITE' && request.method !== 'UPDATE') return undefined;
  const asked = readInterval(getHeader(request, 'session-expires'));
  if (!asked?.refresher) return undefined;
  return `${Math.max(FLOOR_SECONDS, asked.seconds)};refresher=${asked.refresher}`;
}
