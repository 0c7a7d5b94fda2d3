import { expect, test } from 'vitest';
import { DigitReceiver } from '../../../src/media/dtmf/digit-receiver.ts';
import { DigitSender } from '../../../src/media/dtmf/digit-sender.ts';
import { newPacketView, readPacket } from '../../../src/media/rtp/packet.ts';
import { RtpSender } from '../../../src/media/rtp/sender.ts';

function receiver() {
  const told: string[] = [];
  const digits = new DigitReceiver((digit, durationMs) => told.push(`${digit} ${durationMs}`));
  const take = (event: number, timestamp: number, duration: number, end = false, nowMs = 0) =>
    digits.take(Uint8Array.from([event, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff]), 0, 4, timestamp, nowMs);
  return { told, digits, take };
}

test('[M30] an event with repeats is one digit, told at its first end', () => {
  const { told, take } = receiver();
  take(5, 1_000, 160);
  take(5, 1_000, 320);
  expect(told).toEqual([]);
  for (let i = 0; i < 3; i++) take(5, 1_000, 480, true);
  expect(told).toEqual(['5 60']);
});

test('[M30] the same key twice is two digits', () => {
  const { told, take } = receiver();
  take(11, 1_000, 480, true);
  take(11, 3_000, 480, true);
  expect(told).toEqual(['# 60', '# 60']);
});

test('[M30] packets out of order neither shorten nor repeat a digit', () => {
  const { told, take } = receiver();
  take(1, 1_000, 480);
  take(1, 1_000, 160);
  take(1, 1_000, 640, true);
  take(1, 1_000, 320);
  take(2, 4_000, 160);
  take(1, 1_000, 640, true);
  take(2, 4_000, 320, true);
  expect(told).toEqual(['1 80', '2 40']);
});

test('[M31] a lost end is noticed by the next event or by silence', () => {
  const { told, digits, take } = receiver();
  take(1, 1_000, 160, false, 0);
  take(2, 5_000, 320, false, 500);
  expect(told).toEqual(['1 20']);
  digits.checkLost(600);
  expect(told).toEqual(['1 20']);
  digits.checkLost(661);
  expect(told).toEqual(['1 20', '2 40']);
  take(2, 5_000, 480, true, 700);
  expect(told.length).toBe(2);
});

test('[M32] a key held beyond one segment is one digit with the whole duration', () => {
  const { told, take } = receiver();
  take(0, 1_000, 65_535);
  take(0, 1_000 + 65_535, 8_000);
  take(0, 1_000 + 65_535, 8_001, true);
  expect(told).toEqual([`0 ${Math.round((65_535 + 8_001) / 8)}`]);
});

test('[M30] events that are no digits are passed over', () => {
  const { told, take } = receiver();
  take(16, 1_000, 480, true);
  take(200, 2_000, 480, true);
  expect(told).toEqual([]);
});

test('[M33] digits out: marker, growing duration, three ends, pauses, and the line of timestamps intact', () => {
  const sender = new RtpSender(77);
  const digits = new DigitSender();
  let done: boolean | undefined;
  digits.add('1#', 60, 80, (sent) => {
    done = sent;
  });
  const view = newPacketView();
  const seen: string[] = [];
  const start = sender.timestamp;
  let sequence: number | undefined;
  for (let frame = 0; digits.isSending; frame++) {
    expect(sender.timestamp).toBe((start + frame * 160) >>> 0);
    const packet = digits.next(sender, 101);
    sender.advance();
    if (!packet) {
      seen.push('-');
      continue;
    }
    expect(readPacket(packet, view)).toBeUndefined();
    if (sequence !== undefined) expect(view.sequence).toBe((sequence + 1) & 0xffff);
    sequence = view.sequence;
    const [event, flags = 0, high = 0, low = 0] = packet.subarray(12);
    const at = ((view.timestamp - start) >>> 0) / 160;
    seen.push(`${event}@${at}${view.marker ? 'M' : ''}${flags & 0x80 ? 'E' : ''} ${high * 256 + low}`);
  }
  expect(seen).toEqual([
    '1@0M 160',
    '1@0 320',
    '1@0E 480',
    '1@0E 480',
    '1@0E 480',
    '-',
    '-',
    '11@7M 160',
    '11@7 320',
    '11@7E 480',
    '11@7E 480',
    '11@7E 480',
    '-',
    '-',
  ]);
  expect(done).toBe(true);
});

test('[M33] a leg that closes tells that its digits were not sent', () => {
  const digits = new DigitSender();
  const told: boolean[] = [];
  digits.add('12', 100, 100, (sent) => told.push(sent));
  digits.add('3', 100, 100, (sent) => told.push(sent));
  digits.close();
  expect(told).toEqual([false, false]);
  expect(digits.isSending).toBe(false);
});
