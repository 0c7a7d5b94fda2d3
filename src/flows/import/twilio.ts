import { type DraftAudio, inOrder, recording, words } from './audio.ts';
import { type Branch, branch } from './branches.ts';
import { Draft, type Imported } from './draft.ts';
import {
  choiceOf,
  entryOf,
  type Foreign,
  listOf,
  parseJson,
  recordOf,
  refuse,
  secondsOf,
  textOf,
  wholeOf,
} from './shared.ts';

/** A flow of Twilio Studio as its API gives it: `states` with `transitions` (https://www.twilio.com/docs/studio/rest-api/v2/schemas). */
export function importTwilio(text: string, options: { name: string; language: string }): Imported {
  const source = recordOf(parseJson(text));
  const definition = Array.isArray(source['states']) ? source : recordOf(source['definition']);
  if (!Array.isArray(definition['states'])) refuse('A flow of Twilio Studio has a list of states');
  const title = textOf(definition['description']) || options.name;
  const draft = new Draft(options.name, title, options.language);
  const studio = new Studio(draft, definition['states'].map(recordOf));
  studio.add(textOf(definition['initial_state']));
  return draft.finish();
}

class Studio {
  readonly #draft: Draft;
  readonly #states: Map<string, Foreign>;
  /** Splits that became part of the question before them. */
  readonly #taken = new Set<string>();

  constructor(draft: Draft, states: Foreign[]) {
    this.#draft = draft;
    this.#states = new Map(states.map((state) => [textOf(state['name']), state]));
  }

