import { z } from 'zod';
import { fits } from '../language/assigned.ts';
import type { Compiler } from '../language/compiler.ts';
import type { ExpressionType } from '../language/condition.ts';
import { type Sound, typeOf } from '../language/flow.ts';
import { didYouMean } from '../language/near.ts';
import { type Audio, anyStep, audio, duration, scalar, target } from '../language/shapes.ts';
import type { Path } from '../language/source.ts';
import { renderTemplate, type Template } from '../language/template.ts';
import type { Move, StepKind, View } from '../machine/step-kind.ts';
import type { FlowEffect, FlowValue, Json } from '../machine/types.ts';
import { type BodyPart, bodyNow, bodyShape, compileBody, hasSecret } from './http/body.ts';
import { compileJsonPath, type JsonPath, jsonWith, ofType, valueAtPath } from './http/json-path.ts';
import { compileAddress, compileHeaders, headersNow, METHODS, type Method, pathNow } from './http/request.ts';
import { keep } from './typed.ts';

type Saved = string | { at: string; default?: FlowValue | undefined };

interface Source {
  http: { [M in Method]?: string | undefined } & {
    query?: Record<string, FlowValue> | undefined;
    headers?: Record<string, string> | undefined;
    body?: unknown;
    timeout?: string | undefined;
    retries?: number | undefined;
    filler?: Audio | undefined;
  };
  save?: Record<string, Saved> | undefined;
  next: string;
  onNotFound?: string | undefined;
  onRefused?: string | undefined;
  onError?: string | undefined;
}

interface Save {
  name: string;
  type: ExpressionType;
  path: JsonPath;
  written: string;
  otherwise: FlowValue | undefined;
}

interface Asking {
  method: Method;
  service: string;
  path: Template;
  query: [string, Template][];
  headers: [string, Template][];
  body: BodyPart | undefined;
  timeoutMs: number;
  retries: number;
  filler: Sound[];
  saves: Save[];
  /** Exits that stand in the file; without them such an answer is a failure. */
  own: { notFound: boolean; refused: boolean };
}

/** How long a caller waits in silence before the filler begins, in ms. */
const FILLER_AFTER_MS = 1_000;
const TRIED_AGAIN: ReadonlySet<Method> = new Set(['get', 'put', 'delete']);

/** What runs while the answer is awaited: first the timer of the filler, then the filler. */
type Local = { httpId: string; timerId: string | null; playId: string | null };

const address = z
  .string()
  .min(1)
  .max(2_000)
  .meta({ id: 'address', description: 'service/path; text that is put into the path is percent-encoded' });

