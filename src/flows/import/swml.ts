import { parse } from 'yaml';
import { type DraftAudio, inOrder, recording, words } from './audio.ts';
import { type Branch, branch } from './branches.ts';
import { Draft, type Imported } from './draft.ts';
import {
  choiceOf,
  entryOf,
  type Foreign,
  isRecord,
  labelOf,
  listOf,
  recordOf,
  refuse,
  secondsOf,
  textOf,
  wholeOf,
} from './shared.ts';

/** SignalWire's markup, YAML or JSON (https://signalwire.com/docs/swml): sections of methods, nested where they branch. */
export function importSwml(text: string, options: { name: string; language: string }): Imported {
  let source: unknown;
  try {
    source = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    refuse(`This is neither YAML nor JSON: ${(error as Error).message.split('\n')[0]}`);
  }
  const sections = recordOf(recordOf(source)['sections']);
  if (!Array.isArray(sections['main'])) refuse('An SWML document has a section "main", which is a list of methods');
  const draft = new Draft(options.name, options.name, options.language);
  const made = new Map<string, string>();
  const section = (name: string): string | undefined => {
    const known = made.get(name);
    if (known !== undefined) return known;
    const methods = sections[name];
    if (!Array.isArray(methods)) return undefined;
    // A section that leads back to itself finds its own first step.
    const first = draft.stepName(`section ${name}`);
    made.set(name, first);
    const inside = new Section(draft, section).add(methods, 'end', name);
    draft.add(first, { event: { name: 'section', values: { name: labelOf(name) } }, next: inside });
    return first;
  };
  draft.start = new Section(draft, section).add(sections['main'], 'end', 'main');
  return draft.finish();
}

type SectionNamed = (name: string) => string | undefined;
interface Method {
  kind: string;
  value: unknown;
  where: string;
  name: string;
  next: string;
}

/** The methods of one list, each with the step that comes after it. */
class Section {
  readonly #draft: Draft;
  readonly #sectionNamed: SectionNamed;
  readonly #labels = new Map<string, string>();

  constructor(draft: Draft, sectionNamed: SectionNamed) {
    this.#draft = draft;
    this.#sectionNamed = sectionNamed;
  }

  /** Adds steps for the methods and gives the first; `after` is where the last leads. */
  add(methods: readonly unknown[], after: string, where: string): string {
    const named = methods.map((method) => this.#nameOf(method));
    let skip = false;
    methods.forEach((method, index) => {
      if (skip) {
        skip = false;
        return;
      }
      const { kind, value } = split(method);
      const name = named[index] ?? after;
      const following = methods[index + 1];
      const isMenu = kind === 'prompt' && split(following).kind === 'switch' && this.#isKeySwitch(following);
      skip = isMenu;
      const next = named[index + (isMenu ? 2 : 1)] ?? after;
      const at = `${where}[${index}] ${kind || 'method'}`;
      if (isMenu) this.#menu({ kind, value, where: at, name, next }, recordOf(split(following).value));
      else this.#one({ kind, value, where: at, name, next });
    });
    return named[0] ?? after;
  }

  #nameOf(method: unknown): string {
    const { kind, value } = split(method);
    const name = this.#draft.freshName(kind === '' ? 'method' : kind);
    if (kind === 'label') this.#labels.set(textOf(value), name);
    return name;
  }

  #one(method: Method): void {
    const { kind, name, next, where } = method;
    const draft = this.#draft;
    const convert = entryOf(this.#methods, kind);
    if (convert) convert(method);
    else draft.standIn(name, where, `the method ${kind || '?'} has no counterpart`, next);
  }

