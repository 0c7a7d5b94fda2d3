import { type DraftAudio, recording, words } from './audio.ts';
import { type Branch, branch, share } from './branches.ts';
import { boundName, Draft, type Imported } from './draft.ts';
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

/**
 * A flow of Amazon Connect in its flow language
 * (https://docs.aws.amazon.com/connect/latest/APIReference/flow-language.html): actions with conditions and errors.
 */
export function importConnect(text: string, options: { name: string; language: string }): Imported {
  const source = recordOf(parseJson(text));
  const content = Array.isArray(source['Actions']) ? source : recordOf(parseInner(source['Content']));
  if (!Array.isArray(content['Actions'])) refuse('A flow of Amazon Connect has a list of Actions');
  const metadata = recordOf(content['Metadata']);
  const title = textOf(metadata['name']) || textOf(metadata['Name']) || options.name;
  const draft = new Draft(options.name, title, options.language);
  new ConnectFlow(draft, content['Actions'].map(recordOf), recordOf(metadata['ActionMetadata'])).add(
    textOf(content['StartAction']),
  );
  return draft.finish();
}

function parseInner(content: unknown): unknown {
  return typeof content === 'string' ? parseJson(content) : content;
}

type Convert = (step: string, action: Foreign, parameters: Foreign, where: string) => void;

class ConnectFlow {
  readonly #draft: Draft;
  readonly #actions: Map<string, Foreign>;
  readonly #metadata: Foreign;
  /** The queue that the next transfer leads to; Connect sets it in an action of its own. */
  #queue = 'support';

  constructor(draft: Draft, actions: Foreign[], metadata: Foreign) {
    this.#draft = draft;
    this.#actions = new Map(actions.map((action) => [textOf(action['Identifier']), action]));
    this.#metadata = metadata;
  }

