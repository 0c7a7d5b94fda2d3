import { systemClock } from '../../shared/time.ts';
import { checkSession } from './api.ts';
import { openBrowserWire } from './browser-wire.ts';
import { PageClient } from './page-client.ts';

/** The line of a page in a browser; it tries again at once when the network or the page comes back to life. */
export function makeClient<Ask extends { ask: string }, State>(kind: 'desk' | 'phone'): PageClient<Ask, State> {
  const client = new PageClient<Ask, State>(kind, {
    open: (events) => openBrowserWire(`/api/v1/${kind}`, events),
    checkSession,
    clock: systemClock,
    random: Math.random,
  });
  addEventListener('online', () => client.nudge());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') client.nudge();
  });
  return client;
}
