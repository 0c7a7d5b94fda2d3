import { spokenHours } from './calendars/spoken.ts';
import type { Flow } from './language/flow.ts';
import type { PlayItem } from './machine/types.ts';
import type { PromptStore, SpeechRequest, Voice } from './voice.ts';

/** One thing to hear with everything spoken turned into audio: the form of a play item in the media protocol. */
export type AudioItem =
  | { type: 'prompt'; hash: string }
  | { type: 'tone'; frequenciesHz: number[]; durationMs: number; levelDbov: number }
  | { type: 'silence'; durationMs: number };

/** How loud tones are beside speech, whose peaks reach -3 dBov. */
const TONE_LEVEL_DBOV = -14;

/** Turns what the engine wants played into audio. Rejects with `voice.failed`. */
export function toAudio(items: readonly PlayItem[], voice: Voice, prompts: PromptStore): Promise<AudioItem[]> {
  return Promise.all(
    items.map(async (item): Promise<AudioItem> => {
      switch (item.type) {
        case 'text':
          return { type: 'prompt', hash: (await voice.render(requestOf(item))).hash };
        case 'prompt':
          return { type: 'prompt', hash: (await prompts.find(item.prompt, item.language)).hash };
        case 'tone':
          return { ...item, levelDbov: TONE_LEVEL_DBOV };
        case 'silence':
          return item;
      }
    }),
  );
}

type SpokenBy = 'female' | 'male';

function requestOf(spoken: { text: string; language: string; voice?: SpokenBy | undefined }): SpeechRequest {
  const { text, language, voice } = spoken;
  return { text, language, ...(voice === undefined ? {} : { voice }) };
}

/** Everything a flow, with those inside of it, can play that is known before any call, each once. */
export function knownAudio(flow: Flow): { texts: SpeechRequest[]; prompts: { name: string; language: string }[] } {
  const texts = new Map<string, SpeechRequest>();
  const prompts = new Map<string, { name: string; language: string }>();
  const all = [flow, ...Object.values(flow.flows)];
  const voices = [undefined, ...new Set(all.flatMap(voicesOf))];
  const speak = (text: string, language: string) => {
    if (text === '') return;
    for (const voice of voices) texts.set(`${voice} ${language} ${text}`, requestOf({ text, language, voice }));
  };
  for (const { sound, languages, calendars } of all.flatMap(soundsOf)) {
    for (const language of languages) {
      if (sound.kind === 'prompt') prompts.set(`${language} ${sound.prompt}`, { name: sound.prompt, language });
      else if (sound.kind === 'text') {
        speak(sound.texts[language]?.words ?? '', language);
      } else {
        const calendar = calendars[sound.calendar];
        if (calendar) speak(spokenHours(calendar, language), language);
      }
    }
  }
  return { texts: [...texts.values()], prompts: [...prompts.values()] };
}

/** What of a flow is spoken or recorded, with the languages it can be heard in. */
function soundsOf({ steps, languages, calendars }: Flow) {
  return [...steps.values()].flatMap(({ sounds }) =>
    sounds.flatMap((sound) => {
      if (sound.kind === 'silence' || sound.kind === 'tone') return [];
      return [{ sound, calendars, languages: sound.language === undefined ? languages : [sound.language] }];
    }),
  );
}

function voicesOf({ steps }: Flow): SpokenBy[] {
  return [...steps.values()].flatMap(({ traits }) => traits.voices ?? []);
}