  add(start: string): void {
    this.#draft.start = this.#stepOf(start);
    const queues = new Set(
      [...this.#actions.values()]
        .filter(({ Type }) => Type === 'UpdateContactTargetQueue')
        .map((action) => this.#queueOf(action)),
    );
    const [queue] = queues;
    if (queue !== undefined) this.#queue = queue;
    for (const [identifier, action] of this.#actions) {
      const kind = textOf(action['Type']);
      const step = this.#stepOf(identifier);
      const where = `${this.#label(identifier)} (${kind})`;
      const convert = entryOf(this.#types, kind);
      if (convert) convert(step, action, recordOf(action['Parameters']), where);
      else this.#draft.standIn(step, where, `the action ${kind || '?'} has no counterpart`, this.#next(action));
    }
    if (queues.size > 1) this.#draft.lost('queues', `several queues are set; every transfer goes to ${this.#queue}`);
  }

  readonly #types: Record<string, Convert> = {
    MessageParticipant: (step, action, parameters, where) => {
      this.#draft.add(step, { say: this.#prompt(parameters, where), next: this.#next(action) });
    },
    GetParticipantInput: (step, action, parameters, where) => this.#input(step, action, parameters, where),
    Compare: (step, action, parameters, where) => this.#compare(step, action, parameters, where),
    UpdateContactAttributes: (step, action, parameters, where) => {
      const given = Object.entries(recordOf(parameters['Attributes']));
      const set = Object.fromEntries(
        given.map(([key, value]) => [this.#draft.variable(`attribute ${key}`), this.#words(where, textOf(value))]),
      );
      if (given.length === 0) this.#draft.standIn(step, where, 'it sets nothing', this.#next(action));
      else this.#draft.add(step, { set, next: this.#next(action) });
    },
    UpdateContactTargetQueue: (step, action, _, where) => {
      const queue = this.#draft.need('queues', this.#queueOf(action));
      this.#draft.add(step, { event: { name: 'queueChosen', values: { queue } }, next: this.#next(action) });
      this.#draft.changed(where, `the queue ${queue} stands at the transfer itself`);
    },
    TransferContactToQueue: (step, action) => {
      const queue = this.#draft.need('queues', this.#queue);
      const full = this.#error(action, 'QueueAtCapacity');
      this.#draft.add(step, {
        queue,
        onTimeout: this.#error(action, 'NoMatchingError') ?? 'end',
        ...(full !== undefined && { onFull: full }),
      });
    },
    TransferParticipantToThirdParty: (step, action, parameters, where) => {
      const number = textOf(parameters['ThirdPartyPhoneNumber']);
      const ring = secondsOf(parameters['ThirdPartyConnectionTimeLimitSeconds'], 3, 180);
      if (!/^\+?[0-9]{2,32}$/.test(number)) {
        this.#draft.standIn(
          step,
          where,
          `it goes to ${number || 'nobody'}, which is no telephone number`,
          this.#next(action),
        );
        return;
      }
      const noAnswer =
        this.#error(action, 'ConnectionTimeLimitExceeded') ?? this.#error(action, 'NoMatchingError') ?? 'end';
      this.#draft.add(step, {
        transfer: { number, ...(ring !== undefined && { ring }) },
        onEnded: this.#next(action),
        onNoAnswer: noAnswer,
      });
    },
    DisconnectParticipant: (step) => this.#draft.add(step, { hangup: {} }),
    EndFlowExecution: (step) => this.#draft.add(step, { hangup: {} }),
    CheckHoursOfOperation: (step, action, parameters) => {
      const calendar = this.#draft.need('calendars', lastPart(parameters['HoursOfOperationId']) || 'hours');
      const on = (operand: string) => this.#conditions(action).find(([value]) => value === operand)?.[1];
      const closed = on('False') ?? this.#error(action, 'NoMatchingError') ?? 'end';
      this.#draft.add(step, { hours: calendar, open: on('True') ?? this.#next(action), closed });
    },
    Loop: (step, action, parameters) => {
      const on = (operand: string) => this.#conditions(action).find(([value]) => value === operand)?.[1];
      this.#draft.add(step, {
        loop: wholeOf(parameters['LoopCount'], 1, 100) ?? 3,
        again: on('ContinueLooping') ?? this.#next(action),
        done: on('DoneLooping') ?? this.#next(action),
      });
    },
    Wait: (step, action, parameters) => {
      const next = this.#conditions(action).find(([value]) => value === 'WaitCompleted')?.[1] ?? this.#next(action);
      this.#draft.add(step, { wait: secondsOf(parameters['TimeLimitSeconds'], 0.02, 600) ?? '1s', next });
    },
    UpdateContactRecordingBehavior: (step, action, parameters) => {
      const recorded = listOf(recordOf(parameters['RecordingBehavior'])['RecordedParticipants']);
      this.#draft.add(step, { record: recorded.length > 0 ? 'start' : 'stop', next: this.#next(action) });
    },
    DistributeByPercentage: (step, action, _, where) => this.#distribute(step, action, where),
    InvokeLambdaFunction: (step, action, parameters, where) => {
      const service = this.#draft.need('services', lastPart(parameters['LambdaFunctionARN']) || 'function');
      const timeout = secondsOf(parameters['InvocationTimeLimitSeconds'], 0.1, 30);
      this.#draft.add(step, {
        http: { post: service, body: {}, ...(timeout !== undefined && { timeout }) },
        next: this.#next(action),
        onError: this.#error(action, 'NoMatchingError') ?? 'end',
      });
      this.#draft.lost(
        where,
        `the Lambda function becomes the service ${service}; what it answers has to be saved by hand`,
        step,
      );
    },
    TransferToFlow: (step, _, parameters) => {
      this.#draft.add(step, { goto: this.#draft.need('flows', lastPart(parameters['ContactFlowId']) || 'flow') });
    },
    CreateCallbackContact: (step, action) => {
      this.#draft.add(step, {
        callback: { queue: this.#draft.need('queues', this.#queue) },
        next: this.#next(action),
        onInvalid: this.#error(action, 'NoMatchingError') ?? 'end',
      });
    },
    UpdateContactTextToSpeechVoice: (step, action, parameters, where) => {
      this.#draft.add(step, { set: { 'call.voice': 'female' }, next: this.#next(action) });
      this.#draft.changed(where, `the voice ${textOf(parameters['TextToSpeechVoice'])} becomes one of ours`);
    },
    UpdateFlowLoggingBehavior: (step, action, _, where) => {
      this.#draft.add(step, { event: 'loggingBehaviour', next: this.#next(action) });
      this.#draft.changed(where, 'every step of every call is kept here anyway');
    },
  };

  #input(step: string, action: Foreign, parameters: Foreign, where: string): void {
    const prompt = this.#prompt(parameters, where);
    const timeout = secondsOf(parameters['InputTimeLimitSeconds']);
    const noInput = this.#error(action, 'InputTimeLimitExceeded') ?? this.#error(action, 'NoMatchingError') ?? 'end';
    const noMatch = this.#error(action, 'NoMatchingCondition') ?? noInput;
    const keys = this.#conditions(action).filter(([value]) => choiceOf(value) !== undefined);
    const common = { prompt, ...(timeout !== undefined && { timeout }), retries: 0 };
    if (keys.length > 0 && textOf(parameters['StoreInput']) !== 'True') {
      this.#draft.add(step, { menu: common, choices: Object.fromEntries(keys), noInput, noMatch });
    } else {
      const into = this.#draft.variable('stored input');
      const max = wholeOf(
        recordOf(recordOf(parameters['InputValidation'])['CustomValidation'])['MaximumLength'],
        1,
        64,
      );
      const finish = textOf(recordOf(parameters['DTMFConfiguration'])['InputTerminationSequence']).charAt(0);
      const terminator = finish === '*' ? '*' : '#';
      this.#draft.add(step, {
        collect: { ...common, into, min: 1, max: max ?? 20, terminator },
        next: this.#next(action),
        noInput,
        noMatch,
      });
      if (parameters['InputEncryption'] !== undefined)
        this.#draft.lost(where, 'the digits were encrypted; "secure: true" keeps them out of every record', step);
    }
    if (parameters['LexV2Bot'] !== undefined || parameters['LexBot'] !== undefined)
      this.#draft.lost(where, 'the bot that understood speech', step);
  }

  #compare(step: string, action: Foreign, parameters: Foreign, where: string): void {
    const value = this.#value(textOf(parameters['ComparisonValue']));
    const otherwise = this.#error(action, 'NoMatchingCondition') ?? 'end';
    const cases: Branch[] = [];
    for (const one of this.#rawConditions(action)) {
      const { operator, operands, next } = one;
      const when = value === undefined ? undefined : comparison(value, operator, operands);
      if (when === undefined) this.#draft.lost(where, `the condition ${operator} ${operands.join(', ')}`, step);
      else cases.push(branch(when, next));
    }
    if (cases.length === 0)
      this.#draft.standIn(step, where, `nothing here gives ${textOf(parameters['ComparisonValue'])}`, otherwise);
    else this.#draft.add(step, { if: cases, else: otherwise });
  }

  #distribute(step: string, action: Foreign, where: string): void {
    const shares: ReturnType<typeof share>[] = [];
    let before = 0;
    for (const { operator, operands, next } of this.#rawConditions(action)) {
      const upTo = wholeOf(operands[0], 0, 101);
      if (operator !== 'NumberLessThan' || upTo === undefined)
        this.#draft.lost(where, `the share ${operator} ${operands.join(', ')}`, step);
      else {
        shares.push(share(upTo - 1 - before, next));
        before = upTo - 1;
      }
    }
    const rest = this.#error(action, 'NoMatchingCondition') ?? 'end';
    if (shares.length === 0) this.#draft.standIn(step, where, 'it names no share', rest);
    else this.#draft.add(step, { distribute: [...shares, share(100 - before, rest)] });
  }

  #prompt(parameters: Foreign, where: string): DraftAudio {
    const text = textOf(parameters['Text']) || textOf(parameters['SSML']);
    if (text !== '') return this.#words(where, text);
    const prompt = parameters['PromptId'] ?? recordOf(parameters['Media'])['Uri'];
    return prompt === undefined ? { silence: '20ms' } : recording(this.#draft, where, lastPart(prompt));
  }

  #words(where: string, text: string): string {
    return words(this.#draft, where, text, (inside) => this.#value(inside), /(\$\.[A-Za-z0-9_.['\]]+)/g);
  }

  /** Our name for `$.Attributes.x` and its like. */
  #value(reference: string): string | undefined {
    if (reference === '$.CustomerEndpoint.Address') return 'caller.number';
    if (reference === '$.SystemEndpoint.Address') return 'call.called';
    if (reference === '$.StoredCustomerInput') return this.#draft.variable('stored input');
    const [, key] = /^\$\.(?:Attributes|External)(?:\.|\[')([\w-]+)/.exec(reference) ?? [];
    return key === undefined ? undefined : this.#draft.variable(`attribute ${key}`);
  }

  #queueOf(action: Foreign): string {
    return lastPart(recordOf(action['Parameters'])['QueueId']) || 'support';
  }

  #rawConditions(action: Foreign): { operator: string; operands: string[]; next: string }[] {
    return listOf(recordOf(action['Transitions'])['Conditions']).map((one) => {
      const { Condition, NextAction } = recordOf(one);
      const { Operator, Operands } = recordOf(Condition);
      return {
        operator: textOf(Operator),
        operands: listOf(Operands).map(textOf),
        next: this.#stepOf(textOf(NextAction)),
      };
    });
  }

  #conditions(action: Foreign): [string, string][] {
    return this.#rawConditions(action).flatMap(({ operands, next }) =>
      operands.map((value): [string, string] => [value, next]),
    );
  }

  #error(action: Foreign, type: string): string | undefined {
    const found = listOf(recordOf(action['Transitions'])['Errors'])
      .map(recordOf)
      .find(({ ErrorType }) => ErrorType === type);
    return found && this.#stepOf(textOf(found['NextAction']));
  }

  #next(action: Foreign): string {
    return this.#stepOf(textOf(recordOf(action['Transitions'])['NextAction']));
  }

  #stepOf(identifier: string): string {
    return this.#actions.has(identifier) ? this.#draft.stepName(this.#label(identifier)) : 'end';
  }

  /** The name a designer gave the action, when it is the only one of that name; identifiers are often mere numbers. */
  #label(identifier: string): string {
    const nameOf = (one: string) => textOf(recordOf(this.#metadata[one])['friendlyName']);
    const name = nameOf(identifier);
    const alone = [...this.#actions.keys()].filter((one) => nameOf(one) === name).length === 1;
    if (name !== '' && alone) return name;
    return /^[0-9a-f-]{36}$/i.test(identifier)
      ? `${textOf(this.#actions.get(identifier)?.['Type'])} ${identifier.slice(0, 8)}`
      : identifier;
  }
}

/** The last part of an ARN or path; a bare UUID says nothing, so its beginning has to do. */
function lastPart(value: unknown): string {
  const part = textOf(value).split(/[/:]/).at(-1) ?? '';
  return boundName(/^[0-9a-f-]{36}$/i.test(part) ? part.slice(0, 8) : part) === 'imported' ? '' : boundName(part);
}

function comparison(value: string, operator: string, operands: string[]): string | undefined {
  const [operand = ''] = operands;
  const quoted = `'${operand.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  switch (operator) {
    case 'Equals':
      return `${value} == ${quoted}`;
    case 'TextStartsWith':
      return `${value}.startsWith(${quoted})`;
    case 'TextEndsWith':
      return `${value}.endsWith(${quoted})`;
    case 'TextContains':
      return `${value}.contains(${quoted})`;
    default:
      return undefined;
  }
}
