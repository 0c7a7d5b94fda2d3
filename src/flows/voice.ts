/** A finished piece of audio: `<hash>.wav` in the prompt cache, mono, 16 bit, 8000 Hz. */
export interface Spoken {
  /** SHA-256 of the file's bytes, in hex: its name in the media protocol. */
  hash: string;
  file: string;
  durationMs: number;
}

export interface SpeechRequest {
  text: string;
  /** A language tag such as `en` or `zh`. */
  language: string;
  /** Absent: the usual voice of the language. */
  voice?: 'female' | 'male';
}

/** Makes speech of text. The same request always gives the same audio, which is made once and kept. */
export interface Voice {
  /** Rejects with `voice.failed`; a failed request leaves nothing behind and may be tried again. */
  render(request: SpeechRequest): Promise<Spoken>;
}

/** Recorded prompts, made ready for the line. */
export interface PromptStore {
  /**
   * The prompt `name`, in `language` where it exists in several. Rejects with `voice.failed` when there is none or it cannot
   * be read as audio.
   */
  find(name: string, language: string): Promise<Spoken>;
}
