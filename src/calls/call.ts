import type { AudioItem } from '../flows/audio.ts';
import type { HeldFlow } from '../flows/held-flows.ts';
import { seedOf } from '../flows/machine/chance.ts';
import type { EndReason, PlayItem, RejectCause } from '../flows/machine/types.ts';
import type { CallJournal, CallOutcome, EndedBy } from '../reports/journal.ts';
import { type FailureCode, ParleyError } from '../shared/errors.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import { type CallStory, flowEnding, outcomeOf } from './call-outcome.ts';
import { callOutside } from './call-outside.ts';
import { CallRecording } from './call-recording.ts';
import type { Callbacks } from './callbacks.ts';
import { CallerAudio, type MakeAudio } from './caller-audio.ts';
import { CallerLeg } from './caller-leg.ts';
import type { FactBody } from './facts.ts';
import type { OutsideWorld } from './flow-outside.ts';
import { FlowRun } from './flow-run.ts';
import { carrierMedia, standingMedia } from './leg-media.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';
import type { NumberRoute } from './numbers.ts';
import type { Outbound } from './outbound.ts';
import { callParty } from './party-transfer.ts';
import type { QueueCaller, QueueEntrance, QueueListener, QueuePlace, QueueWish } from './queue-port.ts';
import type { NewRecording, Recordings } from './recordings.ts';
import type { IncomingCall } from './signalling.ts';
import { type Partner, Talk } from './talk.ts';
import { noted, type RunningTransfer, type TransferListener, type TransferWish } from './transfer-port.ts';
import { type Whisper, whisperTo } from './whisper.ts';

const REJECTED_WITH: Record<RejectCause, FailureCode> = {
  busy: 'call.busy',
  unavailable: 'call.unavailable',
  declined: 'call.declined',
};

/** What a flow may do after its caller has gone takes so long at most, in ms. */
const LONGEST_AFTERMATH_MS = 120_000;

/** Parties that one call may call: a flow that goes round must not ring up half the world. */
const MOST_DIALS = 10;

/** One stay of the caller in a queue or at a desk. */
interface Stay {
  /** What the other side is told before the two are joined. */
  readonly whisper: readonly PlayItem[];
  running?: Whisper;
  isOver: boolean;
}

