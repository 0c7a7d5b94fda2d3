import { expect, test } from 'vitest';
import { parseSdp } from '../../../src/media/sdp/parse.ts';
import { SdpSession } from '../../../src/media/sdp/session.ts';
import { failureCode } from '../../../src/shared/errors.ts';

function session() {
  return new SdpSession({ ip: '198.51.100.1', rtpPort: 20_000 });
}

const HEAD = ['v=0', 'o=- 1 1 IN IP4 203.0.113.5', 's=-', 'c=IN IP4 203.0.113.5', 't=0 0'];

function offer(...lines: string[]): string {
  return [...HEAD, ...lines, ''].join('\r\n');
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return failureCode(error) ?? String(error);
  }
}

test('[M2] the far side chooses the law, and its numbers are kept', () => {
  const { sdp, remote } = session().answer(
    offer('m=audio 4000 RTP/AVP 9 8 0 97', 'a=rtpmap:9 G722/8000', 'a=rtpmap:97 telephone-event/8000', 'a=ptime:30'),
  );
  expect(remote).toEqual({
    ip: '203.0.113.5',
    port: 4_000,
    rtcpPort: 4_001,
    rtcpMux: false,
    law: 'PCMA',
    payloadType: 8,
    eventPayloadType: 97,
    sends: true,
    receives: true,
  });
  const lines = sdp.split('\r\n');
  expect(lines).toContain('m=audio 20000 RTP/AVP 8 97');
  expect(lines).toContain('a=rtpmap:97 telephone-event/8000');
  expect(lines).toContain('a=sendrecv');
  expect(parseSdp(sdp).media[0]?.address).toBe('198.51.100.1');
});

test('[M2] a law under a dynamic number is taken under that number', () => {
  const { remote } = session().answer(offer('m=audio 4000 RTP/AVP 112', 'a=rtpmap:112 pcmu/8000/1'));
  expect(remote).toMatchObject({ law: 'PCMU', payloadType: 112, eventPayloadType: undefined });
});

test('[M2] other sections keep their place with port 0', () => {
  const { sdp } = session().answer(
    offer('m=audio 6000 RTP/SAVP 0', 'm=video 6002 RTP/AVP 96', 'm=audio 4000 RTP/AVP 0', 'm=audio 4002 RTP/AVP 0'),
  );
  expect(parseSdp(sdp).media.map(({ kind, port, protocol }) => `${kind} ${port} ${protocol}`)).toEqual([
    'audio 0 RTP/SAVP',
    'video 0 RTP/AVP',
    'audio 20000 RTP/AVP',
    'audio 0 RTP/AVP',
  ]);
});

test('[M2] media-level address, rtcp and rtcp-mux are honoured', () => {
  const { sdp, remote } = session().answer(
    offer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 192.0.2.44', 'a=rtcp:4900 IN IP4 192.0.2.44', 'a=rtcp-mux'),
  );
  expect(remote).toMatchObject({ ip: '192.0.2.44', rtcpPort: 4_900, rtcpMux: true });
  expect(sdp).toContain('a=rtcp-mux\r\n');
});

test.each([
  ['sendrecv', 'sendrecv', true, true],
  ['sendonly', 'recvonly', true, false],
  ['recvonly', 'sendonly', false, true],
  ['inactive', 'inactive', false, false],
])('[M4] %s is answered %s', (theirs, ours, sends, receives) => {
  const { sdp, remote } = session().answer(offer('m=audio 4000 RTP/AVP 0', `a=${theirs}`));
  expect(sdp).toContain(`a=${ours}\r\n`);
  expect(remote).toMatchObject({ sends, receives });
});

