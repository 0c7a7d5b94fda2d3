import type { EndedBy } from '../reports/journal.ts';
import { newId } from '../shared/ids.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { TalkRecording } from './call-recording.ts';
import type { CallerAudio } from './caller-audio.ts';
import type { WriteFact } from './facts.ts';
import type { MediaFacts, MediaPort } from './media-port.ts';
import type { Recordings, RunningRecording } from './recordings.ts';
import { type TalkTable, talkTable } from './talk-table.ts';

export interface TalkDeps {
  callId: string;
  /** Carrier legs understand RFC 4733 digits; a browser has no use for them. */
  callerKind: 'carrier' | 'browser';
  audio: CallerAudio;
  /** What a caller on hold hears. */
  holdMusic: () => Parameters<CallerAudio['loop']>[0];
  media: MediaPort;
  facts: MediaFacts;
  /** By itself, as a part of the whole call (which goes on after it and takes the agent in), or not at all. */
  recording: TalkRecording;
  recordings: Recordings;
  write: WriteFact;
  clock: Clock;
  log: Logger;
}

/** The one whom a caller talks with: an agent, whose leg is as long as the talk, or a party that was called and has its own. */
export type Partner = { agentId: string; endpointId: string } | { legId: string; endpointId: string };

/** One caller and one agent or party who talk: the bridge's table, the recording, and who ended it. */
export class Talk {
  /** Absent for a party. */
  readonly agentId: string | undefined;
  readonly startedAt: number;
  readonly #deps: TalkDeps;
  readonly #bridgeId: string;
  readonly #legId: string;
  readonly #endListeners = new Set<(by: EndedBy) => void>();
  readonly #changeListeners = new Set<() => void>();
  #agent: string | undefined;
  #muted = false;
  #onHold = false;
  #isMusicOn = false;
  #endedBy: EndedBy | undefined;
  #recording: RunningRecording | undefined;
  #unwatchAgent: () => void = () => {};

  private constructor(deps: TalkDeps, partner: Partner) {
    this.#deps = deps;
    this.agentId = 'agentId' in partner ? partner.agentId : undefined;
    this.#agent = partner.endpointId;
    this.startedAt = deps.clock.now();
    this.#bridgeId = newId('bridge', this.startedAt);
    this.#legId = 'legId' in partner ? partner.legId : newId('leg', this.startedAt);
  }

  /** Joins the two; resolves when they hear each other. Rejects when the media program cannot, and has then undone it. */
  static async start(deps: TalkDeps, partner: Partner): Promise<Talk> {
    const talk = new Talk(deps, partner);
    await talk.#begin();
    return talk;
  }

  get muted(): boolean {
    return this.#muted;
  }

  get onHold(): boolean {
    return this.#onHold;
  }

  get isRecording(): boolean {
    return this.#recording !== undefined;
  }

