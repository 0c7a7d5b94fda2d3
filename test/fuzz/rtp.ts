import { Inlet } from '../../src/media/endpoint/inlet.ts';
import { readCompound, writeCompound } from '../../src/media/rtp/rtcp.ts';
import type { RemoteMedia } from '../../src/media/threads/messages.ts';
import { mutate, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const REMOTE: RemoteMedia = {
  ip: '203.0.113.1',
  port: 4_000,
  rtcpPort: 4_001,
  rtcpMux: false,
  law: 'PCMU',
  payloadType: 0,
  eventPayloadType: 101,
  sends: true,
  receives: true,
};

function packet(payloadType: number, payload: number[]): Buffer {
  return Buffer.from([0x80, payloadType, 0, 1, 0, 0, 0, 160, 0, 0, 0, 7, ...payload]);
}

const CORPUS = [
  packet(
    0,
    Array.from({ length: 160 }, (_, i) => i),
  ),
  packet(101, [5, 0x8a, 1, 0x40]),
  Buffer.from([
    0xb1, 0, 0, 2, 0, 0, 1, 64, 0, 0, 0, 7, 0, 0, 0, 9, 0xbe, 0xde, 0, 1, 1, 2, 3, 4, 9, 9, 9, 9, 0, 0, 0, 4,
  ]),
];

/** Any datagram is taken or counted; none throws, and digits told are digits. */
export const rtpTarget: FuzzTarget = {
  name: 'rtp',
  run(seed, iterations) {
    const rng = seeded(seed);
    let at = 0;
    const inlet = new Inlet('PCMU', false, {
      digit: (digit, durationMs) => {
        if (!/^[0-9*#A-D]$/.test(digit) || !(durationMs >= 0))
          throw new Error(`rtp: seed ${seed}, iteration ${at}: ${digit}`);
      },
      talking: () => {},
      malformed: () => {},
    });
    inlet.setRemote(REMOTE);
    for (; at < iterations; at++) {
      try {
        inlet.take(mutate(rng, CORPUS), REMOTE.ip, REMOTE.port, 1_000 + at);
        if (at % 50 === 0) inlet.check(1_000 + at);
      } catch (error) {
        throw new Error(`rtp: seed ${seed}, iteration ${at}`, { cause: error });
      }
      const { lost, received, jitter } = inlet.reception;
      if (!Number.isFinite(jitter) || received < 0 || !Number.isInteger(lost)) {
        throw new Error(`rtp: seed ${seed}, iteration ${at}: counts are broken`);
      }
    }
  },
};

/** Any datagram on the RTCP port is a compound report or nothing. */
export const rtcpTarget: FuzzTarget = {
  name: 'rtcp',
  run(seed, iterations) {
    const block = {
      ssrc: 7,
      fractionLost: 1,
      cumulativeLost: 2,
      highestSequence: 3,
      jitter: 4,
      lastSenderReport: 5,
      delaySinceLastSenderReport: 6,
    };
    const sender = { atMs: 1_800_000_000_000, rtpTimestamp: 1, packets: 2, octets: 3 };
    const corpus = [
      writeCompound({ ssrc: 5, cname: 'phone', sender, block, goodbye: true }),
      writeCompound({ ssrc: 5, cname: 'x' }),
    ];
    const rng = seeded(seed);
    for (let i = 0; i < iterations; i++) {
      try {
        const report = readCompound(mutate(rng, corpus));
        if (report && report.blocks.length > 400) throw new Error('more blocks than fit');
      } catch (error) {
        throw new Error(`rtcp: seed ${seed}, iteration ${i}`, { cause: error });
      }
    }
  },
};
