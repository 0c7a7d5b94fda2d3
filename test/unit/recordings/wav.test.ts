import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioBytes, audioMs, readWavHead } from '../../../src/recordings/wav.ts';
import { stereoWav } from '../../support/test-wav.ts';
import { sine } from '../../support/tones.ts';

const WAV = stereoWav(sine(440, 500), sine(440, 500));

describe('the head of a WAV', () => {
  it('[R74] tells shape and length', () => {
    const shape = readWavHead(WAV.subarray(0, 100));
    expect(shape).toEqual({
      channels: 2,
      sampleRateHz: 8_000,
      bytesPerSample: 2,
      dataStart: 44,
      dataBytes: 16_000,
      sizeField: 40,
    });
    if (!shape) return;
    expect(audioMs(shape, shape.dataBytes)).toBe(500);
    expect(audioBytes(shape, 44 + 1_003)).toBe(1_000);
    expect(audioBytes(shape, 10)).toBe(0);
  });

  it('[R74] other chunks may stand before the audio', () => {
    const note = Buffer.from('LIST\x05\0\0\0hello\0', 'latin1');
    const shape = readWavHead(Buffer.concat([WAV.subarray(0, 36), note, WAV.subarray(36, 44)]));
    expect(shape?.dataStart).toBe(44 + note.length);
  });

  it('[R74] any bytes give a shape that makes sense, or none', () => {
    const mutated = fc
      .tuple(fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 8 }), fc.nat(80))
      .map(([changes, length]) => {
        const bytes = Buffer.from(WAV.subarray(0, 80));
        for (const [at, value] of changes) bytes[at] = value;
        return bytes.subarray(0, length);
      });
    const anything = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(mutated, anything), fc.nat(100_000), (head, size) => {
        const shape = readWavHead(head);
        if (!shape) return;
        const bytes = audioBytes(shape, size);
        expect(bytes).toBeGreaterThanOrEqual(0);
        expect(bytes).toBeLessThanOrEqual(size);
        expect(Number.isFinite(audioMs(shape, bytes))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
