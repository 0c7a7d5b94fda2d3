/** A Session-Expires value (RFC 4028 section 4). */
export interface SessionInterval {
  seconds: number;
  /** Who refreshes: the one who sent the request, or the one who answered it. */
  refresher: 'uac' | 'uas' | undefined;
}

/** RFC 4028 section 4: no shorter interval is ever to be used, in seconds. */
export const SHORTEST_SESSION_S = 90;

/** Undefined for what is no interval. */
export function readInterval(value: string | undefined): SessionInterval | undefined {
  const match = /^\s*(\d{1,9})\s*(;.*)?$/.exec(value ?? '');
  if (!match?.[1]) return undefined;
  const refresher = /;\s*refresher\s*=\s*(uac|uas)\b/i.exec(match[2] ?? '')?.[1]?.toLowerCase();
  return {
    seconds: Number(match[1]),
    refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined,
  };
}
