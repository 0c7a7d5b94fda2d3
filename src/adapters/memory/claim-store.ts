import type { Claim, ClaimOutcome, ClaimStore } from '../../queues/claim-store.ts';
import type { Clock } from '../../shared/time.ts';

/** Claims of a site that is one process. They die with it, as do the calls they are about. */
export class MemoryClaimStore implements ClaimStore {
  readonly #clock: Clock;
  readonly #claims = new Map<string, Claim>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async claim(wanted: { claimId: string; callId: string; agentId: string }, leaseMs: number): Promise<ClaimOutcome> {
    const { claimId, callId, agentId } = wanted;
    const others = this.#held().filter((claim) => claim.claimId !== claimId);
    if (others.some((claim) => claim.callId === callId)) return 'callTaken';
    if (others.some((claim) => claim.agentId === agentId)) return 'agentTaken';
    this.#claims.set(claimId, { claimId, callId, agentId, expiresAt: this.#clock.now() + leaseMs });
    return 'claimed';
  }

  async prolong(claimId: string, leaseMs: number): Promise<boolean> {
    const claim = this.#held().find((one) => one.claimId === claimId);
    if (!claim) return false;
    this.#claims.set(claimId, { ...claim, expiresAt: this.#clock.now() + leaseMs });
    return true;
  }

  async release(claimId: string): Promise<void> {
    this.#claims.delete(claimId);
  }

  async list(): Promise<Claim[]> {
    return this.#held().sort((a, b) => a.expiresAt - b.expiresAt);
  }

  #held(): Claim[] {
    const now = this.#clock.now();
    for (const [id, claim] of this.#claims) if (claim.expiresAt <= now) this.#claims.delete(id);
    return [...this.#claims.values()];
  }
}