/** What all calls share. */
export interface CallDeps {
  media: MediaPort;
  facts: MediaFacts;
  recordings: Recordings;
  queues: QueueEntrance;
  outbound: Outbound;
  outside: Pick<OutsideWorld, 'request' | 'readQueue'>;
  callbacks: Pick<Callbacks, 'book'>;
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
  readonly #recording: CallRecording;
  /** Parties that this call has called. */
  #dials = 0;
  readonly #keyListeners = new Set<(digit: string) => void>();
  #run: FlowRun | undefined;
  /** The end of the caller's leg, once it has come. */
  #ending: { outcome: CallOutcome; endedBy: EndedBy; reason: string } | undefined;
  #isFinished = false;
  #cancelCut: () => void = () => {};
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
        ? carrierMedia(media, this.#log, { endpointId: legId, callId, offer })
        : standingMedia(media, this.#log, endpointId);
    const write = (fact: FactBody, at?: number): void => this.#write(fact, at);
    this.#writeStart(legId);
    this.#audio = new CallerAudio(
      { media, facts, make: deps.makeAudio, log: this.#log },
      { endpointId: legMedia.endpointId, callId },
    );
    this.#recording = new CallRecording({
      recordings: deps.recordings,
      callId,
      left: legMedia.endpointId,
      write,
      log: this.#log,
    });
    this.#leg = new CallerLeg(
      { legId, signalling: incoming.signalling, media: legMedia, facts, write, log: this.#log },
      {
        answered: () => {
          this.#story.answered = true;
        },
        talking: () => this.#talking(),
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

  /** Opens the media and answers, or lets the flow begin that answers by itself. */
  open(): void {
    if (this.#held.flow.answersByStep) this.#begin();
    else this.#leg.open();
  }

  /** Ends the call from outside. */
  end(by: EndedBy, reason: string): void {
    this.#leg.hangUp(by, reason);
    if (this.#ending) this.#run?.cut();
  }

  #writeStart(legId: string): void {
    const { callerNumber, callerName, calledNumber, sipCallId, address, signalling } = this.#incoming;
    this.#write({ type: 'callStarted', callerNumber, ...(callerName && { callerName }), calledNumber });
    const { alias, flow: held } = this.#held;
    const { name: flow, version: flowVersion } = held;
    const { language } = this.#route;
    this.#write({ type: 'flowStarted', flow, flowVersion, alias, ...(language !== undefined && { language }) });
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

  #talking(): void {
    if (this.#route.record === 'call') this.#recording.order('start');
    if (this.#run) this.#run.answered();
    else this.#begin();
  }

  #begin(): void {
    const { language } = this.#route;
    const { callerNumber, callerName, calledNumber } = this.#incoming;
    const withheld = callerNumber === 'anonymous';
    this.#run = new FlowRun({
      flow: this.#held.flow,
      clock: this.#deps.clock,
      log: this.#log,
      caller: {
        audio: this.#audio,
        write: (fact, at) => this.#write(fact, at),
        outside: this.#outside(),
        ring: () => this.#leg.ring(),
        answer: () => this.#leg.open(),
        record: (order) => this.#recording.order(order),
        setSecure: (on) => this.#setSecure(on),
        enterQueue: (wish, listener) => this.#enterQueue(wish, listener),
        transfer: (wish, listener) => this.#transfer(wish, listener),
        recordMessage: (box, stored) => this.#recordMessage(box, stored),
        flowEnded: (reason, cause) => this.#flowEnded(reason, cause),
      },
    });
    this.#run.begin({
      at: this.#deps.clock.now(),
      caller: { number: withheld ? '' : callerNumber, name: callerName ?? '' },
      called: calledNumber,
      seed: seedOf(this.callId),
      ...(language !== undefined && { language }),
    });
  }

