import type { Flow, Step } from '../../language/flow.ts';
import { choosePrompt } from '../../prompt-names.ts';
import type { Told } from '../finding.ts';

/** `prompt.language`: a recording that is there, though not for each language. That there is one at all was checked before. */
export function checkPrompts(flow: Flow, files: readonly string[], tell: Told): void {
  for (const step of flow.steps.values()) {
    for (const sound of step.sounds) {
      if (sound.kind !== 'prompt') continue;
      const languages = sound.language === undefined ? flow.languages : [sound.language];
      const missing = languages.filter((language) => choosePrompt(files, sound.prompt, language) === undefined);
      if (missing.length === 0) continue;
      const sentence = `The prompt "${sound.prompt}" is missing in ${missing.join(', ')}`;
      const hint = `record prompts/${sound.prompt}.${missing[0]}.wav, or say which language the item is in`;
      for (const place of placesIn(step, flow.references.prompts.get(sound.prompt) ?? [])) {
        tell('prompt.language', place, sentence, hint);
      }
    }
  }
}

/** `call.language`: callers of one language would hear another for a while. */
export function checkCalled(flow: Flow, tell: Told): void {
  for (const { flow: name, place } of flow.callSites) {
    const called = flow.flows[name];
    const missing = flow.languages.filter((language) => called && !called.languages.includes(language));
    if (!called || missing.length === 0) continue;
    const sentence = `"${name}" does not speak ${missing.join(', ')}: such callers hear ${called.languages[0]} in it`;
    tell('call.language', place, sentence, `add it to the languages of "${name}"`);
  }
}

function placesIn<P extends { offset: number }>({ place: { offset, end } }: Step, places: readonly P[]): P[] {
  return places.filter((place) => place.offset >= offset && place.offset < end);
}
