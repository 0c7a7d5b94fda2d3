import { parseDuration } from '../../shared/time.ts';
import { momentOf } from '../calendars/moment.ts';
import { type FlowError, Mistakes, type Place } from '../language/errors.ts';
import { tellIssues } from '../language/issues.ts';
import { type Path, readYaml, type YamlSource } from '../language/source.ts';
import type { FlowInit, FlowValue } from '../machine/types.ts';
import {
  type FakeAnswer,
  type FakeFigures,
  type FakeQueue,
  type Fakes,
  type FakeTransfer,
  USUAL_QUEUE,
  USUAL_TRANSFER,
} from '../run/fakes.ts';
import {
  type FakesSource,
  type HttpAnswerSource,
  type Move,
  type Outcome,
  type QueueFakeSource,
  type QueueStatusSource,
  TEST_KEYS,
  type TestCaseSource,
  type TransferFakeSource,
  testFile,
} from './shape.ts';

/** One call to be made, and what is to come of it. */
export interface TestCase {
  name: string;
  place: Place;
  init: FlowInit;
  params: Record<string, FlowValue>;
  fakes: Fakes;
  script: { move: Move; place: Place }[];
  then: Outcome;
  thenPlace: Place;
}

export interface TestFile {
  file: string;
  flow: string;
  flowPlace: Place;
  cases: TestCase[];
}

export type LoadedTests = { ok: true; tests: TestFile } | { ok: false; errors: FlowError[] };

/** A Monday, ten in the morning, in UTC: when nothing else is said. */
export const USUAL_AT = Date.UTC(2026, 2, 2, 10);

/** Reads a file of tests. All mistakes are told with their places; nothing is thrown. */
export function loadTests(text: string, file: string): LoadedTests {
  const mistakes = new Mistakes(file);
  const source = readYaml(text, mistakes);
  if (!source) return { ok: false, errors: mistakes.list() };
  const parsed = testFile.safeParse(source.value);
  if (!parsed.success) {
    tellIssues(parsed.error.issues, [], source, mistakes, TEST_KEYS);
    return { ok: false, errors: mistakes.list() };
  }
  const { flow, defaults = {}, cases } = parsed.data;
  const reader = new CaseReader(source, mistakes);
  const read = cases.map((one, index) => {
    const merged = {
      ...defaults,
      ...one,
      caller: { ...defaults.caller, ...one.caller },
      fake: mergeFakes(defaults.fake, one.fake),
    };
    return reader.read(merged, ['cases', index]);
  });
  const names = new Set<string>();
  cases.forEach(({ name }, index) => {
    if (names.has(name))
      mistakes.add('key.duplicate', source.place(['cases', index, 'name']), 'Another case has this name');
    names.add(name);
  });
  if (mistakes.any) return { ok: false, errors: mistakes.list() };
  return { ok: true, tests: { file, flow, flowPlace: source.place(['flow']), cases: read } };
}

function mergeFakes(common: FakesSource | undefined, own: FakesSource | undefined): FakesSource {
  const merged: Record<string, unknown> = { ...common };
  for (const [kind, value] of Object.entries(own ?? {})) {
    const before = merged[kind];
    merged[kind] = typeof value === 'object' && typeof before === 'object' ? { ...before, ...value } : value;
  }
  return merged as FakesSource;
}

class CaseReader {
  readonly #source: YamlSource;
  readonly #mistakes: Mistakes;

  constructor(source: YamlSource, mistakes: Mistakes) {
    this.#source = source;
    this.#mistakes = mistakes;
  }

