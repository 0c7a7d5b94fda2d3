import type { FakeAnswer, FakeFigures, FakeQueue, FakeTransfer } from '../run/fakes.ts';

/** What one may do to a call that is simulated. */
export type Command =
  /** Keys, one every 200 ms. */
  | { do: 'press'; keys: string }
  /** Lets time pass; without `ms` until the next thing happens. */
  | { do: 'pass'; ms?: number }
  | { do: 'hangUp' }
  /** The caller speaks, which takes its time. */
  | { do: 'speak'; text: string }
  /** What becomes of the request, the wait or the transfer that is open; at once, unless the fake says later. */
  | { do: 'http'; answers: readonly FakeAnswer[] }
  | { do: 'queue'; fake: FakeQueue }
  | { do: 'transfer'; fake: FakeTransfer }
  /** The agent, or the one the caller was transferred to, hangs up. */
  | { do: 'endTalk' }
  /** What becomes of this from now on. */
  | { do: 'callback'; fake: 'booked' | 'failed' }
  | { do: 'voicemail'; fake: 'stored' | 'failed' }
  | { do: 'queueStatus'; queue: string; figures: FakeFigures };
