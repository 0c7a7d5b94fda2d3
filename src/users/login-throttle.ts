import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { nameKey } from './account-rules.ts';

export interface LogInThrottle {
  /** How long the next try must wait, in ms; 0 when it may come now. */
  waitMs(name: string, address: string): number;
  failed(name: string, address: string): void;
  succeeded(name: string, address: string): void;
}

/** Failures that cost nothing: people mistype. An address may stand for a whole office. */
const FREE = { pair: 3, name: 10, address: 20 };
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** After this time without a failure all is forgotten, in ms. */
const FORGET_MS = 15 * 60_000;
/** Names and addresses remembered; beyond that the oldest are forgotten. */
const REMEMBERED = 20_000;

interface Count {
  failures: number;
  lastAt: number;
}

/**
 * Slows down guessing: each failure beyond the free ones doubles the wait, up to a minute, counted for a name from one
 * address, for a name from anywhere and for an address. Nobody is ever locked out: waits end by themselves, and someone who
 * has logged in from an address before is not held up there by what strangers try with the name elsewhere.
 */
export function createLogInThrottle(clock: Clock, log: Logger): LogInThrottle {
  return new Throttle(clock, log);
}

class Throttle implements LogInThrottle {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #counts = new Map<string, Count>();
  /** Pairs of name and address that have logged in. */
  readonly #known = new Set<string>();

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  waitMs(name: string, address: string): number {
    const { pair, keys } = this.#keysOf(name, address);
    const waits = keys
      .filter(({ kind }) => kind !== 'name' || !this.#known.has(pair))
      .map(({ kind, key }) => this.#waitOf(key, FREE[kind]));
    return Math.max(...waits);
  }

  failed(name: string, address: string): void {
    const now = this.#clock.now();
    const { keys } = this.#keysOf(name, address);
    for (const { key } of keys) {
      const failures = (this.#fresh(key)?.failures ?? 0) + 1;
      // Written anew, so that the map's order is the order of the last failures.
      this.#counts.delete(key);
      this.#counts.set(key, { failures, lastAt: now });
    }
    trim(this.#counts, REMEMBERED);
    const waitMs = this.waitMs(name, address);
    if (waitMs > 0) this.#log.warn({ address, waitMs, pii: { name } }, 'log-ins are slowed down');
  }

  succeeded(name: string, address: string): void {
    const { pair } = this.#keysOf(name, address);
    this.#counts.delete(pair);
    this.#known.delete(pair);
    this.#known.add(pair);
    trim(this.#known, REMEMBERED);
  }

  #keysOf(name: string, address: string) {
    const person = nameKey(name);
    const place = networkOf(address);
    const pair = `pair ${place} ${person}`;
    const keys: { kind: keyof typeof FREE; key: string }[] = [
      { kind: 'pair', key: pair },
      { kind: 'name', key: `name ${person}` },
      { kind: 'address', key: `address ${place}` },
    ];
    return { pair, keys };
  }

  #waitOf(key: string, free: number): number {
    const count = this.#fresh(key);
    if (!count || count.failures < free) return 0;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (count.failures - free), LONGEST_WAIT_MS);
    return Math.max(0, count.lastAt + waitMs - this.#clock.now());
  }

  #fresh(key: string): Count | undefined {
    const count = this.#counts.get(key);
    return count && this.#clock.now() - count.lastAt < FORGET_MS ? count : undefined;
  }
}

/** An IPv6 customer owns at least a /64, so all of it counts as one address. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/i, '').replace(/%.*$/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - after.length;
  const whole = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...after];
  return `${whole
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** Forgets the oldest, many at a time: taking them one by one off the front of a large map is slow. */
function trim(kept: Map<string, Count> | Set<string>, limit: number): void {
  if (kept.size <= limit * 1.25) return;
  for (const oldest of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(oldest);
  }
}
