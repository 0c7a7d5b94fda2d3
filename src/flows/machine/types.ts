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
  | { type: 'text'; text: string; language: string; voice?: 'female' | 'male' }
  /** A recorded prompt of the `prompts` folder, by name; where it exists in several languages, the one of `language`. */
  | { type: 'prompt'; prompt: string; language: string }
  | { type: 'tone'; frequenciesHz: number[]; durationMs: number }
  | { type: 'silence'; durationMs: number };

/** Why a call is turned away: SIP 486, 480 and 603. */
export type RejectCause = 'busy' | 'unavailable' | 'declined';

export interface FlowInit {
  at: number;
  /** Numbers in the form the call came in with; empty when withheld. */
  caller: { number: string; name: string };
  called: string;
  /** A wish for the language, such as that of an earlier call; ignored when the flow does not speak it. */
  language?: string;
  /** What chance is drawn from, an unsigned 32-bit number: the same seed takes the same ways. Absent: 0. */
  seed?: number;
}

export type QueueOutcome = 'agentEnded' | 'timeout' | 'noAgents' | 'full';

/** `ended`: they talked, and the other side hung up. */
export type TransferOutcome = 'ended' | 'busy' | 'noAnswer' | 'failed';

/** What is known of a queue at one moment. */
export interface QueueFigures {
  waiting: number;
  agentsOnDuty: number;
  agentsReady: number;
  longestWaitMs: number;
  /** How long a caller who came now would wait; undefined when nothing is known to go by. */
  estimatedWaitMs?: number;
}

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
  /** The call is answered, after `answer`. */
  | { type: 'answered'; at: number; answerId: string }
  | { type: 'digitsSent'; at: number; sendId: string }
  /** An answer came, of whatever status. `body` is its JSON, null when it had none. */
  | { type: 'httpAnswered'; at: number; httpId: string; status: number; body: Json }
  | { type: 'queueRead'; at: number; readId: string; figures: QueueFigures }
  | { type: 'callbackBooked'; at: number; callbackId: string }
  /** The caller and the one they were transferred to talk. */
  | { type: 'transferAnswered'; at: number; transferId: string }
  /** The transfer is over and the caller is still there. */
  | { type: 'transferEnded'; at: number; transferId: string; outcome: TransferOutcome }
  /**
   * An effect could not be performed; `id` is the one of its effect (`playId`, `queueId`, `httpId`, …), `code` one of the
   * failure codes.
   */
  | { type: 'effectFailed'; at: number; id: string; code: string }
  /** The caller is gone, or the call is ended from outside. No `hangup` effect follows. */
  | { type: 'hangup'; at: number; by: 'caller' | 'agent' | 'system' };

export type EndReason =
  /** The flow came to a `hangup` step. */
  | 'completed'
  /** The caller left, or the call was ended from outside. */
  | 'callerLeft'
  /** The flow turned the call away before it was answered. */
  | 'rejected'
  /** The call lasted longer than the flow allows, and its handler for that is done or missing. */
  | 'maxDuration'
  /** A step failed and no `onError` caught it. */
  | 'error'
  /** The limit of steps in one call was reached, and its error handling used up its own allowance too. */
  | 'stepLimit';

