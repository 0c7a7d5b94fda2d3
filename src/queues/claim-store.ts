/** One caller and one agent who are reserved for each other, from the ring to the end of the talk. */
export interface Claim {
  /** The offer's id: a claim is made for one offer. */
  claimId: string;
  callId: string;
  agentId: string;
  /** UTC ms, by the store's clock; unless it is prolonged, the claim is void from then on. */
  expiresAt: number;
}

/** What a try came to. When one of the two is taken, nothing has changed. */
export type ClaimOutcome = 'claimed' | 'callTaken' | 'agentTaken';

/**
 * Where claims are kept, one for all nodes of a site. Each method is atomic: of two nodes that want the same agent or the
 * same caller, one gets both and the other nothing. Every claim is a lease, so that a node that dies holds nobody for ever.
 * Methods reject with `store.unreachable` when the store does not answer; then nothing is known about the claim.
 */
export interface ClaimStore {
  /** Claims caller and agent together. A claim that is held under this id already, for the same two, is prolonged. */
  claim(wanted: { claimId: string; callId: string; agentId: string }, leaseMs: number): Promise<ClaimOutcome>;
  /** Counts the lease anew from now; false when the claim is no longer held. */
  prolong(claimId: string, leaseMs: number): Promise<boolean>;
  /** Frees both; a claim that is not held is nothing to free. */
  release(claimId: string): Promise<void>;
  /** Claims that hold at this moment, the soonest to expire first. */
  list(): Promise<Claim[]>;
}