export const http: StepKind<Source, Asking, Local> = {
  verb: 'http',
  title: 'Ask a service',
  summary: 'Asks a service over HTTP and keeps values of its JSON answer.',
  example: `http:
  get: crm/customers/{{ customer }}
  timeout: 3s
  retries: 1
save: { tier: customer.tier, attempts: { at: customer.calls.length, default: 0 } }
next: greet
onNotFound: ask
onError: support`,
  shape: z.strictObject({
    http: z
      .strictObject({
        ...(Object.fromEntries(METHODS.map((method) => [method, address.optional()])) as Record<
          Method,
          z.ZodOptional<typeof address>
        >),
        query: z
          .record(z.string().min(1).max(200), scalar)
          .optional()
          .meta({ description: 'What stands after the ? of the address' }),
        headers: z
          .record(z.string(), z.string().max(2_000))
          .optional()
          .meta({ description: 'Headers beside those of the service' }),
        body: bodyShape.optional(),
        timeout: duration.optional().meta({ description: 'For each try; 3s without it' }),
        retries: z
          .number()
          .int()
          .min(0)
          .max(5)
          .optional()
          .meta({ description: 'Further tries of GET, PUT and DELETE' }),
        filler: audio.optional().meta({ description: 'Played over and over from one second on, until the answer' }),
      })
      .meta({ description: 'Exactly one method, and what is sent' }),
    save: z
      .record(
        z.string(),
        z.union([
          z.string().min(1).max(500),
          z.strictObject({ at: z.string().min(1).max(500), default: scalar.optional() }),
        ]),
      )
      .optional()
      .meta({ description: 'Variables, each with the way to its value in the answer, such as orders[0].id' }),
    next: target.meta({ description: 'After an answer of 2xx' }),
    onNotFound: target.optional().meta({ description: 'After 404; without it, the step fails' }),
    onRefused: target.optional().meta({ description: 'After another 4xx; without it, the step fails' }),
    ...anyStep,
  }),
  keys: [
    ...['http', 'save', 'next', 'onNotFound', 'onRefused', 'onError', ...METHODS],
    ...['query', 'headers', 'body', 'timeout', 'retries', 'filler', 'at', 'default'],
  ],
  exits: ['next', 'notFound', 'refused'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const params = compileHttp(source, compiler, path);
    return {
      params,
      exits: {
        next: source.next,
        ...(source.onNotFound === undefined ? {} : { notFound: source.onNotFound }),
        ...(source.onRefused === undefined ? {} : { refused: source.onRefused }),
      },
      sounds: params.filler,
    };
  },
  traits: ({ service, body, timeoutMs, retries, saves }) => ({
    ...(body !== undefined && hasSecret(body) ? { tellsSecret: service } : {}),
    fails: true,
    gives: { next: saves.map(({ name }) => name) },
    // Between tries there is a pause of up to a second.
    lasts: () => ({ leastMs: 0, mostMs: (retries + 1) * timeoutMs + retries * 1_000 }),
  }),
  enter: (params, view) => {
    const httpId = view.id('http');
    const effects: FlowEffect[] = [requestOf(params, httpId, view)];
    const timerId = params.filler.length === 0 || view.state.callerGone ? null : view.id('filler');
    if (timerId !== null) effects.push({ type: 'setTimer', timerId, ms: FILLER_AFTER_MS });
    return { stay: { httpId, timerId, playId: null }, effects };
  },
  on: {
    digit: (_, local, { digit }, view) => ({ stay: local, effects: [], typed: keep(view, digit) }),
    timer: (params, local, { timerId }, view) => {
      if (timerId !== local.timerId) return undefined;
      const items = view.items(params.filler);
      if (items.length === 0) return { stay: { ...local, timerId: null }, effects: [] };
      const playId = view.id('filling');
      return { stay: { ...local, timerId: null, playId }, effects: [{ type: 'play', playId, items, loop: true }] };
    },
    httpAnswered: (params, local, { httpId, status, body }) =>
      httpId === local.httpId ? answered(params, local, status, body) : undefined,
    effectFailed: (_, local, { id, code }): Move<Local> | undefined => {
      // A filler that cannot be played leaves silence.
      if (id !== local.httpId)
        return id === local.playId ? { stay: { ...local, playId: null }, effects: [] } : undefined;
      return { exit: 'error', effects: stopWaiting(local), why: code };
    },
  },
  leave: (_, local) => [{ type: 'cancelHttp', httpId: local.httpId }, ...stopWaiting(local)],
  answerWith: ({ saves }, value) => jsonWith(saves.map(({ name, type, path }) => ({ path, value: value(name, type) }))),
};