export type FlowEffect =
  /** Plays the items in order without a gap, once; with `loop` over and over until `stopPlay`. */
  | { type: 'play'; playId: string; items: PlayItem[]; loop?: true }
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
      /** Played to the agent alone, after the answer and before the caller is joined. */
      whisper?: PlayItem[];
      /** When the caller's wait for this queue began, when that was before now: they keep their place. UTC ms. */
      since?: number;
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
  /** Lets the phone ring at the caller's side; only before `answer`. */
  | { type: 'ring' }
  /** Answers the call; then `answered` is due. Comes only from flows with `answer: byStep`. */
  | { type: 'answer'; answerId: string }
  /** Keys towards the caller's side (RFC 4733); then `digitsSent` is due. */
  | { type: 'sendDigits'; sendId: string; digits: string; durationMs: number; gapMs: number }
  /**
   * Asks a service; then `httpAnswered` or `effectFailed` (`http.timeout`, `http.unreachable`, `http.tooLarge`, `http.notJson`) is
   * due. Where the service lives and how it is authorised is bound outside of the flow. Tries are the driver's: an answer of
   * 500 and above, or none, is tried again `retries` times within `timeoutMs` each.
   */
  | {
      type: 'http';
      httpId: string;
      service: string;
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      /** Begins with `/`; its parts are percent-encoded already. */
      path: string;
      query: [name: string, value: string][];
      headers: Record<string, string>;
      /** Sent as JSON. */
      body?: Json;
      timeoutMs: number;
      retries: number;
      /** Holds values collected in confidence: neither path, query nor body may be written down. */
      secret?: true;
    }
  /** The answer is no longer wanted. */
  | { type: 'cancelHttp'; httpId: string }
  /** Asks for a queue's figures; then `queueRead` is due. */
  | { type: 'readQueue'; readId: string; queue: string }
  /** Books a call back, which takes the caller's place in the queue; then `callbackBooked` is due. */
  | {
      type: 'bookCallback';
      callbackId: string;
      queue: string;
      number: string;
      priority: number;
      skills: string[];
      language: string;
      /** When the caller's wait for this queue began. UTC ms. */
      since: number;
    }
  /** Rings another party for the caller, who hears `ringing` meanwhile; then `transferAnswered` or `transferEnded` is due. */
  | {
      type: 'transfer';
      transferId: string;
      to: { number: string } | { agent: string };
      ringMs: number;
      /** The number shown to the one who is called; absent: that of the trunk, else the number that was dialled. */
      callerId?: string;
      /** Played to the other side alone before the caller is joined. */
      whisper?: PlayItem[];
    }
  /** Ends the ringing or the talk. No event has to follow. */
  | { type: 'endTransfer'; transferId: string }
  /** The recording of the call. Orders that change nothing (a second start, a pause without a recording) are harmless. */
  | { type: 'record'; order: 'start' | 'pause' | 'resume' | 'stop' }
  /** Facts for the call's record. `flow` is there inside of a flow that another one called. */
  | { type: 'stepEntered'; at: number; step: string; verb: string; flow?: string }
  | { type: 'stepLeft'; at: number; step: string; exit: string; flow?: string }
  /** Labels of the call, for lists and reports; a later value of a name replaces the earlier. */
  | { type: 'tagged'; at: number; step: string; tags: Record<string, string> }
  /** Something worth counting happened. */
  | { type: 'milestone'; at: number; step: string; name: string; values: Record<string, FlowValue> }
  /** The caller was told to the end that the call is recorded. */
  | { type: 'consentPlayed'; at: number; step: string }
  | { type: 'digitsCollected'; at: number; step: string; digits: string }
  | { type: 'secureDigitsCollected'; at: number; step: string }
  /** A word for the log: fixed sentence, values beside it, nothing personal. */
  | { type: 'log'; level: 'info' | 'warn'; step: string; text: string; values: Record<string, FlowValue> }
  /**
   * Ends the call: the driver hangs up, or refuses with `cause` a call that was not answered. Always the last effect of a run
   * whose caller is still there.
   */
  | { type: 'hangup'; reason: EndReason; cause?: RejectCause }
  /** The run is over and the caller is gone already. Always the last effect of such a run. */
  | { type: 'finished'; reason: EndReason };

/** One visited step. `exit` is absent while the call is in it. */
export interface Visit {
  step: string;
  /** The flow of the step, inside of a flow that another one called. */
  flow?: string;
  at: number;
  exit?: string;
  leftAt?: number;
}

/** JSON as a type: what a state may hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** A flow that waits for the one it called. */
export interface Frame {
  flow: string;
  /** The step that called. */
  step: string;
  vars: Record<string, FlowValue>;
  secrets: Record<string, string>;
  loops: Record<string, number>;
  /** The language to come back to, where the flow that was called does not speak it. */
  language?: string;
}

/**
 * All the engine knows of one call: plain JSON, complete, and the same after any trip through JSON. `secrets` and `typed` may
 * hold keys the caller pressed in confidence: write a state down only through `printable(state)`.
 */
export interface FlowState {
  flow: string;
  /** The version this call stays on: `Flow.version` of the flow it began with. */
  flowHash: string;
  phase: 'running' | 'ended';
  endReason?: EndReason;
  startedAt: number;
  /** The moment of the last event. */
  at: number;
  caller: { number: string; name: string };
  called: string;
  language: string;
  voice?: 'female' | 'male';
  vars: Record<string, FlowValue>;
  /** Digits collected with `secure: true`, by variable. No expression can read them. */
  secrets: Record<string, string>;
  /** Keys pressed ahead of the step that will read them. */
  typed: string;
  callerGone: boolean;
  answered: boolean;
  seed: number;
  /** The name of the flow the call is in; `flow` unless one was called. `vars`, `secrets`, `loops` and `step` are its own. */
  inside: string;
  /** The flows that wait, outermost first; at most 16. */
  frames: Frame[];
  /** After the caller left: how many of `frames`, from the outermost, have yet to do what they do about it. */
  unheard?: number;
  /** How often each `loop` step of this flow was entered since it was last left by `done`. */
  loops: Record<string, number>;
  /** When the wait for a queue began first, by queue: who comes back keeps their place. */
  waits: Record<string, number>;
  step: string;
  /** What the current step remembers while it waits. */
  local: Json;
  path: Visit[];
  /** How many visits were left out at the beginning of `path`, which keeps the last of them. */
  pathDropped: number;
  /** Steps entered so far. */
  steps: number;
  /** Failures met so far, caught or not. */
  failures: number;
  /** The longest time of the call: its clock runs, is over while the caller talks with a person, or its handler has begun. */
  limit?: 'running' | 'over' | 'handled';
  /** The value of `steps` at which the limit was met and error handling began; absent before. */
  limitMetAt?: number;
}

/** What one event led to: the state after it, and the effects to perform, in order. */
export interface Turn {
  state: FlowState;
  effects: FlowEffect[];
}
