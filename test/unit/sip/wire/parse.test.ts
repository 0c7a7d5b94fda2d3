import { describe, expect, test } from 'vitest';
import { getHeader, getHeaders } from '../../../../src/sip/wire/headers.ts';
import type { ParseResult, SipMessage } from '../../../../src/sip/wire/message.ts';
import { parseMessage } from '../../../../src/sip/wire/parse.ts';
import { serialise } from '../../../../src/sip/wire/serialise.ts';

const LINES = {
  start: 'OPTIONS sip:bob@example.com SIP/2.0',
  via: 'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
  from: 'From: <sip:alice@example.com>;tag=a1',
  to: 'To: <sip:bob@example.com>',
  callId: 'Call-ID: c1@example.com',
  cseq: 'CSeq: 1 OPTIONS',
};

/** A sound request with some of its lines replaced, and more put behind them. */
function request(changes: Partial<typeof LINES> = {}, more: string[] = [], body = ''): Buffer {
  const lines = Object.values({ ...LINES, ...changes }).filter((line) => line !== '');
  return Buffer.from(`${[...lines, ...more].join('\r\n')}\r\n\r\n${body}`);
}

function read(bytes: Buffer): SipMessage {
  const result = parseMessage(bytes);
  if (!result.ok) throw new Error(result.reason);
  return result.message;
}

function outcome(result: ParseResult): 'ok' | 'dropped' | number {
  return result.ok ? 'ok' : (result.answer?.status ?? 'dropped');
}

describe('reading', () => {
  test('[SW1] compact forms are read as full names, and names without regard to case', () => {
    const message = read(request({ callId: 'i: c2', to: 'TO: <sip:bob@example.com>' }, ['k: 100rel', 'X-Own: 1']));
    expect(getHeader(message, 'call-id')).toBe('c2');
    expect(message.headers.map(({ name }) => name)).toEqual([
      'Via',
      'From',
      'TO',
      'Call-ID',
      'CSeq',
      'Supported',
      'X-Own',
    ]);
  });

  test('[SW2] folded lines are joined', () => {
    const message = read(request({}, ['Subject: one', ' two', '\tthree']));
    expect(getHeader(message, 'subject')).toBe('one two three');
  });

  test('[SW3] Via and route lists are divided, but not within quotes or brackets', () => {
    const message = read(
      request({ via: 'Via: SIP/2.0/UDP a;branch=z9hG4bK1, SIP/2.0/TCP b;branch=z9hG4bK2' }, [
        'Route: <sip:p1;lr;x=a,b>, "x, y" <sip:p2;lr>',
        'Contact: <sip:a@b>, <sip:c@d>',
      ]),
    );
    expect(getHeaders(message, 'via')).toEqual(['SIP/2.0/UDP a;branch=z9hG4bK1', 'SIP/2.0/TCP b;branch=z9hG4bK2']);
    expect(getHeaders(message, 'route')).toEqual(['<sip:p1;lr;x=a,b>', '"x, y" <sip:p2;lr>']);
    expect(getHeaders(message, 'contact')).toEqual(['<sip:a@b>, <sip:c@d>']);
  });

  test('[SW4] empty lines in front and bare line feeds are taken', () => {
    expect(outcome(parseMessage(Buffer.concat([Buffer.from('\r\n\r\n'), request()])))).toBe('ok');
    expect(outcome(parseMessage(Buffer.from(request().toString().replaceAll('\r\n', '\n'))))).toBe('ok');
  });

  test('[SW5] the body is Content-Length bytes, or the rest of the datagram', () => {
    expect(read(request({}, ['Content-Length: 4'], 'bodyandmore')).body.toString()).toBe('body');
    expect(read(request({}, [], 'all of it')).body.toString()).toBe('all of it');
    expect(outcome(parseMessage(request({}, ['Content-Length: 5'], 'body')))).toBe(400);
  });

  test('[SW6] any script is welcome, control characters are not', () => {
    expect(getHeader(read(request({}, ['Subject: 你好，世界'])), 'subject')).toBe('你好，世界');
    expect(outcome(parseMessage(request({}, ['Subject: a\u0000b'])))).toBe(400);
    expect(outcome(parseMessage(request({}, ['Subject: a\rX-Smuggled: b'])))).toBe(400);
  });

  test('[SW10] bytes that are no message at all are dropped', () => {
    for (const text of [
      '',
      '\r\n\r\n',
      'hello',
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      'SIP/2.0\r\n\r\n',
      'SIP/2.0 99 x\r\n\r\n',
    ]) {
      expect(outcome(parseMessage(Buffer.from(text)))).toBe('dropped');
    }
  });
});

