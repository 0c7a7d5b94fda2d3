import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Response, Router, static as staticFiles } from 'express';
import { ParleyError } from '../../shared/errors.ts';
import type { Sessions } from '../../users/accounts.ts';
import { readSessionCookie } from './cookie.ts';

const PAGES = ['desk', 'call', 'console'] as const;

/** The three pages as Vite built them; `/` leads to the one that fits who is logged in. */
export function makePages(webRoot: string, sessions: Sessions): Router {
  const router = Router();

  router.get('/', async (request, response) => {
    const token = readSessionCookie(request.headers.cookie);
    const user = token === undefined ? undefined : await sessions.find(token);
    response.set('Cache-Control', 'no-store').redirect(!user || user.role === 'agent' ? '/desk' : '/console');
  });

  for (const page of PAGES) {
    router.get(`/${page}`, (_request, response, next) => {
      response.locals['route'] = `/${page}`;
      const file = join(webRoot, page, 'index.html');
      if (!existsSync(file)) return next(new ParleyError('pages.notBuilt'));
      response.set('Cache-Control', 'no-cache').sendFile(file, ignoreGone(response, next));
    });
  }

  // The names of these files hold a hash of their bytes, so a browser may keep them for good.
  router.use('/assets', staticFiles(join(webRoot, 'assets'), { immutable: true, maxAge: '365d', index: false }));
  return router;
}

/** A browser that goes away while a file is sent is no failure. */
function ignoreGone(response: Response, next: (error?: unknown) => void): (error?: Error) => void {
  return (error) => {
    if (error && !response.headersSent) next(error);
  };
}
