import { Anchor } from '../bridge/anchor.ts';
import { positionAt, SpokenWriter } from '../bridge/spoken.ts';
import { type Law, SAMPLES_PER_MS, staticPayloadType } from '../codec/g711.ts';
import { DigitReceiver } from '../dtmf/digit-receiver.ts';
import { EVENT_BYTES } from '../dtmf/event.ts';
import { VoiceActivity } from '../quality/voice-activity.ts';
import { newPacketView, readPacket } from '../rtp/packet.ts';
import { Reception } from '../rtp/reception.ts';
import { SourceCheck } from '../rtp/source-check.ts';
import type { RemoteMedia } from '../threads/messages.ts';

/** The most audio one packet may carry, in samples: 120 ms. */
const MOST_PAYLOAD = 120 * SAMPLES_PER_MS;

const view = newPacketView();

export interface InletEvents {
  digit(digit: string, durationMs: number): void;
  talking(isTalking: boolean): void;
  malformed(reason: string): void;
}

/** The receiving half of a leg: datagrams in, what was said onto the shared ring, digits and speech as facts. */
export class Inlet {
  readonly spoken: SpokenWriter;
  readonly source: SourceCheck;
  readonly reception = new Reception();
  /** While secure, listeners and recordings get silence; digits still go to the app. */
  secure = false;
  /** When the last packet was taken, on the shared clock; 0 before the first. */
  heardAtMs = 0;
  ssrc = 0;
  packets = 0;
  readonly #anchor = new Anchor();
  readonly #digits: DigitReceiver;
  readonly #voice = new VoiceActivity();
  readonly #events: InletEvents;
  #remote: RemoteMedia | undefined;
  #hasStream = false;
  #delay = 0;

  constructor(law: Law, isStrictSource: boolean, events: InletEvents) {
    this.spoken = new SpokenWriter(law);
    this.source = new SourceCheck(isStrictSource);
    this.#events = events;
    this.#digits = new DigitReceiver((digit, durationMs) => events.digit(digit, durationMs));
  }

  setRemote(remote: RemoteMedia): void {
    this.#remote = remote;
    this.source.expect(remote);
  }

  /** One datagram of the RTP port. Anything that is not a packet of this leg is counted and changes nothing. */
  take(data: Uint8Array, ip: string, port: number, nowMs: number): void {
    const remote = this.#remote;
    const fault = readPacket(data, view) ?? faultOf(remote);
    if (fault || !remote) {
      this.#events.malformed(fault ?? 'early');
      return;
    }
    const source = this.source.check(ip, port, nowMs);
    if (source === 'refused') return;
    if (source === 'changed' || view.ssrc !== this.ssrc || !this.#hasStream) this.#beginStream();
    const now = positionAt(nowMs);
    const verdict = this.reception.take(view.sequence, view.timestamp, now);
    if (verdict === 'repeated' || verdict === 'jumped') return;
    this.packets++;
    this.heardAtMs = nowMs;
    const law = lawOf(view.payloadType, remote);
    if (law) this.#say(data, law, now, nowMs);
    else this.#digits.take(data, view.payloadStart, view.payloadEnd, view.timestamp, nowMs);
  }

  /** What has to be noticed although nothing arrives. */
  check(nowMs: number): void {
    this.#digits.checkLost(nowMs);
    if (this.#voice.check(nowMs)) this.#events.talking(this.#voice.isTalking);
  }

  close(): void {
    this.spoken.close();
  }

  #beginStream(): void {
    if (this.#hasStream) this.reception.restart();
    this.#hasStream = true;
    this.ssrc = view.ssrc;
    this.#anchor.reset();
    this.#digits.restart();
  }

  #say(data: Uint8Array, law: Law, now: number, nowMs: number): void {
    const { payloadStart, payloadEnd, timestamp } = view;
    const position = this.#anchor.place(timestamp, now);
    if (this.#anchor.delay !== this.#delay) {
      this.#delay = this.#anchor.delay;
      this.spoken.setDelay(this.#delay);
    }
    if (payloadEnd > payloadStart) this.spoken.write(data, payloadStart, payloadEnd, law, position, now, this.secure);
    if (this.#voice.take(data, payloadStart, payloadEnd, law, nowMs)) this.#events.talking(this.#voice.isTalking);
  }
}

/** Why the packet in `view` is of no use to a leg with this far end. */
function faultOf(remote: RemoteMedia | undefined): string | undefined {
  if (!remote) return 'early';
  const bytes = view.payloadEnd - view.payloadStart;
  if (lawOf(view.payloadType, remote)) return bytes > MOST_PAYLOAD ? 'long' : undefined;
  if (view.payloadType !== remote.eventPayloadType) return 'payloadType';
  return bytes < EVENT_BYTES ? 'event' : undefined;
}

function lawOf(payloadType: number, remote: RemoteMedia): Law | undefined {
  if (payloadType === remote.payloadType) return remote.law;
  if (payloadType === staticPayloadType('PCMU')) return 'PCMU';
  if (payloadType === staticPayloadType('PCMA')) return 'PCMA';
  return undefined;
}
