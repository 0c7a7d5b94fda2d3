import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parseDuration } from '../../shared/time.ts';
import type { AnyStepKind } from '../machine/step-kind.ts';
import type { FlowValue } from '../machine/types.ts';
import { STEPS } from '../steps/index.ts';
import { aboutStep } from './about.ts';
import { Compiler, wrongVariableName } from './compiler.ts';
import { Expressions, type ExpressionType } from './condition.ts';
import { type FlowError, Mistakes, type Place } from './errors.ts';
import { emptyValue, type Flow, type FlowDefaults, type Step, typeOf } from './flow.ts';
import { tellIssues } from './issues.ts';
import { didYouMean } from './near.ts';
import { type FlowHead, flowHead, STEP_NAME } from './shapes.ts';
import { type Path, readYaml, type YamlSource } from './source.ts';
import { headTargets, type PlacedTarget, type Target, targetsIn } from './targets.ts';

export type LoadedFlow = { ok: true; flow: Flow } | { ok: false; errors: FlowError[] };

const HEAD_KEYS = [
  ...['flow', 'version', 'title', 'description', 'languages', 'vars', 'defaults', 'start', 'on', 'steps'],
  ...['params', 'results', 'answer', 'maxDuration', 'after', 'then'],
  ...['error', 'hangup', 'bargeIn', 'timeout', 'interDigit', 'retries'],
];

const MAX_STEPS = 1_000;

/** Reads a flow. All mistakes of the file are told together, in its order; nothing is thrown. */
export function loadFlow(source: string, file: string): LoadedFlow {
  const mistakes = new Mistakes(file);
  const yaml = readYaml(source, mistakes);
  return yaml ? loadYaml(yaml, mistakes) : { ok: false, errors: mistakes.list() };
}

/** A flow of a file that was read already; `mistakes` are those of that file. */
export function loadYaml(yaml: YamlSource, mistakes: Mistakes): LoadedFlow {
  const head = flowHead.safeParse(yaml.value);
  if (!head.success) {
    tellIssues(head.error.issues, [], yaml, mistakes, HEAD_KEYS);
    // Steps can be looked at although the head is broken; their names and texts would only give echoes.
    parseSteps(stepsOf(yaml.value), yaml, mistakes);
    return { ok: false, errors: mistakes.list() };
  }
  const flow = build(head.data, yaml, mistakes);
  return mistakes.any ? { ok: false, errors: mistakes.list() } : { ok: true, flow };
}

/** A step that has the shape of its verb. */
interface Shaped {
  name: string;
  kind: AnyStepKind;
  source: unknown;
}

function build(head: FlowHead, yaml: YamlSource, mistakes: Mistakes): Flow {
  const languages = languagesOf(head, yaml, mistakes);
  const shaped = parseSteps(head.steps, yaml, mistakes);
  const { names, secrets, places } = declare(head, shaped, yaml, mistakes);
  const compiler = new Compiler({
    source: yaml,
    mistakes,
    expressions: new Expressions(names, secrets),
    languages,
    defaults: defaultsOf(head),
    results: new Map(Object.entries(head.results ?? {})),
  });
  const steps = new Map<string, Step>();
  for (const one of shaped) steps.set(one.name, compileStep(one, compiler, yaml));
  checkTargets(head, shaped, yaml, mistakes);
  const hash = createHash('sha256').update(yaml.text).digest('hex');
  return {
    name: head.flow,
    hash,
    version: hash,
    file: mistakes.file,
    title: titleOf(head, languages[0]),
    languages,
    start: head.start,
    ...(head.on?.error === undefined ? {} : { onError: head.on.error }),
    ...(head.on?.hangup === undefined ? {} : { onHangup: head.on.hangup }),
    ...maxDurationOf(head, compiler),
    targets: placed(headTargets(head), [], yaml),
    answersByStep: head.answer === 'byStep',
    params: new Map(Object.entries(head.params ?? {})),
    results: compiler.results,
    callSites: compiler.callSites,
    vars: initialValues(head, names),
    names,
    places: {
      names: places,
      results: new Map([...compiler.results.keys()].map((name) => [name, yaml.keyPlace(['results', name])])),
    },
    steps,
    references: compiler.references,
    calendars: {},
    flows: {},
  };
}