  readonly #methods: Record<string, (method: Method) => void> = {
    answer: ({ name, next }) => this.#draft.add(name, { event: 'answered', next }),
    label: ({ name, next, value }) =>
      this.#draft.add(name, { event: { name: 'label', values: { name: labelOf(value) } }, next }),
    hangup: ({ name }) => this.#draft.add(name, { hangup: {} }),
    return: ({ name, next, where }) => {
      this.#draft.add(name, { event: 'returned', next });
      this.#draft.changed(where, 'it goes on after the section instead of giving a value back');
    },
    play: ({ name, next, value, where }) => {
      this.#draft.add(name, { say: inOrder(this.#sounds(value, where)), next });
    },
    prompt: (method) => this.#collect(method),
    sleep: ({ name, next, value }) => {
      const ms = typeof value === 'number' ? value : Number(textOf(recordOf(value)['duration']) || 1_000);
      this.#draft.add(name, { wait: `${Math.min(600_000, Math.max(20, Math.round(ms)))}ms`, next });
    },
    send_digits: ({ name, next, value, where }) =>
      this.#draft.sendKeys(name, where, isRecord(value) ? value['digits'] : value, next),
    set: (method) => this.#set(method),
    record_call: ({ name, next }) => this.#draft.add(name, { record: 'start', next }),
    stop_record_call: ({ name, next }) => this.#draft.add(name, { record: 'stop', next }),
    record: ({ name, next, where }) => {
      this.#draft.add(name, { voicemail: { box: this.#draft.name }, next });
      this.#draft.changed(where, 'the message goes into the voice mail box of this flow');
    },
    connect: ({ name, next, value, where }) => this.#connect(name, next, recordOf(value), where),
    enter_queue: ({ name, next, value }) => {
      const queue = this.#draft.need('queues', textOf(recordOf(value)['queue_name']) || 'support');
      this.#draft.add(name, { queue, onAnsweredEnd: next, onTimeout: next });
    },
    execute: ({ name, next, value, where }) =>
      this.#execute(name, next, textOf(isRecord(value) ? value['dest'] : value), where),
    transfer: ({ name, value, where }) =>
      this.#execute(name, 'end', textOf(isRecord(value) ? value['dest'] : value), where),
    goto: ({ name, next, value, where }) => {
      const max = wholeOf(recordOf(value)['max'], 1, 100) ?? 100;
      const label = this.#labels.get(textOf(isRecord(value) ? value['label'] : value));
      if (label === undefined) this.#draft.standIn(name, where, 'it goes to a label of another list', next);
      else this.#draft.add(name, { loop: max, again: label, done: next });
      if (recordOf(value)['when'] !== undefined)
        this.#draft.lost(where, `the condition ${textOf(recordOf(value)['when'])}`, name);
    },
    switch: (method) => this.#switch(method),
    cond: (method) => this.#cond(method),
  };

  #sounds(value: unknown, where: string): DraftAudio[] {
    const given = isRecord(value) ? (value['urls'] ?? value['url']) : value;
    return listOf(given).map((one): DraftAudio => {
      const address = textOf(one);
      if (address.startsWith('say:'))
        return words(this.#draft, where, address.slice(4), (inside) => this.#value(inside), /[$%]\{(.*?)\}/g);
      if (address.startsWith('silence:')) return { silence: secondsOf(address.slice(8), 0.02, 60) ?? '1s' };
      if (address.startsWith('ring:')) return { tone: 'beep' };
      return recording(this.#draft, where, address);
    });
  }

  /** Our name for a variable of theirs that something before has set. */
  #value(inside: string): string | undefined {
    const name = inside.trim().replace(/^(vars|prompt)\./, '');
    return name === 'call.from' ? 'caller.number' : name === 'call.to' ? 'call.called' : this.#draft.knows(name);
  }

  #collect({ name, next, value, where }: Method): void {
    const draft = this.#draft;
    const prompt = recordOf(value);
    const into = draft.variable('prompt_value');
    const max = wholeOf(prompt['max_digits'], 1, 64) ?? 1;
    const terminator = textOf(prompt['terminators']).charAt(0);
    draft.add(name, {
      collect: {
        prompt: inOrder(this.#sounds(prompt['play'], where)),
        into,
        ...(terminator === '#' || terminator === '*' ? { min: 1, max, terminator } : { digits: max }),
        ...this.#times(prompt),
        retries: 0,
      },
      next,
      noInput: next,
    });
    if (prompt['speech_timeout'] !== undefined || prompt['speech_language'] !== undefined)
      draft.lost(where, 'speech is not recognised; keys are', name);
  }

  #times(prompt: Foreign): Record<string, string> {
    const timeout = secondsOf(prompt['initial_timeout']);
    const interDigit = secondsOf(prompt['digit_timeout']);
    return { ...(timeout !== undefined && { timeout }), ...(interDigit !== undefined && { interDigit }) };
  }

  #isKeySwitch(method: unknown): boolean {
    const { value } = split(method);
    const variable = textOf(recordOf(value)['variable']);
    const keys = Object.keys(recordOf(recordOf(value)['case']));
    return (
      /^(prompt_value|prompt_digits|vars\.prompt_value)?$/.test(variable) &&
      keys.length > 0 &&
      keys.every((key) => choiceOf(key) !== undefined)
    );
  }

  #menu({ name, next, value, where }: Method, choice: Foreign): void {
    const prompt = recordOf(value);
    const inside = (methods: unknown, key: string) =>
      this.#inner(Array.isArray(methods) ? methods : [methods], next, `${where} ${key}`);
    const otherwise = choice['default'] === undefined ? next : inside(choice['default'], 'default');
    const choices = Object.fromEntries(
      Object.entries(recordOf(choice['case'])).map(([key, methods]) => [key, inside(methods, key)]),
    );
    this.#draft.add(name, {
      menu: { prompt: inOrder(this.#sounds(prompt['play'], where)), ...this.#times(prompt), retries: 0 },
      choices,
      noInput: otherwise,
    });
  }

  #switch({ name, next, value, where }: Method): void {
    const choice = recordOf(value);
    const variable = this.#draft.knows(textOf(choice['variable']).replace(/^vars\./, ''));
    if (variable === undefined || Object.keys(recordOf(choice['case'])).length === 0) {
      this.#draft.standIn(name, where, `nothing here sets the variable ${textOf(choice['variable'])}`, next);
      return;
    }
    const inside = (methods: unknown, key: string) => this.#inner(listOf(methods), next, `${where} ${key}`);
    this.#draft.add(name, {
      switch: variable,
      cases: Object.fromEntries(
        Object.entries(recordOf(choice['case'])).map(([key, methods]) => [key, inside(methods, key)]),
      ),
      else: choice['default'] === undefined ? next : inside(choice['default'], 'default'),
    });
  }

  /** Conditions are JavaScript there; those that compare one variable with one value are understood. */
  #cond({ name, next, value, where }: Method): void {
    const cases: Branch[] = [];
    let otherwise = next;
    for (const one of listOf(value).map(recordOf)) {
      if (one['else'] !== undefined) {
        otherwise = this.#inner(listOf(one['else']), next, `${where} else`);
        continue;
      }
      const [, left = '', sign = '', right = ''] =
        /^\s*([\w.]+)\s*(===?|!==?)\s*['"]([^'"]*)['"]\s*$/.exec(textOf(one['when'])) ?? [];
      const variable = this.#value(left);
      if (variable === undefined) this.#draft.lost(where, `the condition ${textOf(one['when'])}`, name);
      else
        cases.push(
          branch(
            `${variable} ${sign.startsWith('!') ? '!=' : '=='} '${right}'`,
            this.#inner(listOf(one['then']), next, `${where} then`),
          ),
        );
    }
    if (cases.length === 0) this.#draft.standIn(name, where, 'none of its conditions could be carried over', otherwise);
    else this.#draft.add(name, { if: cases, else: otherwise });
  }

  #set({ name, next, value, where }: Method): void {
    const values = Object.entries(recordOf(value)).map(([key, given]) => {
      const text = words(this.#draft, where, textOf(given), (inside) => this.#value(inside), /[$%]\{(.*?)\}/g);
      return [this.#draft.variable(key), text] as const;
    });
    if (values.length === 0) this.#draft.standIn(name, where, 'it sets nothing', next);
    else this.#draft.add(name, { set: Object.fromEntries(values), next });
  }

  #connect(name: string, next: string, value: Foreign, where: string): void {
    const [first, ...more] = [value['to'], ...listOf(value['serial']), ...listOf(value['parallel'])]
      .flatMap((one) => (isRecord(one) ? [one['to']] : [one]))
      .map(textOf)
      .filter((to) => to !== '');
    if (first === undefined || !/^\+?[0-9]{2,32}$/.test(first)) {
      this.#draft.standIn(name, where, `it connects to ${first ?? 'nobody'}, which is no telephone number`, next);
      return;
    }
    const ring = secondsOf(value['timeout'], 3, 180);
    this.#draft.add(name, {
      transfer: { number: first, ...(ring !== undefined && { ring }) },
      onEnded: next,
      onNoAnswer: next,
    });
    if (more.length > 0)
      this.#draft.lost(where, `of several numbers only the first is rung, not ${more.join(', ')}`, name);
  }

  #execute(name: string, next: string, dest: string, where: string): void {
    const first = this.#sectionNamed(dest);
    if (first === undefined) {
      this.#draft.standIn(name, where, `it goes to ${dest || 'nowhere'}, which is not in this document`, next);
      return;
    }
    this.#draft.add(name, { event: { name: 'section', values: { name: labelOf(dest) } }, next: first });
    if (next !== 'end')
      this.#draft.lost(where, `after the section ${dest} the call ends instead of coming back here`, name);
  }

  #inner(methods: unknown[], after: string, where: string): string {
    return this.add(methods, after, where);
  }
}

/** A method is a bare word or a map with one key. */
function split(method: unknown): { kind: string; value: unknown } {
  if (typeof method === 'string') return { kind: method, value: undefined };
  const [kind = '', value] = Object.entries(recordOf(method))[0] ?? [];
  return { kind, value };
}
