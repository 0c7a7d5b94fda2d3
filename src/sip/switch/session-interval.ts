import { readInterval, SHORTEST_SESSION_S } from '../../shared/session-interval.ts';
import { header } from '../messages/header-line.ts';
import { getHeader } from '../wire/headers.ts';
import type { HeaderLine, SipRequest } from '../wire/message.ts';
import type { Core } from './core.ts';

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
  return `${Math.max(SHORTEST_SESSION_S, asked.seconds)};refresher=${asked.refresher}`;
}
