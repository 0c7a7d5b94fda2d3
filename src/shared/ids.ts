import { randomBytes } from 'node:crypto';

/** What an id names; it is written in front of the id so that a log line can be read without a key. */
export type IdKind =
  | 'call'
  | 'callback'
  | 'leg'
  | 'rec'
  | 'play'
  | 'bridge'
  | 'user'
  | 'offer'
  | 'job'
  | 'order'
  | 'session';

/** A new id such as `call-01jd…`: kind, 48 bits of time, 80 random bits; ids of one kind sort by the time they were made. */
export function newId(kind: IdKind, nowMs: number = Date.now()): string {
  const time = nowMs.toString(36).padStart(9, '0');
  return `${kind}-${time}${randomBytes(10).toString('hex')}`;
}