  add(initial: string): void {
    const trigger = this.#states.get(initial);
    const first = trigger && this.#next(trigger, 'incomingCall');
    if (first === undefined) this.#draft.lost('trigger', 'no incoming call leads anywhere');
    else this.#draft.start = this.#stepOf(first);
    for (const [name, state] of this.#states)
      if (this.#isMenu(state)) this.#taken.add(this.#next(state, 'keypress') ?? name);
    for (const [name, state] of this.#states) {
      if (state !== trigger && !this.#taken.has(name)) this.#state(name, state);
    }
    for (const { event } of transitions(trigger ?? {})) {
      if (event !== 'incomingCall' && this.#next(trigger ?? {}, event) !== undefined)
        this.#draft.lost('trigger', `what begins by ${event}`);
    }
  }

  #state(name: string, state: Foreign): void {
    const kind = textOf(state['type']);
    const convert = entryOf(this.#kinds, kind);
    const step = this.#draft.stepName(name);
    const properties = recordOf(state['properties']);
    if (convert) convert(step, state, properties, name);
    else this.#draft.standIn(step, name, `the widget ${kind || '?'} has no counterpart`, this.#anyNext(state));
  }

  readonly #kinds: Record<string, (step: string, state: Foreign, properties: Foreign, name: string) => void> = {
    'say-play': (step, state, properties, name) => {
      const next = this.#to(state, 'audioComplete');
      const keys = textOf(properties['digits']);
      if (keys !== '') this.#draft.sendKeys(step, name, keys, next);
      else this.#draft.add(step, { say: inOrder(this.#sounds(properties, name)), next });
      if ((wholeOf(properties['loop'], 2, 1_000) ?? 1) > 1)
        this.#draft.lost(name, 'it is played once, not several times', step);
    },
    'gather-input-on-call': (step, state, properties, name) => {
      if (this.#isMenu(state)) this.#menu(step, state, properties, name);
      else this.#collect(step, state, properties, name);
    },
    'split-based-on': (step, state, properties, name) => this.#split(step, state, properties, name),
    'set-variables': (step, state, properties, name) => {
      const values = listOf(properties['variables']).map(recordOf);
      const set = Object.fromEntries(
        values.map((one) => [
          this.#draft.variable(`flow ${textOf(one['key'])}`),
          this.#words(name, textOf(one['value'])),
        ]),
      );
      const next = this.#to(state, 'next');
      if (values.length === 0) this.#draft.standIn(step, name, 'it sets nothing', next);
      else this.#draft.add(step, { set, next });
    },
    'enqueue-call': (step, state, properties, name) => {
      const queue = this.#draft.need(
        'queues',
        textOf(properties['queue_name']) || textOf(properties['workflow_sid']) || 'support',
      );
      const priority = wholeOf(properties['priority'], -100, 100);
      this.#draft.add(step, {
        queue: priority === undefined ? queue : { name: queue, priority },
        onAnsweredEnd: this.#to(state, 'callComplete'),
        onTimeout: this.#to(state, 'failedToEnqueue', 'callFailure'),
      });
      if (textOf(properties['task_attributes']) !== '') this.#draft.lost(name, 'attributes of the task', step);
    },
    'send-to-flex': (step, state, properties, name) => {
      const queue = this.#draft.need('queues', textOf(properties['workflow']) || 'support');
      this.#draft.add(step, {
        queue,
        onAnsweredEnd: this.#to(state, 'callComplete'),
        onTimeout: this.#to(state, 'failedToEnqueue', 'callFailure'),
      });
      this.#draft.changed(name, `the workflow of Flex becomes the queue ${queue}`);
    },
    'connect-call-to': (step, state, properties, name) => {
      const number = textOf(properties['to']);
      const next = this.#to(state, 'callCompleted');
      if (textOf(properties['noun'] ?? 'number') !== 'number' || !/^\+?[0-9]{2,32}$/.test(number)) {
        this.#draft.standIn(step, name, `it connects to ${number || 'nobody'}, which is no telephone number`, next);
        return;
      }
      const ring = secondsOf(properties['timeout'], 3, 180);
      this.#draft.add(step, {
        transfer: { number, ...(ring !== undefined && { ring }) },
        onEnded: next,
        onNoAnswer: next,
      });
    },
    'record-voicemail': (step, state, properties, name) => {
      const max = secondsOf(properties['max_length'], 1, 1_800);
      const voicemail = { box: this.#draft.name, ...(max !== undefined && { max }) };
      this.#draft.add(step, { voicemail, next: this.#to(state, 'recordingComplete') });
      if (this.#next(state, 'noAudio') !== undefined)
        this.#draft.lost(name, 'a way of its own for an empty message', step);
      if (properties['transcribe'] === true) this.#draft.lost(name, 'the message is not transcribed', step);
    },
    'make-http-request': (step, state, properties, name) => this.#http(step, state, properties, name),
    'run-subflow': (step, state, properties, name) => {
      this.#draft.standIn(
        step,
        name,
        `the flow ${textOf(properties['flow_sid'])} has to be imported and called`,
        this.#anyNext(state),
      );
    },
  };

  #sounds(properties: Foreign, where: string): DraftAudio[] {
    const items: DraftAudio[] = [];
    if (textOf(properties['say']) !== '') items.push(this.#words(where, textOf(properties['say'])));
    for (const url of listOf(properties['play']))
      if (textOf(url) !== '') items.push(recording(this.#draft, where, url));
    return items.length === 0 ? [{ silence: '20ms' }] : items;
  }

  #words(where: string, text: string): string {
    return words(this.#draft, where, text, (inside) => this.#liquid(inside));
  }

  /** What a Liquid variable is called here. */
  #liquid(inside: string): string | undefined {
    const path = inside.split('|')[0]?.trim() ?? '';
    if (path === 'trigger.call.From' || path === 'contact.channel.address') return 'caller.number';
    if (path === 'trigger.call.To') return 'call.called';
    const [, variable] = /^flow\.variables\.(\w+)$/.exec(path) ?? [];
    if (variable !== undefined) return this.#draft.variable(`flow ${variable}`);
    const [, gathered] = /^widgets\.([\w-]+)\.Digits$/.exec(path) ?? [];
    if (gathered !== undefined && this.#states.has(gathered)) return this.#draft.variable(`${gathered} digits`);
    const [, asked, key] = /^widgets\.([\w-]+)\.parsed\.([\w.]+)$/.exec(path) ?? [];
    return asked === undefined || key === undefined ? undefined : this.#draft.variable(`${asked} ${key}`);
  }

  /** A question whose keys are told apart by the split that follows: one menu here. */
  #isMenu(state: Foreign): boolean {
    if (textOf(state['type']) !== 'gather-input-on-call') return false;
    const split = this.#states.get(this.#next(state, 'keypress') ?? '');
    if (textOf(split?.['type']) !== 'split-based-on') return false;
    const input = textOf(recordOf(split?.['properties'])['input']);
    const alone = [...this.#states.values()]
      .flatMap(transitions)
      .filter(({ next }) => next === textOf(split?.['name']));
    const cases = transitions(split ?? {}).filter(({ event }) => event === 'match');
    return (
      input.includes(`widgets.${textOf(state['name'])}.Digits`) &&
      alone.length === 1 &&
      cases.length > 0 &&
      cases.every((one) => keysOf(one.conditions) !== undefined)
    );
  }

  #menu(step: string, state: Foreign, properties: Foreign, name: string): void {
    const split = this.#states.get(this.#next(state, 'keypress') ?? '') ?? {};
    const choices: Record<string, string> = {};
    for (const { event, next, conditions } of transitions(split)) {
      if (event === 'match') for (const key of keysOf(conditions) ?? []) choices[key] = this.#stepOf(next);
    }
    const timeout = secondsOf(properties['timeout']);
    this.#draft.add(step, {
      menu: { prompt: inOrder(this.#sounds(properties, name)), ...(timeout !== undefined && { timeout }), retries: 0 },
      choices,
      noInput: this.#to(state, 'timeout'),
      noMatch: this.#to(split, 'noMatch'),
    });
    this.#speech(state, step, name);
  }

  #collect(step: string, state: Foreign, properties: Foreign, name: string): void {
    const into = this.#draft.variable(`${name} digits`);
    const digits = wholeOf(properties['number_of_digits'], 1, 64);
    const finish = textOf(properties['finish_on_key']);
    const timeout = secondsOf(properties['timeout']);
    this.#draft.add(step, {
      collect: {
        prompt: inOrder(this.#sounds(properties, name)),
        into,
        ...(digits !== undefined && { digits }),
        ...(digits === undefined && (finish === '#' || finish === '*') && { terminator: finish }),
        ...(timeout !== undefined && { timeout }),
        retries: 0,
      },
      next: this.#to(state, 'keypress'),
      noInput: this.#to(state, 'timeout'),
    });
    this.#speech(state, step, name);
  }

  #speech(state: Foreign, step: string, name: string): void {
    if (this.#next(state, 'speech') !== undefined) this.#draft.lost(name, 'speech is not recognised; keys are', step);
  }

  #split(step: string, state: Foreign, properties: Foreign, name: string): void {
    const input = textOf(properties['input']).replace(/^\s*\{\{\s*|\s*\}\}\s*$/g, '');
    const variable = this.#liquid(input);
    const otherwise = this.#to(state, 'noMatch');
    const cases: Branch[] = [];
    for (const { event, next, conditions } of transitions(state)) {
      if (event !== 'match') continue;
      for (const condition of conditions) {
        const when = variable === undefined ? undefined : conditionOf(variable, condition);
        if (when === undefined)
          this.#draft.lost(
            name,
            `the condition ${textOf(condition['friendly_name']) || textOf(condition['type'])}`,
            step,
          );
        else cases.push(branch(when, this.#stepOf(next)));
      }
    }
    if (cases.length === 0)
      this.#draft.standIn(step, name, `nothing here gives ${input || 'what it splits on'}`, otherwise);
    else this.#draft.add(step, { if: cases, else: otherwise });
  }

  #http(step: string, state: Foreign, properties: Foreign, name: string): void {
    const url = URL.parse(textOf(properties['url']).replace(/\{\{.*?\}\}/g, 'x'));
    const next = this.#to(state, 'success');
    if (!url) {
      this.#draft.standIn(step, name, 'its address cannot be read', next);
      return;
    }
    const service = this.#draft.need('services', url.hostname);
    this.#draft.changed(name, `${url.origin} has to be bound as the service ${service} in services.yaml`);
    const method = textOf(properties['method']).toLowerCase() === 'post' ? 'post' : 'get';
    const rest =
      textOf(properties['url'])
        .replace(/^[a-z]+:\/\/[^/]+/i, '')
        .split(/[?#]/)[0] ?? '';
    const timeout = secondsOf(
      wholeOf(properties['timeout'], 1, 60_000) === undefined ? undefined : Number(properties['timeout']) / 1_000,
      0.1,
      30,
    );
    const saved = [...this.#keysRead(name)].map((key) => [
      this.#draft.variable(`${name} ${key}`),
      { at: key, default: '' },
    ]);
    this.#draft.add(step, {
      http: {
        [method]: `${service}${this.#words(name, rest || '/').replace(/ /g, '')}`,
        ...this.#parameters(properties, name, method),
        ...(timeout !== undefined && { timeout }),
      },
      ...(saved.length > 0 && { save: Object.fromEntries(saved) }),
      next,
      onError: this.#to(state, 'failed'),
    });
    if (textOf(properties['body']) !== '') this.#draft.lost(name, 'the body of the request', step);
  }

  #parameters(properties: Foreign, name: string, method: string): Foreign {
    const given = listOf(properties['parameters']).map(recordOf);
    if (given.length === 0) return {};
    const values = Object.fromEntries(
      given.map((one) => [textOf(one['key']), this.#words(name, textOf(one['value']))]),
    );
    return method === 'get' ? { query: values } : { body: values };
  }

  /** Which keys of the answer of a request are read anywhere in the flow. */
  #keysRead(name: string): Set<string> {
    const all = JSON.stringify([...this.#states.values()]);
    const read = [...all.matchAll(/widgets\.([\w-]+)\.parsed\.([\w.]+)/g)];
    return new Set(read.flatMap(([, widget, key = '']) => (widget === name ? [key] : [])));
  }

  #next(state: Foreign, event: string): string | undefined {
    return transitions(state).find((one) => one.event === event)?.next;
  }

  /** Where the first of these events that leads anywhere leads; else the end. */
  #to(state: Foreign, ...events: string[]): string {
    const next = events.map((event) => this.#next(state, event)).find((one) => one !== undefined);
    return next === undefined ? 'end' : this.#stepOf(next);
  }

  #anyNext(state: Foreign): string {
    const next = transitions(state).find((one) => one.next !== undefined)?.next;
    return next === undefined ? 'end' : this.#stepOf(next);
  }

  #stepOf(state: string | undefined): string {
    if (state === undefined || !this.#states.has(state)) return 'end';
    return this.#draft.stepName(state);
  }
}