  /** Told once, when the talk is over; at once when it is over already. */
  onEnd(listener: (by: EndedBy) => void): void {
    if (this.#endedBy === undefined) this.#endListeners.add(listener);
    else listener(this.#endedBy);
  }

  /** Told when the recording begins or ends. */
  onChange(listener: () => void): void {
    this.#changeListeners.add(listener);
  }

  /** The caller does not hear the agent while on. */
  async mute(on: boolean): Promise<void> {
    this.#muted = on;
    await this.#apply();
  }

  /** The caller hears music and the agent nothing while on. */
  async hold(on: boolean): Promise<void> {
    if (on !== this.#onHold) this.#deps.write({ type: 'noted', what: on ? 'hold' : 'resumed' });
    this.#onHold = on;
    await this.#apply();
  }

  /** Keys the agent presses for the caller's side. Resolves when the last is out. */
  async sendDigits(digits: string): Promise<void> {
    const { callerKind, audio, media, write } = this.#deps;
    write({ type: 'noted', what: 'agent sent digits', detail: { count: digits.length } });
    if (callerKind === 'carrier')
      await media.order({ order: 'endpoint.sendDigits', endpointId: audio.endpointId, digits });
  }

  /** The agent's line is gone (`undefined`): music for the caller; or it is back, perhaps by another endpoint. */
  async setAgentLine(endpointId: string | undefined): Promise<void> {
    if (this.#isEnded || endpointId === this.#agent) return;
    this.#agent = endpointId;
    this.#watchAgent();
    this.#deps.write({ type: 'noted', what: endpointId === undefined ? 'agent line lost' : 'agent line back' });
    await this.#apply();
  }

  /** Ends the talk; the caller's leg stays. A talk ends once. */
  end(by: EndedBy, reason: string): void {
    if (this.#isEnded) return;
    this.#endedBy = by;
    const { write, media, log } = this.#deps;
    this.#unwatchAgent();
    media.order({ order: 'bridge.close', bridgeId: this.#bridgeId }).catch((error: unknown) => {
      log.warn({ error: String(error) }, 'bridge was not closed');
    });
    if (this.#deps.recording.kind === 'whole') this.#recording?.setRight([]);
    else this.#recording?.stop();
    if (this.#isMusicOn) this.#deps.audio.stop();
    write({ type: 'talkEnded', ...this.#who, endedBy: by });
    if (this.agentId !== undefined) write({ type: 'legEnded', legId: this.#legId, reason });
    for (const listener of [...this.#endListeners]) listener(by);
  }

  get #who(): { agentId?: string } {
    return this.agentId === undefined ? {} : { agentId: this.agentId };
  }

  get #isEnded(): boolean {
    return this.#endedBy !== undefined;
  }

  async #begin(): Promise<void> {
    const { write, media } = this.#deps;
    const legId = this.#legId;
    const { agentId } = this;
    const ownLeg = agentId !== undefined;
    if (ownLeg) write({ type: 'legStarted', legId, kind: 'browser', role: 'agent', agentId });
    try {
      const joined = this.#sendTable(this.#table());
      this.#deps.audio.stop();
      await joined;
    } catch (error) {
      this.#endedBy = 'system';
      if (ownLeg) write({ type: 'legEnded', legId, reason: 'could not be joined' });
      media.order({ order: 'bridge.close', bridgeId: this.#bridgeId }).catch(() => {});
      throw error;
    }
    if (ownLeg) write({ type: 'legAnswered', legId });
    write({ type: 'talkStarted', ...this.#who, legId });
    this.#watchAgent();
    void this.#record();
  }

  /** A talk goes on without its recording; that there is none stands in the record. */
  async #record(): Promise<void> {
    const { recording } = this.#deps;
    if (recording.kind === 'none') return;
    try {
      this.#recording = recording.kind === 'whole' ? recording.recording : await this.#startRecording();
      if (!this.#isEnded) this.#recording.setRight(this.#table().right);
      else if (recording.kind === 'own') this.#recording.stop();
      this.#changed();
    } catch (error) {
      this.#deps.log.error({ error: String(error) }, 'a talk is not recorded');
    }
  }

  #startRecording(): Promise<RunningRecording> {
    const { recordings, callId, audio, write } = this.#deps;
    const { right } = this.#table();
    return recordings.start({ callId, kind: 'call', left: audio.endpointId, right, write }, () => {
      this.#recording = undefined;
      this.#changed();
    });
  }

  async #apply(): Promise<void> {
    if (this.#isEnded) return;
    const table = this.#table();
    this.#recording?.setRight(table.right);
    if (table.music && !this.#isMusicOn) this.#deps.audio.loop(this.#deps.holdMusic());
    if (!table.music && this.#isMusicOn) this.#deps.audio.stop();
    this.#isMusicOn = table.music;
    await this.#sendTable(table);
  }

  #table(): TalkTable {
    const { audio } = this.#deps;
    return talkTable({ caller: audio.endpointId, agent: this.#agent, muted: this.#muted, onHold: this.#onHold });
  }

  async #sendTable({ hears }: TalkTable): Promise<void> {
    const { media, callId } = this.#deps;
    await media.order({ order: 'bridge.set', bridgeId: this.#bridgeId, callId, hears });
  }

  #changed(): void {
    for (const listener of [...this.#changeListeners]) listener();
  }

  #watchAgent(): void {
    this.#unwatchAgent();
    const { facts, write } = this.#deps;
    const legId = this.#legId;
    if (this.#agent === undefined) return;
    this.#unwatchAgent = facts.watch(this.#agent, (fact) => {
      if (fact.fact !== 'quality') return;
      const { mos, lossRate, jitterMs } = fact;
      write({ type: 'legQuality', legId, mos, lossRate, jitterMs });
    });
  }
}
