import { json, type Request, type RequestHandler, type Response, Router } from 'express';
import type { SessionUser } from '../../protocol/http.ts';
import { ParleyError } from '../../shared/errors.ts';
import type { Sessions } from '../../users/accounts.ts';
import { readSessionCookie } from './cookie.ts';
import { invalid } from './failure-answer.ts';
import type { Asked, Handlers } from './handler.ts';
import { isForeign } from './origin.ts';
import type { Access, Route } from './route.ts';
import { type RouteName, routes } from './routes.ts';

const BODY_LIMIT_BYTES = 16 * 1024;

/** The table of routes as an express router: who may, is it ours, can it be read; then the handler. */
export function makeRouter(handlers: Handlers, sessions: Sessions): Router {
  const router = Router();
  for (const name of Object.keys(routes) as RouteName[]) {
    const route: Route = routes[name];
    // The table ties each handler to its route's shapes; here they meet only as "some route and its handler".
    const handle = handlers[name] as unknown as (asked: Asked<Route>) => Promise<unknown>;
    const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1');
    const steps = [
      ...(route.method === 'get' ? [] : [refuseForeign]),
      ...(route.body ? [json({ limit: route.bodyLimitBytes ?? BODY_LIMIT_BYTES })] : []),
    ];
    router[route.method](path, note(route.path), ...steps, async (request: Request, response: Response) => {
      if (route.path.startsWith('/api/')) response.set('Cache-Control', 'no-store');
      const asked = await letIn(route, request, response, sessions);
      const answer = await handle(asked);
      if ('json' in route.answer) response.status(response.statusCode).json(answer);
    });
  }
  return router;
}

/** Keeps the route's name for logs and figures, which must not hold whole addresses. */
function note(path: string): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = path;
    next();
  };
}

const refuseForeign: RequestHandler = (request, _response, next) => {
  next(isForeign(request.headers) ? new ParleyError('request.foreignOrigin') : undefined);
};

async function letIn(route: Route, request: Request, response: Response, sessions: Sessions): Promise<Asked<Route>> {
  const token = readSessionCookie(request.headers.cookie);
  const user = route.access !== 'open' && token !== undefined ? await sessions.find(token) : undefined;
  const asked = { user: checkAccess(route.access, user), token, request, response };
  return {
    ...asked,
    params: read('path', route.params, request.params),
    query: read('query', route.query, request.query),
    body: read('body', route.body, request.body),
  } as unknown as Asked<Route>;
}

/** The user, if the route lets them in; throws `auth.required` or `auth.forbidden`. */
export function checkAccess(access: Access, user: SessionUser | undefined): SessionUser | undefined {
  if (access === 'open') return user;
  if (!user) throw new ParleyError('auth.required');
  if (access !== 'session' && !access.includes(user.role)) throw new ParleyError('auth.forbidden', { role: user.role });
  return user;
}

function read(part: string, shape: Route['body'], value: unknown): unknown {
  if (!shape) return undefined;
  const result = shape.safeParse(value);
  if (!result.success) throw invalid(result.error, part);
  return result.data;
}