interface Transition {
  event: string;
  next: string | undefined;
  conditions: Foreign[];
}

function transitions(state: Foreign): Transition[] {
  return listOf(state['transitions']).map((one) => {
    const { event, next, conditions } = recordOf(one);
    return { event: textOf(event), next: textOf(next) || undefined, conditions: listOf(conditions).map(recordOf) };
  });
}

/** The keys that a case of a split names, or undefined when it compares otherwise. */
function keysOf(conditions: Foreign[]): string[] | undefined {
  const keys = conditions.flatMap((one) =>
    textOf(one['type']) === 'equal_to'
      ? [textOf(one['value'])]
      : textOf(one['type']) === 'matches_any_of'
        ? textOf(one['value'])
            .split(',')
            .map((key) => key.trim())
        : [''],
  );
  return keys.length > 0 && keys.every((key) => choiceOf(key) !== undefined) ? keys : undefined;
}

function conditionOf(variable: string, condition: Foreign): string | undefined {
  const value = textOf(condition['value']).replaceAll("'", "\\'");
  switch (textOf(condition['type'])) {
    case 'equal_to':
      return `${variable} == '${value}'`;
    case 'not_equal_to':
      return `${variable} != '${value}'`;
    case 'contains':
      return `${variable}.contains('${value}')`;
    case 'starts_with':
      return `${variable}.startsWith('${value}')`;
    case 'is_blank':
      return `${variable} == ''`;
    case 'is_not_blank':
      return `${variable} != ''`;
    case 'matches_any_of':
      return value
        .split(',')
        .map((one) => `${variable} == '${one.trim()}'`)
        .join(' || ');
    default:
      return undefined;
  }
}
