import { expect, test } from 'vitest';
import { type Framed, StreamFramer } from '../../../../src/sip/wire/stream.ts';

const head = (length: string, more = ''): string =>
  `MESSAGE sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: x\r\nCSeq: 1 MESSAGE\r\n${more}${length}\r\n\r\n`;
const message = (body: string): Buffer => Buffer.from(`${head(`Content-Length: ${Buffer.byteLength(body)}`)}${body}`);

/** What came out, in short: a body, `ping`, `refused` or `breach`. */
function told(items: Framed[]): string[] {
  return items.map((item) => {
    if ('keepalive' in item) return 'ping';
    if (item.ok) return item.message.body.toString();
    return 'fatal' in item ? `breach: ${item.reason}` : 'refused';
  });
}

test('[SW20] messages come out whole however the stream is chunked', () => {
  const stream = Buffer.concat([
    message('one'),
    message(''),
    message('drei ü'),
    Buffer.from('\r\n\r\n'),
    message('four'),
  ]);
  for (const size of [1, 2, 3, 7, 50, 333, stream.length]) {
    const framer = new StreamFramer();
    const items: Framed[] = [];
    for (let at = 0; at < stream.length; at += size) items.push(...framer.push(stream.subarray(at, at + size)));
    expect(told(items)).toEqual(['one', '', 'drei ü', 'ping', 'four']);
  }
});

test('[SW20] a message keeps its body when more arrives behind it', () => {
  const framer = new StreamFramer();
  const both = Buffer.concat([message('first body'), message('second body')]);
  const [first] = framer.push(both.subarray(0, 240));
  framer.push(both.subarray(240));
  framer.push(message('a third one to write over the room'));
  if (!first || !('message' in first)) throw new Error('expected a message');
  expect(first.message.body.toString()).toBe('first body');
});

test('[SW20] a message tells how many bytes it had', () => {
  const [item] = new StreamFramer().push(message('body'));
  expect(item).toMatchObject({ ok: true, bytes: message('body').length });
});

test('[SW20] a refused message does not lose the next one', () => {
  const bad = Buffer.from(message('x').toString().replace('CSeq: 1 MESSAGE', 'CSeq: 1 INVITE'));
  expect(told(new StreamFramer().push(Buffer.concat([bad, message('next')])))).toEqual(['refused', 'next']);
});

test('[SW21] a ping in two chunks is a ping, one line end is padding', () => {
  const framer = new StreamFramer();
  expect(told(framer.push(Buffer.from('\r\n')))).toEqual([]);
  expect(told(framer.push(Buffer.from('\r')))).toEqual([]);
  expect(told(framer.push(Buffer.from('\n')))).toEqual(['ping']);
  expect(told(framer.push(Buffer.concat([Buffer.from('\r\n'), message('a')])))).toEqual(['a']);
});

test.each([
  ['no length', head('X: 1')],
  ['a negative length', head('Content-Length: -5')],
  ['lengths that differ', head('Content-Length: 5', 'l: 6\r\n')],
  ['a body too long', head('Content-Length: 1048577')],
  ['a head too long', `${'MESSAGE sip:b@c SIP/2.0\r\n'}X: ${'a'.repeat(70_000)}`],
  ['a line without end', 'a'.repeat(70_000)],
])('[SW22] %s is a breach, and nothing comes after it', (_what, text) => {
  const framer = new StreamFramer();
  const items = framer.push(Buffer.from(text));
  expect(told(items)).toEqual([expect.stringMatching(/^breach: /)]);
  expect(framer.push(message('later'))).toEqual([]);
});

test('[SW22] the longest body that is allowed arrives, also in small pieces', () => {
  const body = 'x'.repeat(1024 * 1024);
  const bytes = message(body);
  const framer = new StreamFramer();
  const items: Framed[] = [];
  for (let at = 0; at < bytes.length; at += 100) items.push(...framer.push(bytes.subarray(at, at + 100)));
  expect(told(items)).toEqual([body]);
});
