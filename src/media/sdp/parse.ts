import { isIP } from 'node:net';
import { ParleyError } from '../../shared/errors.ts';

/** Reads session descriptions (RFC 8866): as much of them as an audio leg needs, within bounds. */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface MediaDescription {
  kind: string;
  port: number;
  protocol: string;
  /** Payload types as written, or other format names for other protocols. */
  formats: string[];
  /** Of the media section, else of the session; undefined when the section is refused (port 0) and has none. */
  address: string | undefined;
  direction: Direction;
  /** `a=rtpmap` by payload type, such as `PCMU/8000`. */
  codecs: Map<string, string>;
  rtcpPort: number | undefined;
  rtcpMux: boolean;
  ptimeMs: number | undefined;
}

export interface SessionDescription {
  sessionId: string;
  version: string;
  media: MediaDescription[];
}

const MOST_BYTES = 65_536;
const MOST_LINES = 1_000;
const MOST_MEDIA = 16;
const MOST_FORMATS = 64;

function invalid(reason: string): ParleyError {
  return new ParleyError('sdp.invalid', { reason }, { text: `The session description cannot be read: ${reason}` });
}

interface Reading {
  sessionId: string;
  version: string;
  address: string | undefined;
  direction: Direction | undefined;
  media: (Omit<MediaDescription, 'direction'> & { direction: Direction | undefined })[];
}

/** Throws `sdp.invalid` with its reason. Unknown lines and attributes are passed over. */
export function parseSdp(text: string): SessionDescription {
  if (text.length > MOST_BYTES) throw invalid('too long');
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > MOST_LINES) throw invalid('too many lines');
  while (lines.at(-1) === '') lines.pop();
  if (lines[0] !== 'v=0') throw invalid('does not begin with v=0');
  const reading: Reading = { sessionId: '', version: '', address: undefined, direction: undefined, media: [] };
  for (const line of lines) readLine(line, reading);
  if (reading.sessionId === '') throw invalid('no o= line');
  if (reading.media.length === 0) throw invalid('no m= line');
  return {
    sessionId: reading.sessionId,
    version: reading.version,
    media: reading.media.map((media) => finish(media, reading)),
  };
}

function finish(media: Reading['media'][number], session: Reading): MediaDescription {
  const address = media.address ?? session.address;
  if (address === undefined && media.port > 0) throw invalid('no c= line');
  return { ...media, address, direction: media.direction ?? session.direction ?? 'sendrecv' };
}

function readLine(line: string, reading: Reading): void {
  if (!/^[a-z]=/.test(line)) throw invalid('a line that is no field');
  const value = line.slice(2);
  const section = reading.media.at(-1);
  switch (line[0]) {
    case 'o':
      readOrigin(value, reading);
      break;
    case 'c':
      (section ?? reading).address = readConnection(value);
      break;
    case 'm':
      if (reading.media.length === MOST_MEDIA) throw invalid('too many m= lines');
      reading.media.push(readMedia(value));
      break;
    case 'a':
      readAttribute(value, reading, section);
  }
}

function readOrigin(value: string, reading: Reading): void {
  const [, sessionId, version] = value.trim().split(/ +/);
  if (!sessionId || !version || !/^\d{1,20}$/.test(sessionId) || !/^\d{1,20}$/.test(version))
    throw invalid('bad o= line');
  reading.sessionId = sessionId;
  reading.version = version;
}

function readConnection(value: string): string {
  const match = /^IN (IP4|IP6) (\S+)\s*$/.exec(value);
  // Multicast addresses carry a time to live after a slash; nobody calls us from a group.
  const address = match?.[2] ?? '';
  if (isIP(address) !== (match?.[1] === 'IP6' ? 6 : 4)) throw invalid('bad c= line');
  return address;
}

function readMedia(value: string): Reading['media'][number] {
  const match = /^([a-z]{1,20}) (\d{1,5})(?:\/\d{1,5})? ([A-Za-z/]{1,40})((?: +[^ ]{1,40})+) *$/.exec(value);
  const port = Number(match?.[2]);
  if (!match || port > 65_535) throw invalid('bad m= line');
  const formats = (match[4] ?? '').trim().split(/ +/);
  if (formats.length > MOST_FORMATS) throw invalid('too many formats');
  return {
    kind: match[1] ?? '',
    port,
    protocol: match[3] ?? '',
    formats,
    address: undefined,
    direction: undefined,
    codecs: new Map(),
    rtcpPort: undefined,
    rtcpMux: false,
    ptimeMs: undefined,
  };
}

function readAttribute(value: string, reading: Reading, section: Reading['media'][number] | undefined): void {
  const colon = value.indexOf(':');
  const name = colon < 0 ? value : value.slice(0, colon);
  const rest = colon < 0 ? '' : value.slice(colon + 1).trim();
  switch (name) {
    case 'sendrecv':
    case 'sendonly':
    case 'recvonly':
    case 'inactive':
      (section ?? reading).direction = name;
      break;
    case 'rtpmap':
      readCodec(rest, section);
      break;
    case 'rtcp':
      if (section) section.rtcpPort = readPort(rest);
      break;
    case 'rtcp-mux':
      if (section) section.rtcpMux = true;
      break;
    case 'ptime':
      if (section && /^\d{1,4}$/.test(rest)) section.ptimeMs = Number(rest);
  }
}

function readCodec(rest: string, section: Reading['media'][number] | undefined): void {
  const match = /^(\d{1,3}) +([^ /]{1,40}\/\d{1,6}(?:\/\d{1,2})?)$/.exec(rest);
  if (!match?.[1] || !match[2]) throw invalid('bad rtpmap');
  if (section && section.codecs.size < MOST_FORMATS) section.codecs.set(match[1], match[2]);
}

/** `a=rtcp:53020 [IN IP4 …]` (RFC 3605). */
function readPort(rest: string): number {
  const port = Number(/^(\d{1,5})(?: .*)?$/.exec(rest)?.[1]);
  if (!(port >= 1 && port <= 65_535)) throw invalid('bad rtcp attribute');
  return port;
}