  #outside(): OutsideWorld {
    const { callerName, calledNumber, signalling } = this.#incoming;
    return callOutside({
      ...this.#deps,
      callId: this.callId,
      calledNumber,
      ...(callerName && { callerName }),
      carrierEndpoint: signalling.kind === 'carrier' ? this.#audio.endpointId : undefined,
      path: () => this.#run?.path() ?? [],
      mayRecord: () => this.#recording.mayRecord,
      write: (fact) => this.#write(fact),
    });
  }

  #digit(digit: string): void {
    this.#run?.digit(digit);
    for (const listener of [...this.#keyListeners]) listener(digit);
  }

  #setSecure(on: boolean): void {
    const { media } = this.#deps;
    media.order({ order: 'endpoint.setSecure', endpointId: this.#audio.endpointId, on }).catch((error: unknown) => {
      this.#log.warn({ error: String(error) }, 'secure mode was not set');
    });
  }

  #enterQueue(wish: QueueWish, listener: QueueListener): QueuePlace {
    this.#story.waited = true;
    return this.#stay(wish, (caller) => this.#deps.queues.enter(wish, caller, listener));
  }

  /** Lets the caller wait for an agent, in a queue or at one desk; they leave the whisper to that agent with it. */
  #stay({ whisper = [] }: { whisper?: PlayItem[] }, enter: (caller: QueueCaller) => QueuePlace): QueuePlace {
    const { callerNumber, callerName, calledNumber } = this.#incoming;
    const stay: Stay = { whisper, isOver: false };
    const place = enter({
      callId: this.callId,
      callerNumber,
      ...(callerName && { callerName }),
      calledNumber,
      path: this.#run?.path() ?? [],
      audio: this.#audio,
      write: (fact, at) => this.#write(fact, at),
      onKey: (heard) => {
        this.#keyListeners.add(heard);
        return () => this.#keyListeners.delete(heard);
      },
      connect: (partner) => this.#connect(partner, stay),
    });
    return {
      leave: (by) => {
        stay.isOver = true;
        stay.running?.stop();
        place.leave(by);
      },
    };
  }

  #transfer(wish: TransferWish, listener: TransferListener): RunningTransfer {
    const { to, ringMs } = wish;
    const told = noted(to, listener, (fact) => this.#write(fact));
    if ('agent' in to) {
      const { agent } = to;
      return told.running(
        this.#stay(wish, (caller) => this.#deps.queues.ringAgent({ agent, ringMs }, caller, told.listener)),
      );
    }
    this.#dials += 1;
    if (this.#dials > MOST_DIALS) {
      this.#log.warn({ dials: this.#dials }, 'a call has called enough parties');
      told.listener.ended('failed');
      return told.running({ leave: () => {} });
    }
    const { callerId } = wish;
    const party = { number: to.number, ringMs, ...(callerId !== undefined && { callerId }) };
    return told.running(
      this.#stay(wish, (caller) => callParty({ ...this.#deps, log: this.#log }, party, caller, told.listener)),
    );
  }

  /** Joins the caller with an agent or a party, who may be told something first; the caller hears what they heard before meanwhile. */
  async #connect(partner: Partner, stay: Stay): Promise<Talk> {
    const { media, facts, recordings, clock, holdMusic } = this.#deps;
    if (stay.whisper.length > 0) await this.#whisper(partner.endpointId, stay);
    const talk = await Talk.start(
      {
        callId: this.callId,
        callerKind: this.#incoming.signalling.kind,
        audio: this.#audio,
        holdMusic,
        media,
        facts,
        recording: await this.#recording.forTalk(),
        recordings,
        write: (fact) => this.#write(fact),
        clock,
        log: this.#log,
      },
      partner,
    );
    this.#story.talked = true;
    talk.onEnd((by) => {
      this.#story.talkEndedBy = by;
    });
    return talk;
  }

  /** Rejects when the caller has left meanwhile: nobody is joined then. */
  async #whisper(endpointId: string, stay: Stay): Promise<void> {
    const { makeAudio, clock } = this.#deps;
    const playId = newId('play', clock.now());
    stay.running = whisperTo({ ...this.#deps, log: this.#log }, { endpointId, playId, audio: makeAudio(stay.whisper) });
    await stay.running.done;
    if (stay.isOver) throw new ParleyError('agent.wrongState', {}, { text: 'The caller is gone' });
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

  #flowEnded(reason: EndReason, cause?: RejectCause): void {
    this.#story.flowEnd = reason;
    const ending = flowEnding(reason, this.#story);
    // When the caller is gone already the leg has ended, and this changes nothing.
    this.#leg.hangUp(ending.by, ending.reason, cause && REJECTED_WITH[cause]);
    this.#finish();
  }

  #legEnded(by: EndedBy, reason: string): void {
    this.#endedBy = by;
    this.#story.brokenOff = by === 'system' && this.#story.flowEnd === undefined;
    this.#run?.hangUp(by === 'party' ? 'system' : by);
    this.#recording.close();
    this.#audio.close();
    // A flow may have something to do yet, such as to book a call back for a caller who gave up.
    this.#ending = { outcome: outcomeOf(this.#story), endedBy: by, reason };
    this.#cancelCut = this.#deps.clock.after(LONGEST_AFTERMATH_MS, () => this.#run?.cut());
    this.#finish();
  }

  /** Once the caller is gone and the flow is through. */
  #finish(): void {
    if (!this.#ending || this.#isFinished || this.#run?.isOver === false) return;
    this.#isFinished = true;
    this.#cancelCut();
    const ending = this.#ending;
    this.#write({ type: 'callEnded', ...ending });
    this.#log.info({ ...ending, durationMs: this.#deps.clock.now() - this.startedAt }, 'call ended');
    this.#held.release();
    this.#ended(this);
  }

  #write(fact: FactBody, at = this.#deps.clock.now()): void {
    this.#deps.journal.write({ ...fact, callId: this.callId, at });
  }
}