test('[M4] an address of nought is the old way of hold', () => {
  const { sdp, remote } = session().answer(offer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 0.0.0.0'));
  expect(sdp).toContain('a=recvonly\r\n');
  expect(remote.receives).toBe(false);
});

test('[M5] the version grows with a change and only then', () => {
  const ours = session();
  const origin = (direction: string) =>
    /o=parley (\d+ \d+)/.exec(ours.answer(offer('m=audio 4000 RTP/AVP 0', `a=${direction}`)).sdp)?.[1]?.split(' ') ??
    [];
  const [id, version] = origin('sendrecv');
  expect(origin('sendrecv')).toEqual([id, version]);
  expect(origin('sendonly')).toEqual([id, '2']);
  expect(origin('sendrecv')).toEqual([id, '3']);
});

test('[M2] our own offer and its answer', () => {
  const ours = session();
  const sdp = ours.offer();
  expect(parseSdp(sdp).media[0]).toMatchObject({ port: 20_000, formats: ['0', '8', '101'], direction: 'sendrecv' });
  expect(ours.takeAnswer(offer('m=audio 4000 RTP/AVP 8 101', 'a=rtpmap:101 telephone-event/8000'))).toMatchObject({
    law: 'PCMA',
    eventPayloadType: 101,
  });
  expect(codeOf(() => session().takeAnswer(offer('m=audio 4000 RTP/AVP 0')))).toBe('media.badOrder');
});

test('[M9] an offer in a running call has the law and the numbers in use first, sends both ways and is a new version', () => {
  const ours = session();
  const held = ours.answer(
    offer('m=audio 4000 RTP/AVP 8 97', 'a=rtpmap:97 telephone-event/8000', 'a=sendonly', 'a=rtcp-mux'),
  );
  expect(held.sdp).toContain('a=recvonly');
  const again = ours.offer(held.remote);
  expect(again).toContain('m=audio 20000 RTP/AVP 8 0 97\r\n');
  expect(again).toContain('a=rtpmap:97 telephone-event/8000\r\n');
  expect(again).toContain('a=sendrecv\r\n');
  expect(again).toContain('a=rtcp-mux\r\n');
  const originOf = (sdp: string) => /o=parley (\d+) (\d+)/.exec(sdp)?.slice(1);
  const [id, version] = originOf(held.sdp) ?? [];
  expect(originOf(again)).toEqual([id, String(Number(version) + 1)]);
  expect(ours.offer(held.remote)).toBe(again);
  expect(ours.takeAnswer(offer('m=audio 4000 RTP/AVP 0', 'a=recvonly'))).toMatchObject({
    law: 'PCMU',
    sends: false,
    receives: true,
  });
});

test('[M9] a law under a dynamic number keeps it, and the number of telephone events is another', () => {
  const ours = session();
  const { remote } = ours.answer(offer('m=audio 4000 RTP/AVP 101', 'a=rtpmap:101 PCMA/8000'));
  const lines = ours.offer(remote).split('\r\n');
  expect(lines).toContain('m=audio 20000 RTP/AVP 101 0 102');
  expect(lines).toContain('a=rtpmap:101 PCMA/8000');
  expect(lines).toContain('a=rtpmap:102 telephone-event/8000');
});

test('[M9] refused sections keep their places in an offer of ours, and the answer has to be in the place of the audio', () => {
  const ours = session();
  const { remote } = ours.answer(offer('m=video 6002 RTP/AVP 96', 'm=audio 4000 RTP/AVP 0'));
  const sections = (sdp: string) => parseSdp(sdp).media.map(({ kind, port }) => `${kind} ${port}`);
  expect(sections(ours.offer(remote))).toEqual(['video 0', 'audio 20000']);
  expect(ours.takeAnswer(offer('m=video 0 RTP/AVP 96', 'm=audio 4002 RTP/AVP 8'))).toMatchObject({ port: 4_002 });
  expect(codeOf(() => ours.takeAnswer(offer('m=audio 4002 RTP/AVP 8', 'm=video 0 RTP/AVP 96')))).toBe('sdp.invalid');
});

test('[M9] [M3] an answer to our offer without a law of ours, with the audio refused, or that cannot be read', () => {
  const ours = session();
  ours.offer();
  expect(codeOf(() => ours.takeAnswer(offer('m=audio 4000 RTP/AVP 18')))).toBe('media.noCommonCodec');
  expect(codeOf(() => ours.takeAnswer(offer('m=audio 0 RTP/AVP 0')))).toBe('media.noCommonCodec');
  expect(codeOf(() => ours.takeAnswer('no description'))).toBe('sdp.invalid');
  expect(ours.takeAnswer(offer('m=audio 4000 RTP/AVP 0'))).toMatchObject({ law: 'PCMU' });
});

test('[M3] no law in common', () => {
  expect(codeOf(() => session().answer(offer('m=audio 4000 RTP/AVP 18 9')))).toBe('media.noCommonCodec');
  expect(codeOf(() => session().answer(offer('m=video 4000 RTP/AVP 96')))).toBe('media.noCommonCodec');
  expect(codeOf(() => session().answer(offer('m=audio 0 RTP/AVP 0')))).toBe('media.noCommonCodec');
});

test('[M6] an IPv6 address is read, and refused where our side is IPv4', () => {
  const six = offer('m=audio 4000 RTP/AVP 0', 'c=IN IP6 2001:db8::5');
  expect(parseSdp(six).media[0]?.address).toBe('2001:db8::5');
  expect(codeOf(() => session().answer(six))).toBe('sdp.invalid');
  const ours = new SdpSession({ ip: '2001:db8::1', rtpPort: 20_000 });
  expect(ours.answer(six).sdp).toContain('c=IN IP6 2001:db8::1\r\n');
});

test.each([
  ['empty', ''],
  ['no version', 'o=- 1 1 IN IP4 1.1.1.1'],
  ['no media', HEAD.join('\r\n')],
  ['no origin', 'v=0\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 1.1.1.1'],
  ['no connection', 'v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\nm=audio 4000 RTP/AVP 0'],
  ['a name for an address', offer('m=audio 4000 RTP/AVP 0', 'c=IN IP4 phone.example')],
  ['a line that is no field', offer('m=audio 4000 RTP/AVP 0', 'hello')],
  ['a port too high', offer('m=audio 70000 RTP/AVP 0')],
  ['a payload type too high', offer('m=audio 4000 RTP/AVP 300', 'a=rtpmap:300 PCMU/8000')],
  ['a broken rtpmap', offer('m=audio 4000 RTP/AVP 0', 'a=rtpmap:zero PCMU/8000')],
  ['too many sections', offer(...Array.from({ length: 17 }, () => 'm=audio 4000 RTP/AVP 0'))],
  ['too many formats', offer(`m=audio 4000 RTP/AVP ${Array.from({ length: 65 }, () => 0).join(' ')}`)],
  ['too many lines', offer(...Array.from({ length: 1_001 }, () => 'a=x'))],
  ['too long', offer('m=audio 4000 RTP/AVP 0', `a=${'x'.repeat(70_000)}`)],
])('[M3] [M6] refused as invalid: %s', (_name, text) => {
  expect(codeOf(() => session().answer(text))).toBe('sdp.invalid');
});
