import { z } from 'zod';
import {
  callbackList,
  callList,
  callRecord,
  failureAnswer,
  logInBody,
  numberList,
  sessionUser,
} from '../../protocol/http.ts';
import { flowRoutes } from './flow-routes.ts';
import type { Access, Route } from './route.ts';

const id = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'letters, digits and dashes');
const wholeNumber = (max: number) => z.coerce.number().int().min(1).max(max);
const seesRecords = ['supervisor', 'admin'] as const;
const checks = z.record(z.string(), z.boolean());

/** Every route, described once: the router and `/api/v1/openapi.json` both come from this table. */
export const routes = {
  logIn: {
    method: 'post',
    path: '/api/v1/session',
    summary: 'Log in; the answer sets the session cookie',
    access: 'open',
    body: logInBody,
    answer: { status: 200, json: sessionUser },
    failures: ['request.invalid', 'request.foreignOrigin', 'auth.wrongPassword', 'auth.slowDown'],
  },
  whoAmI: {
    method: 'get',
    path: '/api/v1/session',
    summary: 'The user who is logged in',
    access: 'session',
    answer: { status: 200, json: sessionUser },
    failures: [],
  },
  logOut: {
    method: 'delete',
    path: '/api/v1/session',
    summary: 'Log out; open sockets of this session are closed with 4003',
    access: 'open',
    answer: { status: 204, contentTypes: [] },
    failures: ['request.foreignOrigin'],
  },
  listCalls: {
    method: 'get',
    path: '/api/v1/calls',
    summary: 'Calls, newest first; `before` is an exclusive start time in UTC ms',
    access: seesRecords,
    query: z.strictObject({
      before: wholeNumber(Number.MAX_SAFE_INTEGER).optional(),
      limit: wholeNumber(200).default(50),
    }),
    answer: { status: 200, json: callList },
    failures: ['request.invalid'],
  },
  getCall: {
    method: 'get',
    path: '/api/v1/calls/{callId}',
    summary: 'Everything known about one call',
    access: seesRecords,
    params: z.object({ callId: id }),
    answer: { status: 200, json: callRecord },
    failures: ['request.invalid', 'call.unknown'],
  },
  getAudio: {
    method: 'get',
    path: '/api/v1/recordings/{recordingId}/audio',
    summary: 'The audio of a recording, whole or by byte range',
    access: seesRecords,
    params: z.object({ recordingId: id }),
    query: z.strictObject({ format: z.enum(['opus', 'mp3', 'wav']).default('opus') }),
    answer: { status: 200, contentTypes: ['audio/ogg', 'audio/mpeg', 'audio/wav'] },
    failures: ['request.invalid', 'recording.unknown', 'request.badRange'],
  },
  listCallbacks: {
    method: 'get',
    path: '/api/v1/callbacks',
    summary: 'Customers who wait to be called back, the longest wait first',
    access: seesRecords,
    answer: { status: 200, json: callbackList },
    failures: [],
  },
  cancelCallback: {
    method: 'delete',
    path: '/api/v1/callbacks/{callbackId}',
    summary: 'Takes a callback back, also while it is dialled',
    access: seesRecords,
    params: z.object({ callbackId: id }),
    answer: { status: 204, contentTypes: [] },
    failures: ['request.invalid', 'request.foreignOrigin', 'callback.unknown'],
  },
  listNumbers: {
    method: 'get',
    path: '/api/v1/numbers',
    summary: 'The numbers that ring here, with their flows',
    access: 'session',
    answer: { status: 200, json: numberList },
    failures: [],
  },
  ...flowRoutes,
  openApi: {
    method: 'get',
    path: '/api/v1/openapi.json',
    summary: 'This description',
    access: 'open',
    answer: { status: 200, json: z.record(z.string(), z.unknown()) },
    failures: [],
  },
  health: {
    method: 'get',
    path: '/healthz',
    summary: 'Answers while the program lives',
    access: 'open',
    answer: { status: 200, json: z.object({ ok: z.literal(true) }) },
    failures: [],
  },
  ready: {
    method: 'get',
    path: '/readyz',
    summary: 'Whether calls can be taken: 503 while anything needed is missing, and what',
    access: 'open',
    answer: { status: 200, json: z.object({ ready: z.boolean(), checks }) },
    failures: [],
  },
  metrics: {
    method: 'get',
    path: '/metrics',
    summary: 'Figures for Prometheus',
    access: 'open',
    answer: { status: 200, contentTypes: ['text/plain; version=0.0.4'] },
    failures: [],
  },
} as const satisfies Record<string, Route>;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

/** The sockets, for the description; the frames are in `src/protocol`. */
export const socketRoutes = {
  desk: { path: '/api/v1/desk', summary: "The agent's desk (WebSocket)", access: ['agent', 'supervisor'] },
  phone: { path: '/api/v1/phone', summary: 'A phone in the browser (WebSocket)', access: 'session' },
} as const satisfies Record<string, { path: string; summary: string; access: Access }>;

export const failureShape = failureAnswer;
