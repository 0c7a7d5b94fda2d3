import { z } from 'zod';
import { deskAskFrame } from '../../protocol/desk.ts';
import { phoneAskFrame } from '../../protocol/phone.ts';
import { FAILURES, type FailureCode } from '../../shared/errors.ts';
import type { Access, Route } from './route.ts';
import { failureShape, routes, socketRoutes } from './routes.ts';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 description of the surface, made from the table of routes. */
export function describeApi(version: string): Json {
  const paths: Record<string, Json> = {};
  for (const [operationId, route] of Object.entries<Route>(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method]: describeRoute(operationId, route) };
  }
  for (const [operationId, socket] of Object.entries(socketRoutes)) {
    paths[socket.path] = { get: describeSocket(operationId, socket) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Parley', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { Failure: schema(failureShape), DeskAsk: schema(deskAskFrame), PhoneAsk: schema(phoneAskFrame) },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'parley_session' } },
    },
  };
}

function describeRoute(operationId: string, route: Route): Json {
  return {
    operationId,
    summary: route.summary,
    ...describeAccess(route.access),
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: schema(route.body) } } },
    }),
    responses: {
      [route.answer.status]: { description: 'Done', ...describeContent(route.answer) },
      ...describeFailures([...accessFailures(route.access), ...route.failures]),
    },
  };
}

function describeSocket(operationId: string, socket: { summary: string; access: Access }): Json {
  return {
    operationId,
    summary: `${socket.summary}; frames are DeskAsk and PhoneAsk, one JSON object each`,
    ...describeAccess(socket.access),
    responses: {
      101: { description: 'The socket is open' },
      ...describeFailures([...accessFailures(socket.access), 'request.foreignOrigin', 'request.tooMany']),
    },
  };
}

function describeAccess(access: Access): Json {
  if (access === 'open') return { security: [] };
  const who = access === 'session' ? 'Anyone logged in.' : `Roles: ${access.join(', ')}.`;
  return { security: [{ session: [] }], description: who };
}

function accessFailures(access: Access): FailureCode[] {
  if (access === 'open') return [];
  return access === 'session' ? ['auth.required'] : ['auth.required', 'auth.forbidden'];
}

function describeContent(answer: Route['answer']): Json {
  if ('json' in answer) return { content: { 'application/json': { schema: schema(answer.json) } } };
  if (answer.contentTypes.length === 0) return {};
  return { content: Object.fromEntries(answer.contentTypes.map((type) => [type, {}])) };
}

function describeFailures(codes: readonly FailureCode[]): Json {
  const byStatus = Map.groupBy(new Set(codes), (code) => FAILURES[code].http);
  return Object.fromEntries(
    [...byStatus].map(([status, same]) => [
      status,
      {
        description: same.map((code) => `${code}: ${FAILURES[code].text}`).join('. '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
      },
    ]),
  );
}

function parameters(where: 'path' | 'query', shape: z.ZodObject | undefined): Json[] {
  return Object.entries(shape?.shape ?? {}).map(([name, type]) => ({
    name,
    in: where,
    required: where === 'path',
    schema: schema(type as z.ZodType),
  }));
}

function schema(type: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' });
  return rest;
}