  read(one: TestCaseSource, path: Path): TestCase {
    const { caller = {}, script = [] } = one;
    return {
      name: one.name,
      place: this.#source.place([...path, 'name']),
      init: {
        at: this.#moment(one.at, [...path, 'at']),
        caller: { number: caller.from ?? '+4930555010', name: caller.name ?? '' },
        called: one.called ?? '1000',
        ...(caller.language === undefined ? {} : { language: caller.language }),
        seed: one.seed ?? 1,
      },
      params: one.params ?? {},
      fakes: fakesOf(one.fake ?? {}),
      script: script.map((move, index) => this.#move(move, [...path, 'script', index])),
      // biome-ignore lint/suspicious/noThenProperty: the word of the file; these objects are never awaited.
      then: one.then ?? {},
      thenPlace: this.#source.place([...path, 'then']),
    };
  }

  #moment(text: string | undefined, path: Path): number {
    if (text === undefined) return USUAL_AT;
    const at = momentOf(text);
    if (at !== undefined) return at;
    const hint = 'such as 2026-03-29T10:00 Europe/Berlin, or 2026-03-29T08:00Z';
    this.#mistakes.add('test.time', this.#source.place(path), 'This is no time', hint);
    return USUAL_AT;
  }

  #move(move: Move, path: Path): { move: Move; place: Place } {
    const kinds = (['press', 'silence', 'hangUp', 'agent', 'expect'] as const).filter(
      (kind) => move[kind] !== undefined,
    );
    const place = this.#source.place(path);
    if (kinds.length !== 1)
      this.#mistakes.add('value.wrong', place, 'Each item is one of press, silence, hangUp, agent or expect');
    if (move.every !== undefined && move.press === undefined)
      this.#mistakes.add('value.wrong', place, '"every" belongs to "press"');
    if (move.expect !== undefined && Object.keys(move.expect).every((key) => key === 'within' || key === 'language'))
      this.#mistakes.add('value.wrong', place, 'It says nothing that is expected');
    return { move, place };
  }
}

/** The fakes that a file names, in the terms of a call. */
export function fakesOf(source: FakesSource): Fakes {
  const each = <S, T>(given: Record<string, S | S[]> | undefined, make: (one: S) => T): Record<string, T[]> =>
    Object.fromEntries(Object.entries(given ?? {}).map(([name, some]) => [name, ([some].flat() as S[]).map(make)]));
  return {
    http: each(source.http, answerOf),
    queues: each(source.queue, queueOf),
    queueStatus: each(source.queueStatus, figuresOf),
    transfers: each(source.transfer, transferOf),
    callback: [source.callback ?? []].flat(),
    voicemail: [source.voicemail ?? []].flat(),
    prompts: Object.fromEntries(Object.entries(source.prompts ?? {}).map(([name, text]) => [name, ms(text) ?? 0])),
  };
}

function queueOf({ outcome, answerAfter, after, talk }: QueueFakeSource): FakeQueue {
  const afterMs = ms(answerAfter ?? after);
  const usual = outcome === undefined || outcome === 'answered' ? USUAL_QUEUE.afterMs : undefined;
  return {
    outcome: outcome ?? 'answered',
    ...((afterMs ?? usual) === undefined ? {} : { afterMs: afterMs ?? usual ?? 0 }),
    talkMs: ms(talk) ?? USUAL_QUEUE.talkMs,
  };
}

function figuresOf(source: QueueStatusSource): FakeFigures {
  if (source === 'failed') return source;
  const { longestWait, estimatedWait, ...counts } = source;
  return {
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined)),
    ...(longestWait === undefined ? {} : { longestWaitMs: ms(longestWait) ?? 0 }),
    ...(estimatedWait === undefined ? {} : { estimatedWaitMs: ms(estimatedWait) ?? 0 }),
  };
}

function transferOf({ outcome, after, talk }: TransferFakeSource): FakeTransfer {
  return {
    outcome: outcome ?? 'ended',
    afterMs: ms(after) ?? USUAL_TRANSFER.afterMs,
    talkMs: ms(talk) ?? USUAL_TRANSFER.talkMs,
  };
}

/** How long a service takes to answer when nothing is said, in ms. */
const USUAL_ANSWER_MS = 50;

function answerOf({ status, body, after, failure }: HttpAnswerSource): FakeAnswer {
  return {
    status: status ?? 200,
    body: body ?? null,
    afterMs: ms(after) ?? USUAL_ANSWER_MS,
    ...(failure === undefined ? {} : { failure: `http.${failure}` }),
  };
}

/** The shape has seen to it that it is a duration. */
export function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDuration(text);
}
