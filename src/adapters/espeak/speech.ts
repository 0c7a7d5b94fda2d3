import { join } from 'node:path';
import type { PromptStore, Voice } from '../../flows/voice.ts';
import { PromptCache } from '../prompts/prompt-cache.ts';
import { PromptFiles } from '../prompts/prompt-files.ts';
import { EspeakVoice } from './voice.ts';

/** All that makes audio for the line, around one cache. */
export interface Speech {
  voice: Voice;
  prompts: PromptStore;
  /** For audio that is neither spoken nor recorded, such as music made by a program. */
  cache: PromptCache;
}

/** `<dataDir>/prompts` is the cache, which the media program plays from; `promptsDir` holds recordings. */
export function openSpeech(options: { dataDir: string; promptsDir: string; ffmpeg?: string }): Speech {
  const cache = new PromptCache(join(options.dataDir, 'prompts'));
  const shared = { cache, ...(options.ffmpeg === undefined ? {} : { ffmpeg: options.ffmpeg }) };
  return { cache, voice: new EspeakVoice(shared), prompts: new PromptFiles({ ...shared, dir: options.promptsDir }) };
}
