import { Ears } from '../bridge/ears.ts';
import { FRAME_SAMPLES, type Law, SAMPLES_PER_MS, silenceByte } from '../codec/g711.ts';
import { DigitSender } from '../dtmf/digit-sender.ts';
import { type PlayEnd, Player } from '../player/player.ts';
import type { PlaySource } from '../player/source.ts';
import { RTP_HEADER_BYTES } from '../rtp/packet.ts';
import { RtpSender } from '../rtp/sender.ts';
import type { RemoteMedia, SpeakerRing } from '../threads/messages.ts';

/** The sending half of a leg: each frame is a digit, else what is played, else what the table lets it hear, else silence. */
export class Outlet {
  readonly sender: RtpSender;
  readonly digits = new DigitSender();
  readonly #onPlayEnd: (playId: string, reason: PlayEnd) => void;
  #law: Law;
  #ears: Ears;
  #speakers: readonly SpeakerRing[] = [];
  #player: Player | undefined;
  #remote: RemoteMedia | undefined;
  #playing: { playId: string; items: PlaySource[]; loop: boolean } | undefined;

  constructor(ssrc: number, law: Law, onPlayEnd: (playId: string, reason: PlayEnd) => void) {
    this.sender = new RtpSender(ssrc);
    this.#law = law;
    this.#ears = new Ears(law);
    this.#onPlayEnd = onPlayEnd;
  }

  /** A changed law is used from the next frame on; a running play begins its list again in it. */
  setRemote(remote: RemoteMedia): void {
    this.#remote = remote;
    if (remote.law === this.#law) return;
    this.#law = remote.law;
    this.#ears = new Ears(remote.law);
    this.#ears.set(this.#speakers);
    const playing = this.#playing;
    if (playing && this.#player) this.#player = new Player(playing.playId, playing.items, playing.loop, this.#law);
  }

  hear(speakers: readonly SpeakerRing[]): void {
    this.#speakers = speakers;
    this.#ears.set(speakers);
  }

  play(playId: string, items: PlaySource[], loop: boolean): void {
    this.#endPlay('replaced');
    this.#playing = { playId, items, loop };
    this.#player = new Player(playId, items, loop, this.#law);
  }

  stopPlay(playId: string | undefined): void {
    if (playId === undefined || this.#player?.playId === playId) this.#endPlay('stopped');
  }

  /** The packet for the frame due at `dueMs`, undefined when none is to be sent. `skipped` frames passed unsent before it. */
  frame(dueMs: number, skipped: number): Uint8Array | undefined {
    for (let i = 0; i < skipped; i++) this.sender.advance();
    if (skipped > 0) this.sender.markNext();
    const packet = this.#packet(dueMs);
    this.sender.advance();
    return packet;
  }

  close(): void {
    this.#endPlay('closed');
    this.digits.close();
  }

  #packet(dueMs: number): Uint8Array | undefined {
    const remote = this.#remote;
    if (!remote) return undefined;
    if (this.digits.isSending && remote.eventPayloadType !== undefined) {
      return this.digits.next(this.sender, remote.eventPayloadType);
    }
    const buffer = this.sender.nextBuffer();
    this.#fill(buffer, dueMs);
    return remote.receives ? this.sender.audio(remote.payloadType) : undefined;
  }

  #fill(buffer: Uint8Array, dueMs: number): void {
    const player = this.#player;
    if (player) {
      if (player.fill(buffer, RTP_HEADER_BYTES, FRAME_SAMPLES)) return;
      this.#endPlay('finished');
    }
    if (this.#ears.fill(Math.floor(dueMs * SAMPLES_PER_MS), buffer, RTP_HEADER_BYTES)) return;
    buffer.fill(silenceByte(this.#law), RTP_HEADER_BYTES);
  }

  #endPlay(reason: PlayEnd): void {
    const player = this.#player;
    if (!player) return;
    this.#player = undefined;
    this.#playing = undefined;
    this.#onPlayEnd(player.playId, reason);
  }
}