function compileHttp({ http: source, save, onNotFound, onRefused }: Source, compiler: Compiler, path: Path): Asking {
  const at = [...path, 'http'];
  const methods = METHODS.filter((method) => source[method] !== undefined);
  const [method = 'get'] = methods;
  if (methods.length !== 1) {
    compiler.wrong('value.wrong', at, `Exactly one of ${METHODS.join(', ')} says what is asked`);
  }
  const where = methods.length === 1 ? compileAddress(source[method] ?? '', compiler, [...at, method]) : undefined;
  const retries = source.retries ?? 0;
  if (retries > 0 && !TRIED_AGAIN.has(method))
    compiler.wrong(
      'value.wrong',
      [...at, 'retries'],
      `${method.toUpperCase()} is not tried again`,
      'it might be done twice',
    );
  if (source.body !== undefined && (method === 'get' || method === 'delete'))
    compiler.wrongKey('value.wrong', [...at, 'body'], `${method.toUpperCase()} has no body`);
  return {
    method,
    service: where?.service ?? '',
    path: where?.path ?? { parts: [] },
    query: Object.entries(source.query ?? {}).map(([name, value]) => [
      name,
      compiler.template(String(value), [...at, 'query', name]),
    ]),
    headers: compileHeaders(source.headers ?? {}, compiler, [...at, 'headers']),
    body: source.body === undefined ? undefined : compileBody(source.body, compiler, [...at, 'body']),
    timeoutMs: compiler.duration(source.timeout ?? '3s', [...at, 'timeout'], { minMs: 100, maxMs: 30_000 }),
    retries,
    filler: source.filler === undefined ? [] : compiler.audio(source.filler, [...at, 'filler']),
    saves: Object.entries(save ?? {}).flatMap(([name, one]) =>
      compileSave(name, one, compiler, [...path, 'save', name]),
    ),
    own: { notFound: onNotFound !== undefined, refused: onRefused !== undefined },
  };
}

function compileSave(name: string, saved: Saved, compiler: Compiler, path: Path): Save[] {
  const written = typeof saved === 'string' ? saved : saved.at;
  const otherwise = typeof saved === 'string' ? undefined : saved.default;
  compiler.writes(name, path);
  const type = compiler.typeOfVariable(name);
  if (type === undefined) {
    const hint = didYouMean(name, compiler.variables) ?? 'declare it under vars, with its first value';
    compiler.wrongKey('variable.unknown', path, `There is no variable ${name.slice(0, 64)}`, hint);
    return [];
  }
  const way = compileJsonPath(written);
  if (typeof way === 'string') {
    const hint = 'keys and indexes, such as orders[0].id';
    compiler.wrong('value.wrong', typeof saved === 'string' ? path : [...path, 'at'], way, hint);
    return [];
  }
  if (otherwise !== undefined && !fits(typeOf(otherwise), type))
    compiler.wrong('variable.type', [...path, 'default'], `${name} is ${type}, and this is ${typeOf(otherwise)}`);
  return [{ name, type, path: way, written, otherwise }];
}

function requestOf(params: Asking, httpId: string, view: View): FlowEffect {
  const scope = view.scope();
  const { service, timeoutMs, retries, body } = params;
  return {
    type: 'http',
    httpId,
    service,
    method: params.method.toUpperCase() as Uppercase<Method>,
    path: pathNow(params.path, scope),
    query: params.query.map(([name, template]) => [name, renderTemplate(template, scope)]),
    headers: headersNow(params.headers, scope),
    ...(body === undefined ? {} : { body: bodyNow(body, scope, view.state.secrets) }),
    timeoutMs,
    retries,
    ...(body !== undefined && hasSecret(body) ? { secret: true } : {}),
  };
}

function answered(params: Asking, local: Local, status: number, body: Json): Move<Local> {
  const effects = stopWaiting(local);
  if (status === 404 && params.own.notFound) return { exit: 'notFound', effects };
  if (status >= 400 && status < 500 && params.own.refused) return { exit: 'refused', effects };
  if (status < 200 || status > 299) return { exit: 'error', effects, why: `the service answered ${status}` };
  const vars: Record<string, FlowValue> = {};
  for (const { name, type, path, written, otherwise } of params.saves) {
    const value = ofType(valueAtPath(body, path), type) ?? otherwise;
    if (value === undefined) return { exit: 'error', effects, why: `the answer has no ${type} at ${written}` };
    vars[name] = value;
  }
  return { exit: 'next', effects, vars };
}

function stopWaiting({ timerId, playId }: Local): FlowEffect[] {
  return [
    ...(timerId === null ? [] : [{ type: 'clearTimer' as const, timerId }]),
    ...(playId === null ? [] : [{ type: 'stopPlay' as const, playId }]),
  ];
}
