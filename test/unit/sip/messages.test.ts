import { expect, test } from 'vitest';
import { readInterval } from '../../../src/shared/session-interval.ts';
import { readAppText } from '../../../src/sip/messages/app-text.ts';
import { fillFrom, fillLocalhost } from '../../../src/sip/messages/placeholder.ts';
import { bracketed, tagOf, uriOf, withoutTag, withTag } from '../../../src/sip/messages/tags.ts';
import { answeredInterval } from '../../../src/sip/switch/session-interval.ts';
import { hopOf } from '../../../src/sip/transport/hop.ts';
import { stampVia, viaParts } from '../../../src/sip/transport/received-via.ts';
import type { SipRequest } from '../../../src/sip/wire/message.ts';

test.each([
  ['"A;tag=no>" <sip:a@b;tag=no>;x=1;tag=yes', 'yes', 'sip:a@b;tag=no'],
  ['<sip:a@b>', '', 'sip:a@b'],
  ['sip:a@b;tag=bare', 'bare', 'sip:a@b'],
  ['"q\\"<" <sip:a@b>;TAG=t', 't', 'sip:a@b'],
])('[SIP62] %s has tag %s and URI %s', (value, tag, uri) => {
  expect(tagOf(value)).toBe(tag);
  expect(uriOf(value)).toBe(uri);
});

test('[SIP62] a tag is put, replaced and taken away, and nothing else is touched', () => {
  expect(withTag('"A" <sip:a@b>;x=1', 't')).toBe('"A" <sip:a@b>;x=1;tag=t');
  expect(withTag('<sip:a@b>;tag=old', 'new')).toBe('<sip:a@b>;tag=new');
  expect(withoutTag('<sip:a@b;tag=uri>;tag=t;y=2')).toBe('<sip:a@b;tag=uri>;y=2');
  expect(bracketed('sip:a@b;x=1')).toBe('<sip:a@b>;x=1');
  expect(bracketed('"A" <sip:a@b>')).toBe('"A" <sip:a@b>');
});

test('[SIP63] localhost stands for our own address, with or without a port', () => {
  expect(fillLocalhost('<sip:a@localhost:99;x=1>', '1.2.3.4:5060')).toBe('<sip:a@1.2.3.4:5060;x=1>');
  expect(fillLocalhost('<sip:a@localhost.example>', '1.2.3.4:5060')).toBe('<sip:a@localhost.example>');
  expect(fillFrom('sip:localhost', '1.2.3.4:5060')).toBe('sip:1.2.3.4:5060');
  expect(fillFrom('"L" <sip:a@localhost>;tag=t', '1.2.3.4:5060')).toBe('"L" <sip:a@1.2.3.4:5060>;tag=t');
  expect(fillFrom('<sip:a@b>', '1.2.3.4:5060')).toBe('<sip:a@b>');
});

test('[SIP64] an App’s text: any Content-Length, a body of bytes, lines that are no headers left out', () => {
  const text = readAppText(
    Buffer.from(
      'MESSAGE sip:x SIP/2.0\r\nContent-Length: 1\r\nno header\r\nbad name: x\r\nX-A:  b \r\n\r\n你好\r\n\r\nend',
    ),
  );
  expect(text.start).toEqual({ kind: 'request', method: 'MESSAGE', uri: 'sip:x' });
  expect(text.headers.map((line) => [line.key, line.value])).toEqual([
    ['content-length', '1'],
    ['x-a', 'b'],
  ]);
  expect(text.skipped).toBe(2);
  expect(text.body.toString()).toBe('你好\r\n\r\nend');
  expect(readAppText(Buffer.from('SIP/2.0 200 All is well\r\n')).start).toEqual({
    kind: 'response',
    status: 200,
    reason: 'All is well',
  });
  expect(readAppText(Buffer.from('OPTIONS sip:x SIP/2.0\r\nX-A: b\nX-B: c\r\n\r\n')).headers).toEqual([]);
  for (const bad of ['', 'INVITE sip:x\nVia: y SIP/2.0', 'SIP/2.0 99 x', 'SIP/2.0', 'INVITE', 'INVITE sip:x']) {
    expect(readAppText(Buffer.from(bad)).start.kind, bad).toBe('unreadable');
  }
});

test.each([
  ['sip:a@1.2.3.4', { protocol: 'udp', chosen: false, host: '1.2.3.4', port: 5060 }],
  ['sip:a@host.example:99;transport=TCP', { protocol: 'tcp', chosen: true, host: 'host.example', port: 99 }],
  ['sip:[::1]:5070', { protocol: 'udp', chosen: false, host: '::1', port: 5070 }],
  ['sip:a;b@c;lr?x=y', { protocol: 'udp', chosen: false, host: 'c', port: 5060 }],
])('[SIP65] %s leads somewhere', (uri, hop) => {
  expect(hopOf(uri)).toEqual({ ok: true, hop });
});

test.each(['foo:bar@@', 'sip:', 'sip:a@', 'sip:a@h:0', 'sip:a@h:99999', 'sip:[zz]', 'tel:123'])(
  '[SIP65] %s leads nowhere',
  (uri) => {
    expect(hopOf(uri)).toEqual({ ok: false, why: 'invalid uri' });
  },
);

test.each(['sips:a@h', 'sip:a@h;transport=tls', 'sip:a@h;transport=ws'])(
  '[SIP65] %s needs a transport that we have not',
  (uri) => {
    expect(hopOf(uri)).toEqual({ ok: false, why: 'transport not available' });
  },
);

test('[SIP2] the top Via gets received and rport, the others stay', () => {
  const request = {
    headers: [
      { name: 'Via', key: 'via', value: 'SIP/2.0/UDP pc.example:5070;branch=z9hG4bKa;received=6.6.6.6' },
      { name: 'Via', key: 'via', value: 'SIP/2.0/UDP below;branch=z9hG4bKb' },
    ],
  } as SipRequest;
  stampVia(request, { protocol: 'udp', address: '10.0.0.1', port: 4321, localAddress: '', localPort: 0 });
  expect(request.headers.map((line) => line.value)).toEqual([
    'SIP/2.0/UDP pc.example:5070;branch=z9hG4bKa;rport=4321;received=10.0.0.1',
    'SIP/2.0/UDP below;branch=z9hG4bKb',
  ]);
  expect(viaParts('SIP/2.0/UDP [2001:db8::1]:99;branch=x')).toEqual({ host: '2001:db8::1', port: 99, branch: 'x' });
  expect(viaParts('SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;branch=z9hG4bKa7c6a8dlze.1')).toMatchObject({
    port: 4000,
  });
});

test('[SIP100] session intervals', () => {
  const request = (value: string): SipRequest => ({
    type: 'request',
    method: 'INVITE',
    uri: 'sip:x',
    headers: [{ name: 'Session-Expires', key: 'session-expires', value }],
    body: Buffer.alloc(0),
  });
  expect(readInterval('1800 ; Refresher=UAS')).toEqual({ seconds: 1800, refresher: 'uas' });
  expect(readInterval('soon')).toBeUndefined();
  expect(answeredInterval(request('60;refresher=uac'), undefined)).toBe('90;refresher=uac');
  expect(answeredInterval(request('1800'), undefined)).toBeUndefined();
  expect(answeredInterval(request('1800'), '600;refresher=uas')).toBe('600;refresher=uas');
});
