import type { AudioItem } from '../flows/audio.ts';
import type { HeldFlow } from '../flows/held-flows.ts';
import type { EndReason } from '../flows/machine/types.ts';
import type { CallJournal, EndedBy } from '../reports/journal.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { type CallStory, flowEnding, outcomeOf } from './call-outcome.ts';
import { CallerAudio, type MakeAudio } from './caller-audio.ts';
import { CallerLeg } from './caller-leg.ts';
import type { FactBody } from './facts.ts';
import { FlowRun } from './flow-run.ts';
import { carrierMedia, standingMedia } from './leg-media.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';
import type { NumberRoute } from './numbers.ts';
import type { QueueEntrance, QueueListener, QueuePlace, QueueWish } from './queue-port.ts';
import type { NewRecording, Recordings, RunningRecording } from './recordings.ts';
import type { IncomingCall } from './signalling.ts';
import { Talk } from './talk.ts';

/** What all calls share. */
export interface CallDeps {
  media: MediaPort;
  facts: MediaFacts;
  recordings: Recordings;
  queues: QueueEntrance;
  makeAudio: MakeAudio;
  holdMusic: () => AudioItem[];
  journal: CallJournal;
  clock: Clock;
  log: Logger;
}

/**
 * One call: its caller's leg, the flow that leads it, and the talk with an agent. It joins these and keeps no state of its
 * own beside theirs; what happened to it goes into the journal.
 */
export class Call {
  readonly callId: string;
  readonly startedAt: number;
  readonly #deps: CallDeps;
  readonly #incoming: IncomingCall;
  readonly #held: HeldFlow;
  readonly #route: NumberRoute;
  readonly #log: Logger;
  readonly #leg: CallerLeg;
  readonly #audio: CallerAudio;
  readonly #ended: (call: Call) => void;
  readonly #story: CallStory = { answered: false, waited: false, talked: false, leftMessage: false, brokenOff: false };
  #run: FlowRun | undefined;
  #recording: RunningRecording | undefined;
  #endedBy: EndedBy | undefined;

  /** `ended` is told once, after the call's last fact. */
  constructor(
    deps: CallDeps,
    { incoming, held, route, callId }: { incoming: IncomingCall; held: HeldFlow; route: NumberRoute; callId: string },
    ended: (call: Call) => void,
  ) {
    this.callId = callId;
    this.startedAt = deps.clock.now();
    this.#deps = deps;
    this.#incoming = incoming;
    this.#held = held;
    this.#route = route;
    this.#ended = ended;
    const legId = newId('leg', this.startedAt);
    this.#log = deps.log.child({ callId, legId, ...(incoming.sipCallId && { sipCallId: incoming.sipCallId }) });
    const { media, facts } = deps;
    const { endpointId, offer } = incoming;
    const legMedia =
      endpointId === undefined
        ? carrierMedia(media, this.#log, { endpointId: legId, callId, offer: offer ?? '' })
        : standingMedia(media, this.#log, endpointId);
    const write = (fact: FactBody, at?: number): void => this.#write(fact, at);
    this.#writeStart(legId);
    this.#audio = new CallerAudio(
      { media, facts, make: deps.makeAudio, log: this.#log },
      { endpointId: legMedia.endpointId, callId },
    );
    this.#leg = new CallerLeg(
      { legId, signalling: incoming.signalling, media: legMedia, facts, write, log: this.#log },
      {
        talking: () => this.#answered(),
        digit: (digit) => this.#digit(digit),
        ended: (by, reason) => this.#legEnded(by, reason),
      },
    );
  }

  /** Derived from the caller's leg, never kept twice. */
  get state(): 'ringing' | 'talking' | 'ended' {
    if (this.#leg.state === 'talking') return 'talking';
    return this.#leg.state === 'ended' ? 'ended' : 'ringing';
  }

  /** Absent while the call runs. */
  get endedBy(): EndedBy | undefined {
    return this.#endedBy;
  }

  /** Opens the media and answers. */
  open(): void {
    this.#leg.open();
  }

  /** Ends the call from outside. */
  end(by: EndedBy, reason: string): void {
    this.#leg.hangUp(by, reason);
  }

  #writeStart(legId: string): void {
    const { callerNumber, callerName, calledNumber, sipCallId, address, signalling } = this.#incoming;
    this.#write({ type: 'callStarted', callerNumber, ...(callerName && { callerName }), calledNumber });
    const { alias, flow: held } = this.#held;
    const { name: flow, version: flowVersion } = held;
    this.#write({ type: 'flowStarted', flow, flowVersion, alias });
    this.#write({
      type: 'legStarted',
      legId,
      kind: signalling.kind,
      role: 'caller',
      ...(sipCallId && { sipCallId }),
      ...(address && { address }),
    });
    this.#log.info({ flow, called: calledNumber, pii: { caller: callerNumber } }, 'call started');
  }

