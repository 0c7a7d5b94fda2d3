import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fluentTranscoder } from '../../../src/adapters/ffmpeg/fluent-transcoder.ts';
import { describeWith, peer } from '../../support/peers.ts';
import { stereoWav } from '../../support/test-wav.ts';
import { amplitudeOf, sine } from '../../support/tones.ts';
import { readWav } from '../../support/wav-file.ts';

const SECONDS_MS = 4_000;

describeWith('ffmpeg', 'the transcoder', () => {
  let folder: string;
  let input: string;
  const transcoder = fluentTranscoder();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-transcode-'));
    input = join(folder, 'in.wav');
    writeFileSync(input, stereoWav(sine(440, SECONDS_MS), sine(1_000, SECONDS_MS)));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** The two sides of a file, without the codec's first and last moments. */
  function hear(file: string): [Int16Array, Int16Array] {
    const wav = join(folder, 'heard.wav');
    execFileSync(peer('ffmpeg'), ['-loglevel', 'error', '-y', '-i', file, '-ar', '8000', '-c:a', 'pcm_s16le', wav]);
    const { channels } = readWav(wav);
    const [left = new Int16Array(), right = new Int16Array()] = channels.map((one) => one.subarray(4_000, 28_000));
    expect(channels).toHaveLength(2);
    expect(Math.abs((channels[0]?.length ?? 0) - 32_000)).toBeLessThan(1_600);
    return [left, right];
  }

  it.each([
    ['opus', 'out.ogg'],
    ['mp3', 'out.mp3'],
  ] as const)(
    '[R60] %s keeps the caller left and the agent right, and nothing of the one in the other',
    async (format, name) => {
      const output = join(folder, name);
      await transcoder.transcode(input, output, format);
      const [left, right] = hear(output);
      expect(amplitudeOf(left, 440)).toBeGreaterThan(7_000);
      expect(amplitudeOf(right, 1_000)).toBeGreaterThan(7_000);
      expect(amplitudeOf(left, 1_000)).toBeLessThan(80);
      expect(amplitudeOf(right, 440)).toBeLessThan(80);
      expect(readdirSync(folder).filter((file) => file.startsWith('part-'))).toEqual([]);
    },
  );

  it("[R61] fails with ffmpeg's own words and leaves nothing behind", async () => {
    writeFileSync(input, 'this is no audio at all');
    const output = join(folder, 'out.ogg');
    await expect(transcoder.transcode(input, output, 'opus')).rejects.toThrow(/^ffmpeg: .*Invalid data found/);
    const missing = join(folder, 'gone.wav');
    await expect(transcoder.transcode(missing, output, 'opus')).rejects.toThrow(/^ffmpeg: .*No such file/);
    await expect(transcoder.transcode(input, '/nowhere/out.ogg', 'opus')).rejects.toThrow(/^ffmpeg: /);
    expect(readdirSync(folder)).toEqual(['in.wav']);
  });

  it('[R62] an ffmpeg that cannot be started is a failure like any other', async () => {
    await transcoder.transcode(input, join(folder, 'first.mp3'), 'mp3');
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      await expect(transcoder.transcode(input, join(folder, 'out.mp3'), 'mp3')).rejects.toThrow(/^ffmpeg: .*ENOENT/);
    } finally {
      process.env['PATH'] = path;
    }
  });

  it('[R63] stops when it is told to, before it began or while it works, and leaves nothing behind', async () => {
    const output = join(folder, 'out.ogg');
    const reason = new Error('the program stops');
    await expect(transcoder.transcode(input, output, 'opus', AbortSignal.abort(reason))).rejects.toBe(reason);

    const noise = Int16Array.from({ length: 8_000 * 600 }, (_, i) => ((i * 7_919) % 20_011) - 10_000);
    writeFileSync(input, stereoWav(noise, noise));
    for (const waitTurns of [1, 200]) {
      const stop = new AbortController();
      const running = transcoder.transcode(input, output, 'opus', stop.signal);
      const outcome = running.then(
        () => 'finished',
        (error: unknown) => error,
      );
      for (let turn = 0; turn < waitTurns; turn += 1) await new Promise(setImmediate);
      stop.abort(reason);
      expect(await outcome).toBe(reason);
      expect(readdirSync(folder)).toEqual(['in.wav']);
    }
  });
});
