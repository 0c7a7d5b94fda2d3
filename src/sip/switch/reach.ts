import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../../shared/time.ts';
import type { Target } from '../transport/address.ts';
import type { Hop } from '../transport/hop.ts';

/** How long a name that was found is remembered, in ms: a busy trunk should not ask for every call. */
const REMEMBER_MS = 30_000;
const MAX_REMEMBERED = 1_000;

type Resolve = (host: string, found: (address: string | undefined) => void) => void;

const systemResolve: Resolve = (host, found) => {
  lookup(host, { verbatim: true }, (error, address) => found(error ? undefined : address));
};

/** From a hop to an IP address. */
export class Reach {
  #clock: Clock;
  #resolve: Resolve;
  #known = new Map<string, { address: string; untilMs: number }>();

  constructor(clock: Clock, resolve: Resolve = systemResolve) {
    this.#clock = clock;
    this.#resolve = resolve;
  }

  /** The target when it is known without asking: an IP address, or a name asked for a moment ago. */
  known(hop: Hop): Target | undefined {
    if (isIP(hop.host)) return { protocol: hop.protocol, address: hop.host, port: hop.port };
    const known = this.#known.get(hop.host);
    if (!known || known.untilMs < this.#clock.now()) return undefined;
    return { protocol: hop.protocol, address: known.address, port: hop.port };
  }

  /** Asks the system's resolver; undefined when there is no such name. */
  find(hop: Hop, found: (target: Target | undefined) => void): void {
    const known = this.known(hop);
    if (known) {
      found(known);
      return;
    }
    this.#resolve(hop.host, (address) => {
      if (address === undefined) return found(undefined);
      if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
      this.#known.set(hop.host, { address, untilMs: this.#clock.now() + REMEMBER_MS });
      found({ protocol: hop.protocol, address, port: hop.port });
    });
  }
}
