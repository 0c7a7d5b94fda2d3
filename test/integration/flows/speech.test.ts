import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SpeechEngine, systemEngine, wasmEngine } from '../../../src/adapters/espeak/espeak.ts';
import { openSpeech, type Speech } from '../../../src/adapters/espeak/speech.ts';
import { EspeakVoice } from '../../../src/adapters/espeak/voice.ts';
import { PromptCache } from '../../../src/adapters/prompts/prompt-cache.ts';
import { samplesOf } from '../../../src/adapters/prompts/wav.ts';

const has = (program: string) => {
  try {
    execFileSync(program, [program === 'ffmpeg' ? '-version' : '--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const ffmpeg = has('ffmpeg');
const espeak = has('espeak-ng');
const WAIT = 120_000;

let dir: string;
let speech: Speech;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'speech-'));
  await mkdir(join(dir, 'recorded'));
  speech = openSpeech({ dataDir: dir, promptsDir: join(dir, 'recorded') });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const wavs = async () => (await readdir(join(dir, 'prompts'))).filter((name) => !name.startsWith('made'));

async function read(file: string): Promise<{ bytes: Buffer; samples: Int16Array }> {
  const bytes = await readFile(file);
  return { bytes, samples: samplesOf(bytes.subarray(44)) };
}

function levelDb(samples: Int16Array): number {
  let peak = 0;
  for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
  return 20 * Math.log10(peak / 32_768);
}

/** The middle one of the pitches of all stretches of 40 ms that have one, by autocorrelation at 8000 Hz. */
function pitchHz(samples: Int16Array): number {
  const found: number[] = [];
  for (let at = 0; at + 600 < samples.length; at += 320) {
    const similar = (lag: number) => {
      let [product, a, b] = [0, 1, 1];
      for (let i = at; i < at + 320; i += 1) {
        const [one = 0, other = 0] = [samples[i], samples[i + lag]];
        product += one * other;
        a += one * one;
        b += other * other;
      }
      return product / Math.sqrt(a * b);
    };
    const lags = Array.from({ length: 90 }, (_, index) => index + 20);
    const best = lags.reduce((a, b) => (similar(b) > similar(a) ? b : a));
    if (similar(best) > 0.8) found.push(8_000 / best);
  }
  return found.sort((a, b) => a - b)[Math.floor(found.length / 2)] ?? 0;
}

describe.skipIf(!ffmpeg || !espeak)('speech by espeak-ng (needs ffmpeg and espeak-ng)', () => {
  it.each([
    ['en', 'To talk to us, press 1.'],
    ['zh', '人工服务请按1。'],
  ])(
    '[F43] %s becomes a WAV file for the line, named by its hash',
    async (language, text) => {
      const spoken = await speech.voice.render({ text, language });
      const { bytes, samples } = await read(spoken.file);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(spoken.hash);
      expect([bytes.readUInt16LE(22), bytes.readUInt32LE(24), bytes.readUInt16LE(34)]).toEqual([1, 8_000, 16]);
      expect(spoken.durationMs).toBe(Math.round(samples.length / 8));
      expect(spoken.durationMs).toBeGreaterThan(800);
      expect(spoken.durationMs).toBeLessThan(5_000);
      expect(levelDb(samples)).toBeGreaterThan(-15);
      expect(levelDb(samples)).toBeLessThanOrEqual(-2.9);
      expect([samples[0], samples.at(-1)]).toEqual([0, 0]);
    },
    WAIT,
  );

  it.each([
    ['en', 'To talk to us, press 1.'],
    ['zh', '人工服务请按1。'],
  ])(
    '[F74] %s is spoken by a woman or a man',
    async (language, text) => {
      const voices = [undefined, 'female', 'male'] as const;
      const spoken = await Promise.all(
        voices.map((voice) => speech.voice.render({ text, language, ...(voice && { voice }) })),
      );
      expect(new Set(spoken.map(({ hash }) => hash)).size).toBe(3);
      for (const { durationMs } of spoken) expect(durationMs).toBeGreaterThan(800);
      // The pitch of a voice is where its waveform is most like itself again.
      const [, female, male] = await Promise.all(spoken.map(async ({ file }) => pitchHz((await read(file)).samples)));
      expect(female).toBeGreaterThan((male ?? 0) * 1.2);
    },
    WAIT,
  );

  it(
    '[F43] one text is made once, also for those who ask meanwhile and for the next run',
    async () => {
      let made = 0;
      const real = systemEngine();
      const engine: SpeechEngine = {
        name: 'counted',
        speak: (request) => {
          made += 1;
          return real.speak(request);
        },
      };
      const cacheDir = join(dir, 'once');
      const voice = new EspeakVoice({ cache: new PromptCache(cacheDir), engine });
      const request = { text: 'Only once', language: 'en' };
      const [one, two] = await Promise.all([voice.render(request), voice.render(request)]);
      expect(two).toEqual(one);
      const nextRun = new EspeakVoice({ cache: new PromptCache(cacheDir), engine });
      expect(await nextRun.render(request)).toEqual(one);
      expect(made).toBe(1);
      await rm(one.file);
      expect(await nextRun.render(request)).toEqual(one);
      expect(made).toBe(2);
    },
    WAIT,
  );

  it(
    '[F43] a failure leaves no file and may be tried again',
    async () => {
      await speech.voice.render({ text: 'Something', language: 'en' });
      const before = await wavs();
      const failing = (request: { text: string; language: string }) =>
        expect(speech.voice.render(request)).rejects.toMatchObject({ code: 'voice.failed' });
      await failing({ text: 'x', language: 'xx' });
      await failing({ text: '  …  ', language: 'en' });
      await failing({ text: 'x', language: '../../etc/passwd' });
      expect(await wavs()).toEqual(before);
    },
    WAIT,
  );

  it(
    '[F43] a text is only ever text: not an option, not markup',
    async () => {
      const spoken = await speech.voice.render({ text: '--help <break time="9s"/> ; echo', language: 'en' });
      expect(spoken.durationMs).toBeGreaterThan(500);
    },
    WAIT,
  );
});

describe.skipIf(!ffmpeg)('recordings and the other engine (needs ffmpeg)', () => {
  it(
    '[F43] without the program the package speaks, in a process of its own',
    async () => {
      const voice = new EspeakVoice({ cache: new PromptCache(join(dir, 'wasm')), engine: wasmEngine() });
      const [english, chinese] = await Promise.all([
        voice.render({ text: 'Welcome to Parley.', language: 'en' }),
        voice.render({ text: '欢迎致电。', language: 'zh' }),
      ]);
      expect(english.durationMs).toBeGreaterThan(600);
      expect(chinese.durationMs).toBeGreaterThan(600);
    },
    WAIT,
  );

  it(
    '[F43] a recording of any format is converted once for its content; noise of another kind is refused',
    async () => {
      const mp3 = join(dir, 'recorded', 'jingle.en.mp3');
      const tone = ['-f', 'lavfi', '-i', 'sine=frequency=700:sample_rate=44100:duration=1', '-ac', '2'];
      execFileSync('ffmpeg', ['-nostdin', '-v', 'error', ...tone, mp3]);
      await writeFile(join(dir, 'recorded', 'broken.wav'), 'this is no audio');
      const spoken = await speech.prompts.find('jingle', 'en');
      expect(spoken.durationMs).toBeGreaterThan(950);
      expect(spoken.durationMs).toBeLessThan(1_150);
      expect(await speech.prompts.find('jingle', 'en')).toEqual(spoken);
      const { samples } = await read(spoken.file);
      let crossings = 0;
      for (let at = 2_001; at <= 6_000; at += 1)
        if ((samples[at - 1] ?? 0) < 0 && (samples[at] ?? 0) >= 0) crossings += 1;
      expect(Math.abs(crossings - 350)).toBeLessThanOrEqual(2);
      await expect(speech.prompts.find('broken', 'en')).rejects.toMatchObject({ code: 'voice.failed' });
      await expect(speech.prompts.find('missing', 'en')).rejects.toMatchObject({ code: 'voice.failed' });
    },
    WAIT,
  );
});
