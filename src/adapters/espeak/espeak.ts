import { join } from 'node:path';
import type { SpeechRequest } from '../../flows/voice.ts';
import { ChildFailure, runChild } from '../prompts/child.ts';

/** One way of running espeak-ng: gives the bytes of a WAV file. It is always a process of its own, for its licence is the GPL. */
export interface SpeechEngine {
  /** Goes into the key of cached audio: another engine speaks differently. */
  name: string;
  speak(request: SpeechRequest): Promise<Buffer>;
}

const LIMITS = { timeoutMs: 60_000, maxBytes: 64 * 1024 * 1024 };

/** The `espeak-ng` program of the system. */
export function systemEngine(program = 'espeak-ng'): SpeechEngine {
  return {
    name: 'espeak-ng',
    speak: ({ text, ...request }) =>
      runChild(program, [...voiceArguments(request), '-b', '1', '--stdin', '--stdout'], { ...LIMITS, input: text }),
  };
}

/** The WebAssembly build of the npm package, run by a Node of its own. */
export function wasmEngine(): SpeechEngine {
  const program = join(import.meta.dirname, 'wasm-child.ts');
  return {
    name: 'espeak-ng-wasm',
    speak: ({ text, ...request }) => {
      const input = JSON.stringify({ text, arguments: voiceArguments(request) });
      return runChild(process.execPath, [program], { ...LIMITS, input });
    },
  };
}

/** The system's program where there is one, else the package. */
export async function findEngine(program = 'espeak-ng'): Promise<SpeechEngine> {
  try {
    await runChild(program, ['--version'], { timeoutMs: 20_000, maxBytes: 10_000 });
    return systemEngine(program);
  } catch (error) {
    if (error instanceof ChildFailure && error.missing) return wasmEngine();
    throw error;
  }
}

/**
 * Voices by language. The usual Mandarin voice, `cmn`, takes the pinyin of common characters for English words in espeak-ng 1.51
 * and spells their tones as numbers; the voice for pinyin reads the same characters rightly.
 */
const VOICES: Record<string, { voice: string; wordsPerMinute: number }> = {
  en: { voice: 'en', wordsPerMinute: 160 },
  zh: { voice: 'cmn-latn-pinyin', wordsPerMinute: 170 },
  cmn: { voice: 'cmn-latn-pinyin', wordsPerMinute: 170 },
};

/** espeak-ng's variants of any voice. */
const VARIANTS = { female: '+f2', male: '+m3' };

function voiceArguments({ language, voice }: Omit<SpeechRequest, 'text'>): string[] {
  const known = VOICES[language] ?? VOICES[language.split('-')[0] ?? ''];
  const usual = (language.includes('-') && known?.voice === 'en' ? language.toLowerCase() : known?.voice) ?? language;
  const chosen = voice === undefined ? usual : usual + VARIANTS[voice];
  // Voices with a path would let a text reach other files of this machine.
  if (!/^[a-z]{2,3}[a-zA-Z0-9+-]{0,40}$/.test(chosen)) throw new ChildFailure(`There is no voice ${chosen}`, false);
  return ['-v', chosen, '-s', String(known?.wordsPerMinute ?? 160)];
}