function stepsOf(value: unknown): Record<string, unknown> {
  const steps = typeof value === 'object' && value !== null && 'steps' in value ? value.steps : undefined;
  return typeof steps === 'object' && steps !== null && !Array.isArray(steps) ? (steps as Record<string, unknown>) : {};
}

function parseSteps(steps: Record<string, unknown>, yaml: YamlSource, mistakes: Mistakes): Shaped[] {
  const names = Object.keys(steps);
  if (names.length > MAX_STEPS) {
    mistakes.add('value.wrong', yaml.place(['steps']), `A flow has at most ${MAX_STEPS} steps`);
    return [];
  }
  return names.flatMap((name) => {
    const path = ['steps', name];
    if (!STEP_NAME.test(name)) {
      const hint = 'a letter, then letters, digits, - and _';
      mistakes.add('name.wrong', yaml.keyPlace(path), `"${name.slice(0, 60)}" cannot be the name of a step`, hint);
    }
    const kind = verbOf(steps[name], path, yaml, mistakes);
    const parsed = kind?.shape.safeParse(steps[name]);
    if (!kind || !parsed) return [];
    if (parsed.success) return [{ name, kind, source: parsed.data }];
    tellIssues(parsed.error.issues, path, yaml, mistakes, kind.keys);
    return [];
  });
}

function verbOf(step: unknown, path: string[], yaml: YamlSource, mistakes: Mistakes): AnyStepKind | undefined {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) {
    mistakes.add('type.wrong', yaml.place(path), `The step "${path[1]}" has to be a map of keys`);
    return undefined;
  }
  const keys = Object.keys(step);
  const verbs = keys.filter((key) => STEPS.has(key));
  if (verbs.length === 1) return STEPS.get(verbs[0] ?? '');
  if (verbs.length > 1) {
    const second = yaml.keyPlace([...path, verbs[1] ?? '']);
    mistakes.add(
      'step.verb',
      second,
      `The step "${path[1]}" has several verbs: ${verbs.join(', ')}`,
      'one step, one verb',
    );
    return undefined;
  }
  const guess = keys.map((key) => didYouMean(key, STEPS.keys())).find((hint) => hint !== undefined);
  const hint = guess ?? `the verbs are ${[...STEPS.keys()].join(', ')}`;
  mistakes.add('step.verb', yaml.keyPlace(path), `The step "${path[1]}" has no known verb`, hint);
  return undefined;
}

function languagesOf(head: FlowHead, yaml: YamlSource, mistakes: Mistakes): [string, ...string[]] {
  const [first = 'en', ...others] = head.languages ?? ['en'];
  const twice = others.findIndex((tag, index) => tag === first || others.indexOf(tag) !== index);
  if (twice >= 0) mistakes.add('value.wrong', yaml.place(['languages', twice + 1]), 'This language is there twice');
  return [first, ...others];
}

function declare(
  head: FlowHead,
  shaped: readonly Shaped[],
  yaml: YamlSource,
  mistakes: Mistakes,
): { names: Map<string, ExpressionType>; secrets: Set<string>; places: Map<string, Place> } {
  const places = new Map<string, Place>();
  const names = new Map<string, ExpressionType>();
  const secrets = new Set<string>();
  const named = (group: 'params' | 'vars', name: string, type: ExpressionType) => {
    const wrong = wrongVariableName(name);
    const place = yaml.keyPlace([group, name]);
    if (wrong !== undefined) mistakes.add('name.wrong', place, wrong);
    else if (names.has(name)) mistakes.add('variable.type', place, `${name} is a parameter already`);
    else {
      names.set(name, type);
      places.set(name, place);
    }
  };
  for (const [name, type] of Object.entries(head.params ?? {})) named('params', name, type);
  for (const [name, value] of Object.entries(head.vars ?? {}))
    named('vars', name, yaml.isFraction(['vars', name]) ? 'double' : typeOf(value));
  for (const { name: step, kind, source } of shaped) {
    const declared = kind.declares?.(source);
    if (!declared) continue;
    const place = yaml.place(['steps', step, ...declared.path]);
    if (!places.has(declared.name)) places.set(declared.name, place);
    const wrong = wrongVariableName(declared.name);
    const known = names.get(declared.name);
    if (wrong !== undefined) mistakes.add('name.wrong', place, wrong);
    else if (declared.secret && known !== undefined)
      mistakes.add(
        'variable.secret',
        place,
        `${declared.name} is an open variable elsewhere`,
        'give the secret a name of its own',
      );
    else if (!declared.secret && secrets.has(declared.name))
      mistakes.add(
        'variable.secret',
        place,
        `${declared.name} holds secret digits elsewhere`,
        'give it a name of its own',
      );
    else if (known !== undefined && known !== 'string')
      mistakes.add(
        'variable.type',
        place,
        `Digits are text, and ${declared.name} is ${known}`,
        'int(…) makes a number of them',
      );
    else if (declared.secret) secrets.add(declared.name);
    else names.set(declared.name, 'string');
  }
  return { names, secrets, places };
}

