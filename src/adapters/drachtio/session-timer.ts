import { readInterval, type SessionInterval, SHORTEST_SESSION_S } from '../../shared/session-interval.ts';
import { hasOption } from './read-invite.ts';
import type { SrfMessage } from './srf-face.ts';

/**
 * Session timers (RFC 4028), as far as the app says something to them: what an INVITE or UPDATE asks for and what our answer
 * promises. The SIP server keeps the time, refreshes, and hangs up; a drachtio-server does the same.
 */

/** What an answer of 422 says, for a request that asks for too short an interval; undefined when it does not. */
export function tooShort(request: SrfMessage): Record<string, string> | undefined {
  const asked = askedFor(request);
  if (!asked || asked.seconds >= SHORTEST_SESSION_S || !supportsTimers(request)) return undefined;
  return { 'Min-SE': String(SHORTEST_SESSION_S) };
}

/**
 * What our 2xx promises (RFC 4028 section 9, table 2): the interval that was asked for, refreshed by the far side if it can and
 * does not want us to. Nothing when nothing was asked for: the session then has no timer, or has none any more.
 */
export function promised(request: SrfMessage): Record<string, string> {
  const asked = askedFor(request);
  if (!asked || asked.seconds < SHORTEST_SESSION_S) return {};
  const theyCan = supportsTimers(request);
  const refresher = asked.refresher ?? (theyCan ? 'uac' : 'uas');
  return { 'Session-Expires': `${asked.seconds};refresher=${refresher}`, ...(theyCan && { Require: 'timer' }) };
}

function askedFor(request: SrfMessage): SessionInterval | undefined {
  return readInterval(request.get('Session-Expires'));
}

function supportsTimers(request: SrfMessage): boolean {
  return hasOption(request, 'Supported', 'timer') || hasOption(request, 'Require', 'timer');
}
