import { expect, test } from 'vitest';
import { isRtcp, newPacketView, readPacket, writeHeader } from '../../../src/media/rtp/packet.ts';
import { compactNtp, readCompound, writeCompound } from '../../../src/media/rtp/rtcp.ts';

const view = newPacketView();

function packet(first: number, ...rest: number[]): Uint8Array {
  return Uint8Array.from([first, 0x80, 0x12, 0x34, 0, 0, 1, 0, 0xde, 0xad, 0xbe, 0xef, ...rest]);
}

test('[M10] a plain header is read as it was written', () => {
  const out = new Uint8Array(14);
  writeHeader(out, 101, true, 65_535, 0xfffffff0, 0xcafebabe);
  expect(readPacket(out, view)).toBeUndefined();
  expect(view).toEqual({
    payloadType: 101,
    marker: true,
    sequence: 65_535,
    timestamp: 0xfffffff0,
    ssrc: 0xcafebabe,
    payloadStart: 12,
    payloadEnd: 14,
  });
});

test('[M10] contributing sources, extension and padding are left out of the payload', () => {
  const sources = [1, 1, 1, 1, 2, 2, 2, 2];
  const extension = [0xbe, 0xde, 0, 1, 9, 9, 9, 9];
  expect(readPacket(packet(0xb2, ...sources, ...extension, 7, 8, 0, 0, 3), view)).toBeUndefined();
  expect([view.payloadStart, view.payloadEnd]).toEqual([28, 30]);
});

test.each([
  ['short', Uint8Array.from([0x80, 0, 0, 1])],
  ['short', packet(0x8f)],
  ['version', packet(0x40)],
  ['extension', packet(0x90, 0, 0)],
  ['extension', packet(0x90, 0, 0, 0, 9, 1)],
  ['padding', packet(0xa0, 1, 2, 0)],
  ['padding', packet(0xa0, 1, 2, 4)],
] as const)('[M10] a malformed packet is refused: %s', (reason, data) => {
  expect(readPacket(data, view)).toBe(reason);
});

test('[M10] RTCP on the RTP port is told apart by its type', () => {
  expect(isRtcp(Uint8Array.from([0x80, 200]))).toBe(true);
  expect(isRtcp(Uint8Array.from([0x80, 0x80 | 101]))).toBe(false);
});

test('[M60] a compound report is read as it was written', () => {
  const block = {
    ssrc: 7,
    fractionLost: 64,
    cumulativeLost: -3,
    highestSequence: 70_000,
    jitter: 12,
    lastSenderReport: 99,
    delaySinceLastSenderReport: 65_536,
  };
  const atMs = 1_800_000_000_250;
  const sender = { atMs, rtpTimestamp: 4_000_000_000, packets: 50, octets: 8_000 };
  const data = writeCompound({ ssrc: 5, cname: 'a', sender, block, goodbye: true });
  expect(data.length % 4).toBe(0);
  expect(readCompound(data)).toEqual({ ssrc: 5, senderReportNtp: compactNtp(atMs), blocks: [block], goodbye: true });
});

test('[M60] what is no compound packet is not read as one', () => {
  const good = writeCompound({ ssrc: 5, cname: 'phone' });
  expect(readCompound(good)).toMatchObject({ ssrc: 5, blocks: [], goodbye: false });
  expect(readCompound(good.subarray(0, good.length - 2))).toBeUndefined();
  expect(readCompound(good.subarray(8))).toBeUndefined();
  expect(readCompound(Buffer.alloc(0))).toBeUndefined();
});