function defaultsOf(head: FlowHead): FlowDefaults {
  const given = head.defaults ?? {};
  return {
    bargeIn: given.bargeIn ?? 'any',
    timeoutMs: parseDuration(given.timeout ?? '6s') ?? 6_000,
    interDigitMs: parseDuration(given.interDigit ?? '2s') ?? 2_000,
    saysInterDigit: given.interDigit !== undefined,
    retries: given.retries ?? 2,
  };
}

function compileStep({ name, kind, source }: Shaped, compiler: Compiler, yaml: YamlSource): Step {
  const path = ['steps', name];
  const { params, exits, sounds } = kind.compile(source, compiler, path);
  const onError = (source as { onError?: string }).onError;
  const { reads, writes } = compiler.takeUses();
  return {
    name,
    verb: kind.verb,
    about: aboutStep(source, kind.verb),
    kind,
    params,
    exits,
    ...(onError === undefined ? {} : { onError }),
    sounds,
    traits: kind.traits(params),
    reads,
    writes,
    targets: placed(targetsIn(source), path, yaml),
    place: yaml.place(path),
    keyPlace: yaml.keyPlace(path),
  };
}

function placed(targets: readonly Target[], base: Path, yaml: YamlSource): PlacedTarget[] {
  return targets.map(({ exit, to, path }) => {
    const whole = [...base, ...path];
    return { exit, to, place: yaml.place(whole), keyPlace: yaml.keyPlace(whole) };
  });
}

function checkTargets(head: FlowHead, shaped: readonly Shaped[], yaml: YamlSource, mistakes: Mistakes): void {
  const known = Object.keys(head.steps);
  const check = ({ to, path }: Target, base: Path) => {
    if (Object.hasOwn(head.steps, to)) return;
    mistakes.add('target.unknown', yaml.place([...base, ...path]), `There is no step "${to}"`, didYouMean(to, known));
  };
  for (const target of headTargets(head)) check(target, []);
  for (const { name, source } of shaped) for (const target of targetsIn(source)) check(target, ['steps', name]);
}

function maxDurationOf({ on }: FlowHead, compiler: Compiler): Pick<Flow, 'maxDuration'> {
  if (!on?.maxDuration) return {};
  const range = { minMs: 1_000, maxMs: 24 * 3_600_000 };
  const afterMs = compiler.duration(on.maxDuration.after, ['on', 'maxDuration', 'after'], range);
  return { maxDuration: { afterMs, step: on.maxDuration.then } };
}

function titleOf({ title, flow }: FlowHead, language: string): string {
  if (typeof title === 'string') return title;
  return title?.[language] ?? Object.values(title ?? {})[0] ?? flow;
}

/** First values: those of the file, and an empty one for what is given or collected later. */
function initialValues(head: FlowHead, names: ReadonlyMap<string, ExpressionType>): Record<string, FlowValue> {
  const values: Record<string, FlowValue> = {};
  for (const name of names.keys()) values[name] = head.vars?.[name] ?? emptyValue(names.get(name) ?? 'string');
  return values;
}

/** The JSON Schema (draft 2020-12) of a flow file, for editors. */
export function flowJsonSchema(): Record<string, unknown> {
  const shapes = [...STEPS.values()].map((kind) => kind.shape.meta({ title: kind.title, description: kind.summary }));
  const [first, ...others] = shapes;
  if (!first) return {};
  const step = z.union([first, ...others]);
  const steps = z.record(z.string().regex(STEP_NAME), step).meta({ description: 'The steps by name' });
  return z.toJSONSchema(flowHead.extend({ steps }), { io: 'input' });
}
