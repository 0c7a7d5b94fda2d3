import type { Talk } from '../calls/talk.ts';
import type { CallerStory, Presence } from '../protocol/desk.ts';

/** An agent as queues see them. */
export interface AgentView {
  agentId: string;
  /** The account's name: queues list their agents by it, and reasons name them by it. */
  name: string;
  presence: Presence;
  /** Since when without a call. UTC ms. */
  idleSince: number;
  skills: readonly string[];
}

/** A call that rings at one desk. */
export interface DeskOffer {
  readonly offerId: string;
  readonly story: CallerStory;
  /** UTC ms. */
  readonly ringsUntil: number;
  /** How long the agent may wrap up afterwards, in ms. */
  readonly wrapUpMs: number;
  /** Calls in a row an agent may let ring before they are sent on a break. */
  readonly missesAllowed: number;
  /** Joins the caller with the agent's endpoint. Rejects with `agent.wrongState` when the caller is gone. */
  accept(endpointId: string): Promise<Talk>;
  decline(): void;
  /** The desk can no longer be reached. */
  lost(): void;
  /** The agent of the talk is gone for good; the caller goes back to the front of the queue. */
  vanished(): void;
  /** The agent no longer waits for somebody who is being called. */
  giveUp?(): void;
}

/** The agents as queues see them. */
export interface AgentFloor {
  agents(): AgentView[];
  /** Makes a desk ring; false when that agent is no longer free. */
  ring(agentId: string, offer: DeskOffer): boolean;
  stopRinging(agentId: string, offerId: string, why: 'callerLeft' | 'rangOut'): void;
  /** Called after anything in `agents()` may have changed. */
  onChange(listener: () => void): () => void;
}
