import { spokenHours } from '../calendars/spoken.ts';
import type { Scope } from '../language/condition.ts';
import type { Flow, Sound } from '../language/flow.ts';
import { renderTemplate } from '../language/template.ts';
import type { FlowState, FlowValue, PlayItem } from './types.ts';

/** The values expressions see at one moment. Whole numbers become BigInt, which is how CEL knows them from fractions. */
export function scopeOf(flow: Flow, state: FlowState): Scope {
  const scope: Scope = {
    caller: state.caller,
    call: {
      called: state.called,
      language: state.language,
      seconds: BigInt(Math.max(0, Math.floor((state.at - state.startedAt) / 1_000))),
    },
  };
  for (const [name, type] of flow.names) scope[name] = inCel(state.vars[name], type === 'int');
  return scope;
}

function inCel(value: FlowValue | undefined, whole: boolean): unknown {
  return whole && typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
}

/** What the sounds are in a language: words worked out, hours told, nothing left that is empty. */
export function itemsOf(
  flow: Flow,
  sounds: readonly Sound[],
  { language, voice }: Pick<FlowState, 'language' | 'voice'>,
  scope: () => Scope,
): PlayItem[] {
  const spokenBy = voice === undefined ? {} : { voice };
  return sounds.flatMap((sound): PlayItem[] => {
    switch (sound.kind) {
      case 'text': {
        const spoken = sound.language ?? language;
        const template = sound.texts[spoken];
        if (!template) return [];
        const text = tidy(renderTemplate(template, scope()));
        return text === '' ? [] : [{ type: 'text', text, language: spoken, ...spokenBy }];
      }
      case 'prompt':
        return [{ type: 'prompt', prompt: sound.prompt, language: sound.language ?? language }];
      case 'hours': {
        const calendar = flow.calendars[sound.calendar];
        const spoken = sound.language ?? language;
        return calendar ? [{ type: 'text', text: spokenHours(calendar, spoken), language: spoken, ...spokenBy }] : [];
      }
      case 'silence':
        return [{ type: 'silence', durationMs: sound.durationMs }];
      case 'tone':
        return [{ type: 'tone', frequenciesHz: [...sound.frequenciesHz], durationMs: sound.durationMs }];
    }
    return [];
  });
}

/** Texts in YAML have line breaks that nobody speaks; the same words are then the same audio. */
export function tidy(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
