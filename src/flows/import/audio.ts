import type { Draft } from './draft.ts';
import { inert, plainWords, textOf } from './shared.ts';

/** What one text and one list of the flow language hold. */
const MAX_WORDS = 3_000;
const MAX_ITEMS = 20;

/** One thing to hear, in the form of the flow language. */
export type DraftAudio = string | Record<string, unknown>;

/** Words, with what stood in braces turned into ours by `expression`; what it does not know is told and left out. */
export function words(
  draft: Draft,
  where: string,
  text: string,
  expression: (inside: string) => string | undefined = () => undefined,
  braces = /\{\{\s*(.*?)\s*\}\}/g,
): string {
  const spoken = plainWords(text).slice(0, MAX_WORDS);
  if (plainWords(text).length > MAX_WORDS) draft.lost(where, `words beyond ${MAX_WORDS} characters`);
  if (/<[a-z]/i.test(text)) draft.changed(where, 'the words of its SSML are spoken; the markup is left out');
  let made = '';
  let from = 0;
  for (const match of spoken.matchAll(braces)) {
    const ours = expression(match[1] ?? '');
    if (ours === undefined) draft.lost(where, `the value ${match[0]} has no counterpart`);
    made += inert(spoken.slice(from, match.index)) + (ours === undefined ? '' : `{{ ${ours} }}`);
    from = match.index + match[0].length;
  }
  made += inert(spoken.slice(from));
  return made.replace(/\s+/g, ' ').trim() || '…';
}

/** A recording that somebody has to put into the prompts folder. */
export function recording(draft: Draft, where: string, address: unknown): DraftAudio {
  const prompt = draft.need('prompts', textOf(address));
  draft.changed(where, `the recording ${textOf(address).slice(0, 200)} has to be put into prompts/ as ${prompt}`);
  return { prompt };
}

/** Several things one after the other; a single one stands bare. */
export function inOrder(items: DraftAudio[]): unknown {
  if (items.length === 0) return { silence: '20ms' };
  return items.length === 1 ? items[0] : items.slice(0, MAX_ITEMS);
}
