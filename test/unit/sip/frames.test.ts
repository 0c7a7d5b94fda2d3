import { expect, test } from 'vitest';
import { encodeFrame, FrameDecoder, MAX_FRAME_BYTES } from '../../../src/sip/frames/codec.ts';
import { readAppFrame } from '../../../src/sip/frames/from-app.ts';
import {
  frameTime,
  messageFrame,
  newRequestFrame,
  requestSentFrame,
  responseSentFrame,
} from '../../../src/sip/frames/to-app.ts';

const META = { source: 'network', bytes: 5, protocol: 'udp', address: '10.0.0.1', port: 5060, atMs: 0 } as const;

test('[SIP30] the length counts bytes, the message stands behind CRLF', () => {
  expect(encodeFrame('a|b').toString()).toBe('3#a|b');
  expect(encodeFrame('a|你', Buffer.from('é')).toString()).toBe('9#a|你\r\né');
});

test('[SIP30] frames come out whole however the stream is cut', () => {
  const frames = ['id|ping', `id|sip|||\r\nMESSAGE sip:x SIP/2.0\r\n\r\n${'ü'.repeat(3000)}`, 'x'];
  const stream = Buffer.concat(frames.map((text) => encodeFrame(text)));
  for (const size of [1, 2, 3, 7, 100, 4096, stream.length]) {
    const decoder = new FrameDecoder();
    const out: string[] = [];
    for (let at = 0; at < stream.length; at += size) {
      out.push(...decoder.push(stream.subarray(at, at + size)).map((payload) => payload.toString()));
    }
    expect(out, `chunks of ${size}`).toEqual(frames);
    expect(decoder.breach).toBeUndefined();
  }
});

test.each([
  ['hello', 'bad length prefix'],
  ['#x', 'bad length prefix'],
  ['0#', 'bad length prefix'],
  ['12345678#', 'bad length prefix'],
  ['123456789', 'bad length prefix'],
  ['-3#abc', 'bad length prefix'],
  [`${MAX_FRAME_BYTES + 1}#`, 'frame too large'],
])('[SIP31] %s breaks the stream for good', (bytes, breach) => {
  const decoder = new FrameDecoder();
  expect(decoder.push(Buffer.from(bytes))).toEqual([]);
  expect(decoder.breach).toBe(breach);
  expect(decoder.push(encodeFrame('id|ping'))).toEqual([]);
});

test('[SIP31] frames before a breach are still delivered', () => {
  const decoder = new FrameDecoder();
  expect(decoder.push(Buffer.from('2#okxx'))).toHaveLength(1);
  expect(decoder.breach).toBe('bad length prefix');
});

test.each([
  ['i|authenticate|s|a,b', { type: 'authenticate', id: 'i', secret: 's' }],
  ['i|route|INVITE', { type: 'route', id: 'i', verb: 'invite' }],
  ['i|remove_route|info', { type: 'remove_route', id: 'i', verb: 'info' }],
  ['i|ping', { type: 'ping', id: 'i' }],
  ['i|proxy|t|||', { type: 'proxy', id: 'i', transactionId: 't' }],
  ['i|route', { type: 'unreadable', id: 'i', why: 'Invalid message format' }],
  ['i|sip|t|d', { type: 'unreadable', id: 'i', why: 'Invalid message format' }],
  ['i', { type: 'unreadable', id: 'i', why: 'Invalid message format' }],
  ['i|bogus', { type: 'unreadable', id: 'i', why: 'Unknown message type' }],
])('[SIP32] %s is read', (text, value) => {
  expect(readAppFrame(Buffer.from(text))).toEqual(value);
});

test('[SIP32] a sip frame has its ids, its next hop and its text', () => {
  const frame = readAppFrame(Buffer.from('i|sip|t|d|sip:1.2.3.4\r\nACK sip:x SIP/2.0\r\n\r\n'));
  expect(frame).toMatchObject({ type: 'sip', transactionId: 't', dialogId: 'd', nextHop: 'sip:1.2.3.4' });
  expect(frame.type === 'sip' && frame.sip.toString()).toBe('ACK sip:x SIP/2.0\r\n\r\n');
});

test('[SIP33] frames to Apps have their tokens where drachtio-srf looks for them', () => {
  const fresh = newRequestFrame(META, 'txn', { address: '10.0.0.2', port: 5070 }).split('|');
  expect(fresh).toHaveLength(13);
  expect(fresh.slice(1)).toEqual([
    'sip',
    'network',
    '5',
    'udp',
    '10.0.0.1',
    '5060',
    '00:00:00.000000',
    'txn',
    '',
    '10.0.0.2',
    '5070',
    '',
  ]);
  const other = messageFrame(META, 'txn', 'dlg').split('|');
  expect(other).toHaveLength(11);
  expect(other.slice(8)).toEqual(['txn', 'dlg', '']);
  const request = requestSentFrame('q', META, 'txn').split('|');
  expect(request.slice(1, 4)).toEqual(['response', 'q', 'OK']);
  expect(request.slice(10)).toEqual(['txn', 'Msg sent:', '']);
  const response = responseSentFrame('q', META, 'txn', 'dlg').split('|');
  expect(response.slice(10)).toEqual(['txn', 'dlg', '', 'Msg sent:', '']);
});

test('[SIP33] times are UTC with six decimals', () => {
  expect(frameTime(Date.UTC(2024, 1, 29, 23, 59, 58, 7))).toBe('23:59:58.007000');
});
