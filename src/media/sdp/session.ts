import { randomInt } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { ParleyError } from '../../shared/errors.ts';
import { type Law, staticPayloadType } from '../codec/g711.ts';
import type { RemoteMedia } from '../threads/messages.ts';
import { answerDirection, chooseAudio, remoteOf } from './choose.ts';
import { type Direction, type MediaDescription, parseSdp } from './parse.ts';

/** Our side of one leg's offers and answers (RFC 3264): the o= line goes on for the leg's life, its version counts our changes. */

const EVENT_PAYLOAD_TYPE = 101;

export interface LocalAudio {
  ip: string;
  /** RTCP is on the port above, where RFC 3550 expects it. */
  rtpPort: number;
}

export interface Negotiated {
  sdp: string;
  remote: RemoteMedia;
}

/** A section of our descriptions: the audio, or one that we refused and whose place is kept (RFC 3264 section 8). */
type Place = 'audio' | string[];

interface OurAudio {
  formats: { payloadType: number; codec: string }[];
  eventPayloadType: number | undefined;
  direction: Direction;
  rtcpMux: boolean;
  port: number;
}

export class SdpSession {
  readonly #local: LocalAudio;
  readonly #sessionId = randomInt(1, 2 ** 47);
  #version = 0;
  #lastBody = '';
  #places: Place[] = ['audio'];
  #hasOffered = false;

  constructor(local: LocalAudio) {
    this.#local = local;
  }

  /** Our answer to their offer. Throws `sdp.invalid` or `media.noCommonCodec`; the session is then unchanged. */
  answer(offer: string): Negotiated {
    const { media } = parseSdp(offer);
    const chosen = chooseAudio(media);
    const remote = remoteOf(chosen, this.#local.ip);
    const ours: OurAudio = {
      formats: [{ payloadType: remote.payloadType, codec: `${remote.law}/8000` }],
      eventPayloadType: remote.eventPayloadType,
      direction: answerDirection(remote),
      rtcpMux: remote.rtcpMux,
      port: this.#local.rtpPort,
    };
    this.#places = media.map((section, index) => (index === chosen.index ? 'audio' : refused(section)));
    return { sdp: this.#write(ours), remote };
  }

  /** Our offer: both laws and telephone events, both ways. In a running call the numbers and the law in use stay first choice. */
  offer(running?: RemoteMedia): string {
    const first: Law = running?.law ?? 'PCMU';
    const second: Law = first === 'PCMU' ? 'PCMA' : 'PCMU';
    const firstType = running?.payloadType ?? staticPayloadType(first);
    this.#hasOffered = true;
    return this.#write({
      formats: [
        { payloadType: firstType, codec: `${first}/8000` },
        { payloadType: staticPayloadType(second), codec: `${second}/8000` },
      ],
      eventPayloadType: running?.eventPayloadType ?? freeEventType(firstType),
      direction: 'sendrecv',
      rtcpMux: running?.rtcpMux ?? true,
      port: this.#local.rtpPort,
    });
  }

  /** Their answer to our offer. Throws `sdp.invalid` or `media.noCommonCodec`; the session is then unchanged. */
  takeAnswer(answer: string): RemoteMedia {
    if (!this.#hasOffered)
      throw new ParleyError('media.badOrder', {}, { text: 'No offer of ours is open on this leg' });
    const chosen = chooseAudio(parseSdp(answer).media);
    if (this.#places[chosen.index] !== 'audio')
      throw new ParleyError('sdp.invalid', { reason: 'audio in another section than offered' });
    return remoteOf(chosen, this.#local.ip);
  }

  #section({ formats, eventPayloadType, direction, rtcpMux, port }: OurAudio): string[] {
    const numbers = formats.map(({ payloadType }) => payloadType);
    if (eventPayloadType !== undefined) numbers.push(eventPayloadType);
    return [
      `m=audio ${port} RTP/AVP ${numbers.join(' ')}`,
      ...formats.map(({ payloadType, codec }) => `a=rtpmap:${payloadType} ${codec}`),
      ...(eventPayloadType === undefined
        ? []
        : [`a=rtpmap:${eventPayloadType} telephone-event/8000`, `a=fmtp:${eventPayloadType} 0-15`]),
      'a=ptime:20',
      `a=${direction}`,
      ...(rtcpMux ? ['a=rtcp-mux'] : []),
    ];
  }

  #write(audio: OurAudio): string {
    const { ip } = this.#local;
    const sections = this.#places.map((place) => (place === 'audio' ? this.#section(audio) : place));
    const family = isIPv6(ip) ? 'IP6' : 'IP4';
    const body = ['s=-', `c=IN ${family} ${ip}`, 't=0 0', ...sections.flat()].join('\r\n');
    if (body !== this.#lastBody) this.#version++;
    this.#lastBody = body;
    return `v=0\r\no=parley ${this.#sessionId} ${this.#version} IN ${family} ${ip}\r\n${body}\r\n`;
  }
}

/** A number for telephone events that no law has. */
function freeEventType(taken: number): number {
  return taken === EVENT_PAYLOAD_TYPE ? EVENT_PAYLOAD_TYPE + 1 : EVENT_PAYLOAD_TYPE;
}

/** A section we do not take keeps its place with port 0 (RFC 3264 section 6). */
function refused({ kind, protocol, formats }: MediaDescription): string[] {
  return [`m=${kind} 0 ${protocol} ${formats.join(' ')}`];
}
