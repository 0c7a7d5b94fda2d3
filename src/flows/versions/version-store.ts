import type { FlowBundle } from './bundle.ts';
import type { FlowChange } from './diff.ts';

/** A flow as it was published. It never changes. Times are UTC ms. */
export interface PublishedVersion {
  flow: string;
  /** Counts up within the flow, from 1; people write `v1`. */
  number: number;
  /** `Flow.version`: the hash that calls are pinned to. Two numbers may have the same one. */
  version: string;
  /** A user's name, or the part of the program. */
  author: string;
  message: string;
  publishedAt: number;
  /** The number that was live when this one was published. */
  parent?: number;
  /** What has changed since the parent; everything, where there is none. */
  changes: FlowChange[];
}

/** A share of the calls of a flow that get another version, or the draft. */
export interface Canary {
  /** A whole number from 1 to 100. */
  percent: number;
  /** Absent: the draft. */
  number?: number;
  version?: string;
  startedAt: number;
}

/** What new calls of a published flow get. */
export interface Standing {
  flow: string;
  /** Absent while a flow has versions, and none of them has been live. */
  live?: { number: number; version: string; since: number };
  canary?: Canary;
}

/** Who changes something. */
export interface Actor {
  /** A user's id, or the part of the program, for the audit. */
  id: string;
  name: string;
}

export interface NewVersion {
  flow: string;
  version: string;
  bundle: FlowBundle;
  message: string;
  changes: FlowChange[];
  /** What was live when the changes were worked out; undefined: nothing. */
  parent: number | undefined;
  /** Whether it becomes live at once; a running canary ends then. */
  goesLive: boolean;
}

/** Why another version becomes live. */
export type LiveChange = 'flow.rolledBack' | 'flow.canaryPromoted';

/** Where published flows are kept. Every change is audited under its actor, in the same transaction. */
export interface FlowVersionStore {
  /** A number that grows with every change, by whichever program. */
  revision(): Promise<number>;
  standings(): Promise<Standing[]>;
  /** Newest first. */
  list(flow: string): Promise<PublishedVersion[]>;
  bundle(version: string): Promise<FlowBundle | undefined>;
  /** Rejects with `flow.changed` when `parent` is no longer what is live. */
  publish(wanted: NewVersion, by: Actor): Promise<PublishedVersion>;
  /** Makes a version live and ends a canary. Rejects with `flow.changed` when `expected` is no longer what is live. */
  setLive(flow: string, number: number, expected: number | undefined, why: LiveChange, by: Actor): Promise<void>;
  /** Starts or changes a canary; with undefined ends it. */
  setCanary(flow: string, canary: Pick<Canary, 'percent' | 'number'> | undefined, by: Actor): Promise<void>;
}
