import { isIPv6 } from 'node:net';
import { ParleyError } from '../../shared/errors.ts';
import type { Law } from '../codec/g711.ts';
import { isUnspecified } from '../rtp/source-check.ts';
import type { RemoteMedia } from '../threads/messages.ts';
import type { Direction, MediaDescription } from './parse.ts';

/** What we take from a far side's description: one audio section, one law of G.711, telephone events if it has them. */

const PROTOCOLS = new Set(['RTP/AVP', 'RTP/AVPF']);

export interface ChosenAudio {
  /** Which m= line. */
  index: number;
  description: MediaDescription;
  law: Law;
  payloadType: number;
  eventPayloadType: number | undefined;
}

/** The first usable audio section; our law is the far side's first choice. Throws `media.noCommonCodec`. */
export function chooseAudio(media: readonly MediaDescription[]): ChosenAudio {
  for (const [index, description] of media.entries()) {
    if (description.kind !== 'audio' || description.port === 0 || !PROTOCOLS.has(description.protocol)) continue;
    const codec = firstLaw(description);
    if (codec) return { index, description, ...codec, eventPayloadType: eventPayloadType(description) };
  }
  throw new ParleyError('media.noCommonCodec', { offered: media.map(({ formats }) => formats.join(' ')) });
}

function firstLaw({ formats, codecs }: MediaDescription): { law: Law; payloadType: number } | undefined {
  for (const format of formats) {
    const name = (codecs.get(format) ?? STATIC[format] ?? '').toUpperCase().replace(/\/1$/, '');
    if (name === 'PCMU/8000' || name === 'PCMA/8000') {
      return { law: name === 'PCMU/8000' ? 'PCMU' : 'PCMA', payloadType: payloadTypeOf(format) };
    }
  }
  return undefined;
}

/** Payload types that need no rtpmap (RFC 3551). */
const STATIC: Record<string, string> = { '0': 'PCMU/8000', '8': 'PCMA/8000' };

function eventPayloadType({ formats, codecs }: MediaDescription): number | undefined {
  const format = formats.find((name) => /^telephone-event\/8000(\/1)?$/i.test(codecs.get(name) ?? ''));
  return format === undefined ? undefined : payloadTypeOf(format);
}

function payloadTypeOf(format: string): number {
  const number = Number(format);
  if (!Number.isInteger(number) || number < 0 || number > 127) {
    throw new ParleyError('sdp.invalid', { reason: 'bad payload type' });
  }
  return number;
}

/** The far end in the engine's words. Throws `sdp.invalid` when its address is of another family than ours. */
export function remoteOf(chosen: ChosenAudio, ourIp: string): RemoteMedia {
  const { address = '', port, direction, rtcpMux, rtcpPort } = chosen.description;
  if (isIPv6(address) !== isIPv6(ourIp)) {
    throw new ParleyError('sdp.invalid', { reason: 'address family' });
  }
  return {
    ip: address,
    port,
    rtcpPort: rtcpPort ?? Math.min(port + 1, 65_535),
    rtcpMux,
    law: chosen.law,
    payloadType: chosen.payloadType,
    eventPayloadType: chosen.eventPayloadType,
    sends: direction === 'sendrecv' || direction === 'sendonly',
    receives: (direction === 'sendrecv' || direction === 'recvonly') && !isUnspecified(address),
  };
}

/** Our direction for a far side's (RFC 3264 section 6.1). */
export function answerDirection({ sends, receives }: RemoteMedia): Direction {
  if (sends && receives) return 'sendrecv';
  if (sends) return 'recvonly';
  return receives ? 'sendonly' : 'inactive';
}
