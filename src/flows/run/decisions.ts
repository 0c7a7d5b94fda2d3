import type { FlowEffect } from '../machine/types.ts';
import type { FakeAnswer, Fakes } from './fakes.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;

/** What somebody may decide while the call runs; without fakes of its own it is left open where that is wished. */
export type Decidable = 'http' | 'queue' | 'transfer' | 'callback' | 'voicemail' | 'queueStatus';

/** What becomes of that which is open, in the form of its fake; the times count from now. */
export type Decision =
  /** Answers to the tries that are left, the last again and again. */
  | { what: 'http'; answers: readonly FakeAnswer[] }
  | { what: 'queue'; fake: Fakes['queues'][string][number] }
  | { what: 'transfer'; fake: Fakes['transfers'][string][number] }
  | { what: 'callback'; fake: Fakes['callback'][number] }
  | { what: 'voicemail'; fake: Fakes['voicemail'][number] }
  | { what: 'queueStatus'; fake: Fakes['queueStatus'][string][number] };

/** What the world has at work for the call, each with the moment at which it began. It is replaced, never changed. */
export interface Works {
  play?: { playId: string; items: string[] } | undefined;
  http?: EffectOf<'http'> | undefined;
  queue?: { effect: EffectOf<'enterQueue'>; since: number; talking: boolean } | undefined;
  transfer?: { effect: EffectOf<'transfer'>; since: number; talking: boolean } | undefined;
  voicemail?: { voicemailId: string; since: number } | undefined;
  callback?: EffectOf<'bookCallback'> | undefined;
  queueStatus?: EffectOf<'readQueue'> | undefined;
}