  #answered(): void {
    this.#story.answered = true;
    const { language, record } = this.#route;
    if (record === 'call') void this.#recordAll();
    const { callerNumber, callerName, calledNumber } = this.#incoming;
    const withheld = callerNumber === 'anonymous';
    this.#run = new FlowRun({
      flow: this.#held.flow,
      clock: this.#deps.clock,
      log: this.#log,
      caller: {
        audio: this.#audio,
        write: (fact, at) => this.#write(fact, at),
        setSecure: (on) => this.#setSecure(on),
        enterQueue: (wish, listener) => this.#enterQueue(wish, listener),
        recordMessage: (box, stored) => this.#recordMessage(box, stored),
        flowEnded: (reason) => this.#flowEnded(reason),
      },
    });
    this.#run.begin({
      at: this.#deps.clock.now(),
      caller: { number: withheld ? '' : callerNumber, name: callerName ?? '' },
      called: calledNumber,
      ...(language !== undefined && { language }),
    });
  }

  #digit(digit: string): void {
    this.#run?.digit(digit);
  }

  #setSecure(on: boolean): void {
    const { media } = this.#deps;
    media.order({ order: 'endpoint.setSecure', endpointId: this.#audio.endpointId, on }).catch((error: unknown) => {
      this.#log.warn({ error: String(error) }, 'secure mode was not set');
    });
  }

  #enterQueue(wish: QueueWish, listener: QueueListener): QueuePlace {
    this.#story.waited = true;
    const { callerNumber, callerName, calledNumber } = this.#incoming;
    return this.#deps.queues.enter(
      wish,
      {
        callId: this.callId,
        callerNumber,
        ...(callerName && { callerName }),
        calledNumber,
        path: this.#run?.path() ?? [],
        audio: this.#audio,
        write: (fact, at) => this.#write(fact, at),
        connect: (agent) => this.#connect(agent),
      },
      listener,
    );
  }

  async #connect(agent: { agentId: string; endpointId: string }): Promise<Talk> {
    const { media, facts, recordings, clock, holdMusic } = this.#deps;
    const talk = await Talk.start(
      {
        callId: this.callId,
        callerKind: this.#incoming.signalling.kind,
        audio: this.#audio,
        holdMusic,
        media,
        facts,
        recording: this.#recording,
        recordings,
        write: (fact) => this.#write(fact),
        clock,
        log: this.#log,
      },
      agent,
    );
    this.#story.talked = true;
    talk.onEnd((by) => {
      this.#story.talkEndedBy = by;
    });
    return talk;
  }

  /** The whole call, with the agents on the right channel while they talk. */
  async #recordAll(): Promise<void> {
    const write = (fact: FactBody): void => this.#write(fact);
    const left = this.#audio.endpointId;
    try {
      this.#recording = await this.#deps.recordings.start({
        callId: this.callId,
        kind: 'call',
        left,
        right: [],
        write,
      });
      if (this.#endedBy !== undefined) this.#recording.stop();
    } catch (error) {
      this.#log.error({ error: String(error) }, 'a call is not recorded');
    }
  }

  async #recordMessage(box: string, stored: (durationMs: number) => void): Promise<{ stop(): void }> {
    const write = (fact: FactBody): void => this.#write(fact);
    const { endpointId } = this.#audio;
    const wanted = {
      callId: this.callId,
      kind: 'voicemail' as const,
      left: endpointId,
      right: [],
      write,
    } satisfies NewRecording;
    const recording = await this.#deps.recordings.start(wanted, stored);
    this.#story.leftMessage = true;
    this.#write({ type: 'noted', what: 'message for', detail: { box } });
    return recording;
  }

  #flowEnded(reason: EndReason): void {
    this.#story.flowEnd = reason;
    const ending = flowEnding(reason, this.#story);
    // When the caller is gone already the leg has ended, and this changes nothing.
    this.#leg.hangUp(ending.by, ending.reason);
  }

  #legEnded(by: EndedBy, reason: string): void {
    this.#endedBy = by;
    this.#story.brokenOff = by === 'system' && this.#story.flowEnd === undefined;
    this.#run?.hangUp(by);
    this.#recording?.stop();
    this.#audio.close();
    const outcome = outcomeOf(this.#story);
    this.#write({ type: 'callEnded', outcome, endedBy: by, reason });
    this.#log.info({ outcome, endedBy: by, reason, durationMs: this.#deps.clock.now() - this.startedAt }, 'call ended');
    this.#held.release();
    this.#ended(this);
  }

  #write(fact: FactBody, at = this.#deps.clock.now()): void {
    this.#deps.journal.write({ ...fact, callId: this.callId, at });
  }
}
