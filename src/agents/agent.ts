import type { MediaFacts, MediaPort } from '../calls/media-port.ts';
import { PageAudio } from '../calls/page-audio.ts';
import type { Talk } from '../calls/talk.ts';
import type { DeskAsk, DeskFrame, DeskState, Presence } from '../protocol/desk.ts';
import type { SessionUser } from '../protocol/http.ts';
import type { EndedBy } from '../reports/journal.ts';
import { ParleyError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { step } from '../shared/machine.ts';
import type { Clock } from '../shared/time.ts';
import { type AgentEvent, type AgentOrder, type AgentState, agentMachine } from './agent-machine.ts';
import type { PageSocket } from './desk-service.ts';
import type { AgentView, DeskOffer } from './floor.ts';

export interface AgentDeps {
  media: MediaPort;
  facts: MediaFacts;
  board: () => DeskState['queues'];
  /** What queues see of this agent has changed. */
  changed(): void;
  clock: Clock;
  log: Logger;
}

/** How long a lost page or lost audio may take to come back, in ms. */
const GRACE_MS = 20_000;

/** What the desk shows of the call after it has ended. */
type WrapUp = NonNullable<DeskState['wrapUp']>;

/** One agent: presence, page, audio, and the call at hand. Drives the table of `agent-machine.ts`. */
export class Agent {
  readonly #deps: AgentDeps;
  readonly #audio: PageAudio;
  #user: SessionUser;
  #state: AgentState = { kind: 'offline' };
  #since: number;
  #idleSince: number;
  #socket: PageSocket<DeskFrame> | undefined;
  #offer: DeskOffer | undefined;
  #talk: Talk | undefined;
  #wrapUp: WrapUp | undefined;
  #talkEndedBy: EndedBy = 'system';
  #misses = 0;
  #answering: { resolve: () => void; reject: (error: unknown) => void } | undefined;
  #cancelGrace: () => void = () => {};
  #cancelWrapUp: () => void = () => {};

  constructor(deps: AgentDeps, user: SessionUser) {
    this.#deps = deps;
    this.#user = user;
    this.#since = deps.clock.now();
    this.#idleSince = this.#since;
    this.#audio = new PageAudio(
      { ...deps, prefix: deskPrefix(user.id) },
      {
        up: () => this.#audioMoved({ kind: 'audioUp' }),
        down: () => this.#audioMoved({ kind: 'audioLost' }),
        lost: () => this.#socket?.send({ event: 'mediaLost' }),
      },
    );
  }

  get presence(): Presence {
    const { kind } = this.#state;
    return kind === 'answering' ? 'offered' : kind;
  }

  view(): AgentView {
    const { id: agentId, name, skills } = this.#user;
    return { agentId, name, presence: this.presence, idleSince: this.#idleSince, skills };
  }

  /** Somebody may have changed what this agent can do. */
  userIs(user: SessionUser): void {
    const isChanged = user.skills.join(' ') !== this.#user.skills.join(' ');
    this.#user = user;
    if (isChanged) this.#deps.changed();
  }

  /** A page of this agent is here; an earlier one is sent away. */
  pageOpened(user: SessionUser, socket: PageSocket<DeskFrame>): void {
    const earlier = this.#socket;
    this.#user = user;
    this.#socket = socket;
    earlier?.close(4001, 'another page took over');
    this.#take({ kind: 'pageOpened', hasAudio: this.#audio.endpointId !== undefined });
    this.show();
  }

  pageClosed(socket: PageSocket<DeskFrame>): void {
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#take({ kind: 'pageLost' });
  }

  /** An endpoint of this agent that stands since before the app was started. */
  adopt(endpointId: string): void {
    this.#audio.adopt(endpointId);
  }

  ring(offer: DeskOffer): boolean {
    if (this.#state.kind !== 'available') return false;
    this.#offer = offer;
    this.#take({ kind: 'rung' });
    return true;
  }

  stopRinging(offerId: string, why: 'callerLeft' | 'rangOut'): void {
    if (this.#offer?.offerId !== offerId || this.#state.kind !== 'offered') return;
    if (why === 'callerLeft') {
      this.#take({ kind: 'callerLeft', reachable: this.#isReachable });
      return;
    }
    this.#misses += 1;
    const tooOften = this.#misses >= this.#offer.missesAllowed;
    this.#deps.log.info({ agentId: this.#user.id, misses: this.#misses }, 'a call was not answered');
    if (tooOften) this.#misses = 0;
    this.#take({ kind: 'rangOut', tooOften, reachable: this.#isReachable });
  }

  /** Shows the page the whole desk as it is now. */
  show(): void {
    this.#socket?.send({ event: 'desk', desk: this.desk() });
  }

  async ask(ask: DeskAsk): Promise<Record<string, unknown>> {
    switch (ask.ask) {
      case 'media.open':
      case 'media.connect':
      case 'media.produce':
      case 'media.consume':
      case 'media.restartIce':
        return this.#audio.ask(ask);
      case 'goAvailable':
        this.#goAvailable();
        return {};
      case 'takeBreak':
        this.#must({ kind: 'breakAsked', ...(ask.reason && { reason: ask.reason }) });
        return {};
      case 'answer':
        await this.#answer(ask.offerId);
        return {};
      case 'decline':
        this.#mustBeOffered(ask.offerId);
        this.#must({ kind: 'declineAsked' });
        return {};
      case 'mute':
        await this.#talking().mute(ask.on);
        this.show();
        return {};
      case 'hold':
        await this.#talking().hold(ask.on);
        this.show();
        return {};
      case 'sendDigits':
        await this.#talking().sendDigits(ask.digits);
        return {};
      case 'hangUp':
        if (this.#isDialling) this.#offer?.giveUp?.();
        else this.#talking().end('agent', 'agent hung up');
        return {};
      case 'finishWrapUp':
        this.#must({ kind: 'wrapUpOver', reachable: this.#isReachable });
        return {};
    }
  }

  desk(): DeskState {
    const { id, name, displayName } = this.#user;
    const offer = this.#offer;
    const reason = 'reason' in this.#state ? this.#state.reason : undefined;
    return {
      user: { id, name, displayName },
      presence: this.presence,
      since: this.#since,
      ...(reason !== undefined && { breakReason: reason }),
      mediaReady: this.#audio.endpointId !== undefined,
      ...(offer && !this.#talk && { offer: this.#offerShown(offer) }),
      ...(offer && this.#talk && { call: callOf(offer, this.#talk) }),
      ...(this.#wrapUp && { wrapUp: this.#wrapUp }),
      queues: this.#deps.board(),
    };
  }

  #offerShown({ story, offerId, ringsUntil }: DeskOffer): NonNullable<DeskState['offer']> {
    return { ...story, offerId, ringsUntil, ...(this.#isDialling && { dialling: true as const }) };
  }

  /** Somebody is being called for this agent. */
  get #isDialling(): boolean {
    return this.#state.kind === 'answering' && this.#offer?.giveUp !== undefined;
  }

  get #isFree(): boolean {
    const { kind } = this.#state;
    return kind === 'available' || kind === 'onBreak' || kind === 'offline' || kind === 'unreachable';
  }

  get #isReachable(): boolean {
    return this.#socket !== undefined && this.#audio.endpointId !== undefined;
  }

  #take(event: AgentEvent): boolean {
    const before = this.#state.kind;
    const move = step(agentMachine, this.#state, event);
    this.#deps.log.debug({ agentId: this.#user.id, state: before, event: event.kind, moved: move.moved }, 'agent');
    if (!move.moved) return false;
    this.#state = move.state;
    if (move.state.kind !== before) this.#arrived(move.state);
    for (const order of move.effects) this.#obey(order);
    if (this.#isFree) this.#offer = undefined;
    this.show();
    if (move.state.kind !== before) this.#deps.changed();
    return true;
  }

  #must(event: AgentEvent): void {
    if (!this.#take(event)) throw new ParleyError('agent.wrongState');
  }

  #arrived({ kind }: AgentState): void {
    this.#since = this.#deps.clock.now();
    this.#deps.log.info({ agentId: this.#user.id, presence: this.presence }, 'agent moved');
    if (kind === 'wrappingUp') this.#idleSince = this.#since;
    const isBusy = kind === 'offered' || kind === 'answering' || kind === 'talking' || kind === 'wrappingUp';
    if (!isBusy) this.#wrapUp = undefined;
  }

  #obey(order: AgentOrder): void {
    const { clock } = this.#deps;
    switch (order) {
      case 'declineOffer':
        this.#dropOffer()?.decline();
        return;
      case 'loseOffer':
        this.#dropOffer()?.lost();
        return;
      case 'acceptOffer':
        void this.#accept();
        return;
      case 'muteLine':
      case 'restoreLine':
        void this.#moveLine(order === 'restoreLine' ? this.#audio.endpointId : undefined);
        return;
      case 'vanish':
        this.#vanish();
        return;
      case 'startWrapUp':
        this.#startWrapUp();
        return;
      case 'stopWrapUp':
        this.#cancelWrapUp();
        return;
      case 'startGrace':
        this.#cancelGrace();
        this.#cancelGrace = clock.after(GRACE_MS, () =>
          this.#take({ kind: 'graceOver', hasPage: this.#socket !== undefined }),
        );
        return;
      case 'stopGrace':
        this.#cancelGrace();
        return;
    }
  }

  #goAvailable(): void {
    if (this.#audio.endpointId === undefined && this.#state.kind !== 'talking') {
      throw new ParleyError('agent.wrongState', {}, { text: 'The audio is not connected yet' });
    }
    this.#misses = 0;
    this.#must({ kind: 'availableAsked' });
  }

  #mustBeOffered(offerId: string): void {
    if (this.#offer?.offerId === offerId && this.#state.kind === 'offered') return;
    throw new ParleyError('agent.wrongState', {}, { text: 'This call is no longer offered' });
  }

  /** Resolves when the two hear each other; for a call back, when the customer is being called: that takes its time. */
  async #answer(offerId: string): Promise<void> {
    this.#mustBeOffered(offerId);
    if (this.#audio.endpointId === undefined) {
      throw new ParleyError('agent.wrongState', {}, { text: 'The audio is not connected yet' });
    }
    if (this.#offer?.giveUp) {
      this.#must({ kind: 'answerAsked' });
      return;
    }
    await new Promise<void>((resolve, reject) => {
      this.#answering = { resolve, reject };
      this.#must({ kind: 'answerAsked' });
    });
  }

  async #accept(): Promise<void> {
    const answering = this.#answering;
    const offer = this.#offer;
    const endpointId = this.#audio.endpointId;
    try {
      if (!offer || endpointId === undefined) throw new ParleyError('agent.wrongState');
      const talk = await offer.accept(endpointId);
      this.#misses = 0;
      this.#talk = talk;
      this.#take({ kind: 'joined' });
      talk.onChange(() => this.show());
      talk.onEnd((by) => this.#talkEnded(by));
      // What happened to the line while the two were being joined.
      if (this.#audio.endpointId === undefined) this.#take({ kind: 'audioLost' });
      else if (this.#audio.endpointId !== endpointId) this.#take({ kind: 'audioUp' });
      answering?.resolve();
    } catch (error) {
      this.#offer = undefined;
      this.#take({ kind: 'joinFailed', reachable: this.#isReachable });
      answering?.reject(error);
    }
  }

  #talkEnded(by: EndedBy): void {
    this.#talkEndedBy = by;
    this.#take({ kind: 'talkEnded' });
  }

  #startWrapUp(): void {
    const { clock } = this.#deps;
    const offer = this.#dropOffer();
    this.#talk = undefined;
    if (!offer) return;
    const until = clock.now() + offer.wrapUpMs;
    this.#wrapUp = { ...offer.story, until, endedBy: this.#talkEndedBy };
    this.#cancelWrapUp = clock.after(offer.wrapUpMs, () =>
      this.#take({ kind: 'wrapUpOver', reachable: this.#isReachable }),
    );
  }

  #vanish(): void {
    this.#talk = undefined;
    this.#dropOffer()?.vanished();
  }

  async #moveLine(endpointId: string | undefined): Promise<void> {
    try {
      await this.#talk?.setAgentLine(endpointId);
    } catch (error) {
      this.#deps.log.warn({ agentId: this.#user.id, error: String(error) }, 'the line of a talk was not moved');
    }
  }

  #audioMoved(event: AgentEvent): void {
    if (!this.#take(event)) this.show();
  }

  #talking(): Talk {
    if (!this.#talk) throw new ParleyError('agent.wrongState');
    return this.#talk;
  }

  #dropOffer(): DeskOffer | undefined {
    const offer = this.#offer;
    this.#offer = undefined;
    return offer;
  }
}

/** What the ids of an agent's endpoints begin with. */
export function deskPrefix(userId: string): string {
  return `desk.${userId}.`;
}

function callOf(offer: DeskOffer, talk: Talk): NonNullable<DeskState['call']> {
  return {
    ...offer.story,
    answeredAt: talk.startedAt,
    muted: talk.muted,
    onHold: talk.onHold,
    recording: talk.isRecording ? 'on' : 'off',
  };
}
