import type { Registry } from 'prom-client';
import type { Callback } from '../../calls/callback-store.ts';
import type { CallbackEntry } from '../../protocol/http.ts';
import { ParleyError } from '../../shared/errors.ts';
import { sendAudio } from './audio-answer.ts';
import { readSessionCookie, sessionCookie } from './cookie.ts';
import type { HttpDeps } from './deps.ts';
import { makeFlowHandlers } from './flow-handlers.ts';
import type { Asked, Handlers } from './handler.ts';
import { describeApi } from './openapi.ts';
import type { Routes } from './routes.ts';

/** What each route does. `loggedOut` hears of a session's end so that its sockets can be closed. */
export function makeHandlers(deps: HttpDeps, registry: Registry, loggedOut: (token: string) => void): Handlers {
  const api = describeApi(deps.version);
  return {
    logIn: (asked) => logIn(deps, asked),
    whoAmI: async ({ user }) => user,

    logOut: async ({ token, request, response }) => {
      if (token !== undefined) {
        await deps.sessions.end(token);
        loggedOut(token);
      }
      response.set('Set-Cookie', sessionCookie('', { maxAgeMs: 0, secure: request.secure }));
      response.status(204).end();
    },

    listCalls: async ({ query }) => ({
      calls: await deps.callRecords.list({
        limit: query.limit,
        ...(query.before !== undefined && { before: query.before }),
      }),
    }),

    getCall: async ({ params }) => {
      const record = await deps.callRecords.get(params.callId);
      if (!record) throw new ParleyError('call.unknown', { callId: params.callId });
      return record;
    },

    getAudio: async ({ params, query, request, response }) => {
      await sendAudio(deps, { recordingId: params.recordingId, format: query.format }, request, response);
      return undefined;
    },

    listCallbacks: async () => ({ callbacks: (await deps.callbacks.open()).map(callbackEntryOf) }),

    cancelCallback: async ({ params, user, response }) => {
      if (!(await deps.callbacks.cancel(params.callbackId, user.id))) throw new ParleyError('callback.unknown');
      response.status(204).end();
    },

    listNumbers: async () => ({ numbers: deps.numbers() }),
    ...makeFlowHandlers(deps.flows, deps.clock),
    openApi: async () => api,
    health: async () => ({ ok: true as const }),

    ready: async ({ response }) => {
      const checks = await deps.ready();
      const ready = Object.values(checks).every(Boolean);
      response.status(ready ? 200 : 503);
      return { ready, checks };
    },

    metrics: async ({ response }) => {
      const others = deps.metrics ? await deps.metrics.metrics() : '';
      response.type(registry.contentType).send(others + (await registry.metrics()));
      return undefined;
    },
  };
}

/** What the outside sees of one: not the way through the flow, which is in the record of its call. */
function callbackEntryOf({ path: _, skills: __, language: ___, mayRecord: ____, ...entry }: Callback): CallbackEntry {
  return entry;
}

async function logIn(deps: HttpDeps, { body, request, response }: Asked<Routes['logIn']>) {
  const { accounts, sessions, throttle, log, clock } = deps;
  const address = request.ip ?? '';
  const waitMs = throttle.waitMs(body.name, address);
  if (waitMs > 0) {
    response.set('Retry-After', String(Math.ceil(waitMs / 1_000)));
    throw new ParleyError('auth.slowDown', { waitMs });
  }
  const user = await accounts.verify(body.name, body.password);
  if (!user) {
    throttle.failed(body.name, address);
    log.warn({ address, pii: { name: body.name } }, 'wrong user name or password');
    throw new ParleyError('auth.wrongPassword');
  }
  throttle.succeeded(body.name, address);
  const earlier = readSessionCookie(request.headers.cookie);
  if (earlier !== undefined) await sessions.end(earlier);
  const { token, expiresAt } = await sessions.start(user.id);
  response.set('Set-Cookie', sessionCookie(token, { maxAgeMs: expiresAt - clock.now(), secure: request.secure }));
  log.info({ userId: user.id, address }, 'logged in');
  return user;
}