describe('judging', () => {
  const cases: [rule: string, what: string, bytes: Buffer, expected: 'ok' | 'dropped' | number][] = [
    ['SW10', 'a request without Via', request({ via: '' }), 'dropped'],
    ['SW10', 'a request without From', request({ from: '' }), 'dropped'],
    ['SW10', 'a request with a From that is no address', request({ from: 'From: "x <sip:a@b>' }), 400],
    ['SW10', 'an ACK that cannot be used', request({ start: 'ACK sip:b@c SIP/2.0', cseq: 'CSeq: x ACK' }), 'dropped'],
    [
      'SW10',
      'a response that cannot be used',
      request({ start: 'SIP/2.0 200 OK', cseq: 'CSeq: x OPTIONS' }),
      'dropped',
    ],
    ['SW11', 'two To lines', request({}, ['To: <sip:c@d>']), 400],
    ['SW11', 'two lengths that agree', request({}, ['Content-Length: 0', 'l: 0']), 'ok'],
    ['SW11', 'two lengths that differ', request({}, ['Content-Length: 0', 'l: 4'], 'body'), 400],
    ['SW12', 'a bar in the From tag', request({ from: 'From: <sip:a@b>;tag=a|b' }), 400],
    ['SW12', 'a bar in a quoted tag', request({ from: 'From: <sip:a@b>;tag="a|b"' }), 400],
    ['SW12', 'a bar in the Call-ID', request({ callId: 'Call-ID: a|b' }), 400],
    ['SW12', 'a space in the Call-ID', request({ callId: 'Call-ID: a b' }), 400],
    ['SW13', 'the greatest CSeq', request({ cseq: 'CSeq: 2147483647 OPTIONS' }), 'ok'],
    ['SW13', 'a CSeq too great', request({ cseq: 'CSeq: 2147483648 OPTIONS' }), 400],
    ['SW13', 'a CSeq of another method', request({ cseq: 'CSeq: 1 INVITE' }), 400],
    ['SW13', 'too many hops', request({}, ['Max-Forwards: 256']), 400],
    ['SW14', 'a telephone number', request({ start: 'OPTIONS tel:+4930123456;ext=7 SIP/2.0' }), 'ok'],
    ['SW14', 'a telephone number that is none', request({ start: 'OPTIONS tel:+ SIP/2.0' }), 400],
    ['SW14', 'a secure URI', request({ start: 'OPTIONS sips:bob@example.com SIP/2.0' }), 'ok'],
    ['SW14', 'a URI of another scheme', request({ start: 'OPTIONS mailto:bob@example.com SIP/2.0' }), 416],
    ['SW14', 'a Request-URI with headers', request({ start: 'OPTIONS sip:b@c?Route=x SIP/2.0' }), 400],
    ['SW14', 'an empty user', request({ start: 'OPTIONS sip:@c SIP/2.0' }), 400],
    ['SW15', 'version 3.0', request({ start: 'OPTIONS sip:b@c SIP/3.0' }), 505],
    ['SW15', 'a response of version 3.0', request({ start: 'SIP/3.0 200 OK' }), 'dropped'],
    ['SW16', 'an option nobody knows', request({}, ['Require: nobody-knows']), 'ok'],
  ];
  test.each(cases)('[%s] %s', (_rule, _what, bytes, expected) => {
    expect(outcome(parseMessage(bytes))).toBe(expected);
  });

  test('[SW10] a refusal carries the request, so that its answer can be written', () => {
    const result = parseMessage(request({ cseq: 'CSeq: 1 INVITE' }));
    if (result.ok || !result.answer) throw new Error('expected an answer');
    expect(result.answer.request.method).toBe('OPTIONS');
    expect(getHeader(result.answer.request, 'call-id')).toBe('c1@example.com');
    expect(result.answer.reason).toBe('Bad Request');
  });
});

describe('writing', () => {
  test('[SW30] order and names stay, the length is counted in bytes and stands last', () => {
    const message = read(request({}, ['Content-Length: 0', 'X-Last: 1']));
    message.body = Buffer.from('日本');
    expect(serialise(message).toString()).toBe(
      `${[...Object.values(LINES), 'X-Last: 1', 'Content-Length: 6'].join('\r\n')}\r\n\r\n日本`,
    );
  });

  test('[SW30] a response is written with its reason', () => {
    const message = read(request({ start: 'SIP/2.0 486 Busy Here' }));
    expect(serialise(message).toString()).toMatch(/^SIP\/2\.0 486 Busy Here\r\n/);
  });
});
