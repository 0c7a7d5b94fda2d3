import { type DraftAudio, inOrder, recording, words } from './audio.ts';
import { Draft, type Imported } from './draft.ts';
import {
  entryOf,
  type Foreign,
  isRecord,
  labelOf,
  listOf,
  parseJson,
  recordOf,
  refuse,
  secondsOf,
  textOf,
  wholeOf,
} from './shared.ts';

/**
 * An array of jambonz verbs, as a webhook answers with it (https://docs.jambonz.org/verbs). What the webhook behind an `actionHook`
 * did is in nobody's file; every one is told.
 */
export function importJambonz(text: string, options: { name: string; language: string }): Imported {
  const verbs = parseJson(text);
  if (!Array.isArray(verbs)) refuse('A jambonz application is an array of verbs');
  const draft = new Draft(options.name, options.name, options.language);
  const names = (verbs as unknown[]).map((verb, index) =>
    draft.freshName(`${textOf(recordOf(verb)['verb']) || 'verb'} ${index + 1}`),
  );
  draft.start = names[0] ?? 'end';
  (verbs as unknown[]).forEach((verb, index) => {
    const name = names[index] ?? 'end';
    const next = names[index + 1] ?? 'end';
    if (!isRecord(verb)) {
      draft.standIn(name, `item ${index + 1}`, 'this is no verb', next);
      return;
    }
    const kind = textOf(verb['verb']);
    const convert = entryOf(VERBS, kind) ?? unknownVerb;
    convert({ draft, name, next, verb, where: `${kind || 'verb'} (item ${index + 1})` });
  });
  return draft.finish();
}

interface Verb {
  draft: Draft;
  name: string;
  next: string;
  verb: Foreign;
  where: string;
}

const VERBS: Record<string, (one: Verb) => void> = {
  say: ({ draft, name, next, verb, where }) => {
    draft.add(name, { say: inOrder(spoken(draft, where, verb)), next });
    tellLeft(draft, where, verb, ['verb', 'text', 'id']);
  },
  play: ({ draft, name, next, verb, where }) => {
    draft.add(name, { play: inOrder(listOf(verb['url']).map((url) => recording(draft, where, url))), next });
    tellLeft(draft, where, verb, ['verb', 'url', 'id']);
  },
  gather: (one) => gather(one),
  pause: ({ draft, name, next, verb }) => draft.add(name, { wait: secondsOf(verb['length'], 0.02, 600) ?? '1s', next }),
  dtmf: ({ draft, name, next, verb, where }) => {
    draft.sendKeys(name, where, verb['dtmf'], next);
    tellLeft(draft, where, verb, ['verb', 'dtmf', 'id']);
  },
  enqueue: ({ draft, name, next, verb, where }) => {
    const queue = draft.need('queues', textOf(verb['name']) || 'support');
    draft.add(name, { queue, onAnsweredEnd: next, onTimeout: next });
    tellLeft(draft, where, verb, ['verb', 'name', 'id']);
  },
  dial: (one) => dial(one),
  tag: ({ draft, name, next, verb, where }) => {
    const tags = Object.entries(recordOf(verb['data'])).filter(([, value]) => textOf(value) !== '');
    const labels = Object.fromEntries(tags.map(([key, value]) => [tagNameOf(key), labelOf(value)]));
    if (tags.length === 0) draft.standIn(name, where, 'it labels nothing that can be kept', next);
    else draft.add(name, { tag: labels, next });
  },
  hangup: ({ draft, name }) => draft.add(name, { hangup: {} }),
  leave: ({ draft, name }) => draft.add(name, { hangup: {} }),
  answer: ({ draft, name, next, where }) => {
    draft.add(name, { event: 'answered', next });
    draft.changed(where, 'calls are answered before the flow begins');
  },
};

function tagNameOf(key: string): string {
  return `x${key.replace(/[^A-Za-z0-9_.-]/g, '_')}`.replace(/^x(?=[A-Za-z])/, '').slice(0, 64);
}

function unknownVerb({ draft, name, next, verb, where }: Verb): void {
  draft.standIn(name, where, `the verb ${textOf(verb['verb']) || '?'} has no counterpart`, next);
}

function spoken(draft: Draft, where: string, source: Foreign): DraftAudio[] {
  const texts = listOf(source['text']).map((text) => words(draft, where, textOf(text)));
  return texts.length === 0 ? ['…'] : texts;
}

function promptOf(draft: Draft, where: string, verb: Foreign): DraftAudio[] {
  const items: DraftAudio[] = [];
  if (isRecord(verb['say'])) items.push(...spoken(draft, where, verb['say']));
  if (isRecord(verb['play'])) items.push(...listOf(verb['play']['url']).map((url) => recording(draft, where, url)));
  return items.length === 0 ? [{ silence: '20ms' }] : items;
}

function gather({ draft, name, next, verb, where }: Verb): void {
  const into = draft.variable(`${name} digits`);
  const digits = wholeOf(verb['numDigits'], 1, 64);
  const min = wholeOf(verb['minDigits'], 1, 64);
  const max = wholeOf(verb['maxDigits'], 1, 64);
  const finish = textOf(verb['finishOnKey']);
  draft.add(name, {
    collect: {
      prompt: inOrder(promptOf(draft, where, verb)),
      into,
      ...(digits === undefined ? { ...(min !== undefined && { min }), ...(max !== undefined && { max }) } : { digits }),
      ...(finish === '#' || finish === '*' ? { terminator: finish } : {}),
      ...(secondsOf(verb['timeout']) !== undefined && { timeout: secondsOf(verb['timeout']) }),
      ...(secondsOf(verb['interDigitTimeout']) !== undefined && { interDigit: secondsOf(verb['interDigitTimeout']) }),
      retries: 0,
    },
    next,
    noInput: next,
  });
  if (listOf(verb['input']).includes('speech')) draft.lost(where, 'speech is not recognised; keys are', name);
  tellHook(draft, where, verb, name, `what it did with the digits; they are in ${into}`);
}

function dial({ draft, name, next, verb, where }: Verb): void {
  const targets = listOf(verb['target']).map(recordOf);
  const phone = targets.find((target) => textOf(target['type']) === 'phone' && textOf(target['number']) !== '');
  if (!phone) {
    draft.standIn(name, where, 'it dials no telephone number', next);
    return;
  }
  const callerId = textOf(verb['callerId']);
  draft.add(name, {
    transfer: {
      number: textOf(phone['number']),
      ring: secondsOf(verb['timeout'], 3, 180) ?? '30s',
      ...(/^\+?[0-9]{2,32}$/.test(callerId) && { callerId }),
    },
    onEnded: next,
    onNoAnswer: next,
  });
  if (targets.length > 1) draft.lost(where, 'only the first number is rung, not several at once', name);
  tellHook(draft, where, verb, name, 'what it did after the call');
}

function tellHook(draft: Draft, where: string, verb: Foreign, step: string, what: string): void {
  const hook = verb['actionHook'];
  if (hook !== undefined)
    draft.lost(where, `the webhook ${textOf(hook) || textOf(recordOf(hook)['url'])} and ${what}`, step);
}

function tellLeft(draft: Draft, where: string, verb: Foreign, known: string[]): void {
  for (const key of Object.keys(verb))
    if (!known.includes(key)) draft.lost(where, `the setting ${key} has no counterpart`);
}
