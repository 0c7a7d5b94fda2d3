/**
 * What the flow engine and the one who drives it say to each other. The engine is `start(flow, init)` and
 * `next(flow, state, event)`: pure and synchronous. The driver turns the world into events, in order, and performs the effects,
 * in order. Times are UTC ms; every event carries the moment it happened, for the engine has no clock.
 *
 * Ids (`playId`, `timerId`, …) are made by the engine, are unique within one call, and come back in the events they belong to.
 * An event with an id the engine no longer waits for changes nothing, so late and doubled events are harmless.
 */

/** A value a flow can keep. Whole numbers and fractions are both numbers here; their kind is fixed by the flow. */
export type FlowValue = string | number | boolean;

/** One thing for the caller to hear. */
export type PlayItem =
  /** Words to speak; `language` is a tag of the flow such as `en` or `zh`. */
  | { type: 'text'; text: string; language: string }
  /** A recorded prompt of the `prompts` folder, by name; where it exists in several languages, the one of `language`. */
  | { type: 'prompt'; prompt: string; language: string }
  | { type: 'tone'; frequenciesHz: number[]; durationMs: number }
  | { type: 'silence'; durationMs: number };

export interface FlowInit {
  at: number;
  /** Numbers in the form the call came in with; empty when withheld. */
  caller: { number: string; name: string };
  called: string;
  /** A wish for the language, such as that of an earlier call; ignored when the flow does not speak it. */
  language?: string;
}

export type QueueOutcome = 'agentEnded' | 'timeout' | 'noAgents' | 'full';

export type FlowEvent =
  /** One key: 0-9, *, # or A-D. */
  | { type: 'digit'; at: number; digit: string }
  /** Exactly once for each `play`, also after `stopPlay` (the engine does not wait for that one). */
  | { type: 'playEnded'; at: number; playId: string; reason: 'finished' | 'stopped' | 'failed' }
  | { type: 'timer'; at: number; timerId: string }
  /** An agent talks with the caller. */
  | { type: 'queueAnswered'; at: number; queueId: string }
  /**
   * The wait or the talk is over and the caller is still there. `agentEnded` follows `queueAnswered`; the other outcomes come
   * instead of it. A caller who leaves is a `hangup`.
   */
  | { type: 'queueEnded'; at: number; queueId: string; outcome: QueueOutcome }
  /** The message is stored; `durationMs` is the length of its audio. */
  | { type: 'voicemailEnded'; at: number; voicemailId: string; durationMs: number }
  /** An effect could not be performed; `id` is its playId, queueId or voicemailId, `code` one of the failure codes. */
  | { type: 'effectFailed'; at: number; id: string; code: string }
  /** The caller is gone, or the call is ended from outside. No `hangup` effect follows. */
  | { type: 'hangup'; at: number; by: 'caller' | 'agent' | 'system' };

export type EndReason =
  /** The flow came to a `hangup` step. */
  | 'completed'
  /** The caller left, or the call was ended from outside. */
  | 'callerLeft'
  /** A step failed and no `onError` caught it. */
  | 'error'
  /** The limit of steps in one call was reached, and its error handling used up its own allowance too. */
  | 'stepLimit';

export type FlowEffect =
  /** Plays the items in order without a gap, once. */
  | { type: 'play'; playId: string; items: PlayItem[] }
  | { type: 'stopPlay'; playId: string }
  | { type: 'setTimer'; timerId: string; ms: number }
  | { type: 'clearTimer'; timerId: string }
  /**
   * Puts the caller into a queue. Everything that happens while they wait (music, announcements, offers, the longest wait) is
   * the queue's work; the engine waits for `queueAnswered` and `queueEnded`.
   */
  | {
      type: 'enterQueue';
      queueId: string;
      queue: string;
      /** Higher is served first; 0 is normal, from -100 to 100. */
      priority: number;
      /** `name:value` words an agent must have, such as `lang:zh`. */
      skills: string[];
      language: string;
      /** After this wait: `queueEnded` with `timeout`. Absent: the queue's own limit. */
      maxWaitMs?: number;
      /** Absent: the queue's own settings. `comfort` is played at each announcement, after the position. */
      announce?: { everyMs: number; position: boolean; comfort: PlayItem[] };
      /** A prompt to loop while waiting, by name. Absent: the queue's own music. */
      music?: string;
    }
  /** Takes the caller out of the queue, or ends the talk. No event has to follow. */
  | { type: 'leaveQueue'; queueId: string }
  /** Records the caller. The engine ends it with `stopVoicemail`, at the latest after `maxMs`; then `voicemailEnded` is due. */
  | { type: 'startVoicemail'; voicemailId: string; box: string; maxMs: number }
  | { type: 'stopVoicemail'; voicemailId: string }
  /**
   * From here to `secureEnded` the keys are secret: the driver writes no digit to any log or record, and pauses a running
   * recording and every listener.
   */
  | { type: 'secureStarted'; step: string }
  | { type: 'secureEnded'; step: string }
  /** Facts for the call's record. */
  | { type: 'stepEntered'; at: number; step: string; verb: string }
  | { type: 'stepLeft'; at: number; step: string; exit: string }
  | { type: 'digitsCollected'; at: number; step: string; digits: string }
  | { type: 'secureDigitsCollected'; at: number; step: string }
  /** A word for the log: fixed sentence, values beside it, nothing personal. */
  | { type: 'log'; level: 'info' | 'warn'; step: string; text: string; values: Record<string, FlowValue> }
  /** Ends the call: the driver hangs up. Always the last effect of a run whose caller is still there. */
  | { type: 'hangup'; reason: EndReason }
  /** The run is over and the caller is gone already. Always the last effect of such a run. */
  | { type: 'finished'; reason: EndReason };

/** One visited step. `exit` is absent while the call is in it. */
export interface Visit {
  step: string;
  at: number;
  exit?: string;
  leftAt?: number;
}

/** JSON as a type: what a state may hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * All the engine knows of one call: plain JSON, complete, and the same after any trip through JSON. `secrets` and `typed` may
 * hold keys the caller pressed in confidence: write a state down only through `printable(state)`.
 */
export interface FlowState {
  flow: string;
  /** SHA-256 of the flow's bytes: the version this call stays on. */
  flowHash: string;
  phase: 'running' | 'ended';
  endReason?: EndReason;
  startedAt: number;
  /** The moment of the last event. */
  at: number;
  caller: { number: string; name: string };
  called: string;
  language: string;
  vars: Record<string, FlowValue>;
  /** Digits collected with `secure: true`, by variable. No expression can read them. */
  secrets: Record<string, string>;
  /** Keys pressed ahead of the step that will read them. */
  typed: string;
  callerGone: boolean;
  step: string;
  /** What the current step remembers while it waits. */
  local: Json;
  path: Visit[];
  /** Steps entered so far. */
  steps: number;
  /** Failures met so far, caught or not. */
  failures: number;
  /** The value of `steps` at which the limit was met and error handling began; absent before. */
  limitMetAt?: number;
}

/** What one event led to: the state after it, and the effects to perform, in order. */
export interface Turn {
  state: FlowState;
  effects: FlowEffect[];
}
