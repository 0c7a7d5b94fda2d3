import { describe, expect, test } from 'vitest';
import { convertTable, decodeTable, encodeTable, silenceByte } from '../../../src/media/codec/g711.ts';

describe.each(['PCMU', 'PCMA'] as const)('%s', (law) => {
  test('[M41] every code survives decoding and encoding by value', () => {
    const decode = decodeTable(law);
    const encode = encodeTable(law);
    for (let code = 0; code < 256; code++) {
      const value = decode[code] ?? 0;
      expect(decode[encode[value + 32_768] ?? 0]).toBe(value);
    }
  });

  test('[M41] encoding is within the half step of the law', () => {
    const decode = decodeTable(law);
    const encode = encodeTable(law);
    for (let sample = -32_000; sample <= 32_000; sample += 7) {
      const error = Math.abs((decode[encode[sample + 32_768] ?? 0] ?? 0) - sample);
      expect(error).toBeLessThanOrEqual(Math.max(9, Math.abs(sample) / 16));
    }
  });

  test('[M21] silence is as near to zero as the law can say', () => {
    expect(Math.abs(decodeTable(law)[silenceByte(law)] ?? 99)).toBeLessThanOrEqual(8);
  });
});

test('[M41] known codes of ITU-T G.711', () => {
  const ulaw = decodeTable('PCMU');
  const alaw = decodeTable('PCMA');
  expect([ulaw[0x00], ulaw[0x80], ulaw[0x7f], ulaw[0xf0]]).toEqual([-32_124, 32_124, 0, 120]);
  expect([alaw[0x2a], alaw[0xaa], alaw[0x55], alaw[0xd5]]).toEqual([-32_256, 32_256, -8, 8]);
});

test('[M41] a code of one law becomes the nearest of the other', () => {
  const table = convertTable('PCMU', 'PCMA');
  const ulaw = decodeTable('PCMU');
  const alaw = decodeTable('PCMA');
  for (let code = 0; code < 256; code++) {
    const value = ulaw[code] ?? 0;
    const best = Math.min(...Array.from(alaw, (other) => Math.abs(other - value)));
    expect(Math.abs((alaw[table[code] ?? 0] ?? 0) - value)).toBe(best);
  }
});
