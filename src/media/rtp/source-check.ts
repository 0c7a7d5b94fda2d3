import { isIPv4 } from 'node:net';

/**
 * Whose packets a leg listens to. The signalled address is believed first; a caller behind NAT is found by their first
 * packet (symmetric RTP); after that nobody else is heard unless the old source has fallen silent.
 */

/** A silent source may be replaced after this long, in ms: a phone that changed networks comes back by itself. */
export const SOURCE_SILENT_MS = 2_000;

/** True for addresses that say nothing about where packets will come from: private, link-local, loopback, unspecified. */
export function isBehindNat(ip: string): boolean {
  if (isIPv4(ip)) {
    const [a = 0, b = 0] = ip.split('.').map(Number);
    return (
      a === 10 ||
      a === 127 ||
      a === 0 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  return /^(::1?$|f[cd]|fe[89ab])/i.test(ip);
}

/** The address that means no address: hold in the manner of RFC 2543. */
export function isUnspecified(ip: string): boolean {
  return ip === '0.0.0.0' || ip === '::';
}

export interface Source {
  ip: string;
  port: number;
}

export class SourceCheck {
  /** Packets refused because they came from somebody else. */
  refused = 0;
  #expected: Source | undefined;
  #strict: boolean;
  #ip = '';
  #port = 0;
  #heardAtMs = 0;

  /** `strict`: only the expected address, exactly (a peer of our own on loopback). */
  constructor(strict: boolean) {
    this.#strict = strict;
  }

  /** What the signalling says; a changed address is latched on anew. */
  expect(source: Source): void {
    const known = this.#expected;
    if (known && known.ip === source.ip && known.port === source.port) return;
    this.#expected = source;
    this.#ip = '';
  }

  /** Where to send: the latched source, before that the signalled one. */
  get target(): Source | undefined {
    return this.#ip === '' ? this.#expected : { ip: this.#ip, port: this.#port };
  }

  /** Whether this packet's sender is the leg's far end; `changed` tells the first packet of a new source. */
  check(ip: string, port: number, nowMs: number): 'known' | 'changed' | 'refused' {
    if (port === this.#port && ip === this.#ip) {
      this.#heardAtMs = nowMs;
      return 'known';
    }
    if (!this.#mayLatch(ip, port, nowMs)) {
      this.refused++;
      return 'refused';
    }
    this.#ip = ip;
    this.#port = port;
    this.#heardAtMs = nowMs;
    return 'changed';
  }

  #mayLatch(ip: string, port: number, nowMs: number): boolean {
    const expected = this.#expected;
    if (!expected) return false;
    if (expected.ip === ip && expected.port === port) return true;
    if (this.#strict) return false;
    if (this.#ip !== '' && nowMs - this.#heardAtMs < SOURCE_SILENT_MS) return false;
    return expected.ip === ip || isBehindNat(expected.ip);
  }
}
