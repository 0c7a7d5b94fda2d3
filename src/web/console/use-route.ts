import { useSyncExternalStore } from 'react';

export type Route = { page: 'calls' } | { page: 'call'; callId: string };

/** The page's address as a place in the console: `#/calls` or `#/calls/<callId>`. */
export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  const callId = /^#\/calls\/([A-Za-z0-9-]{1,100})$/.exec(hash)?.[1];
  return callId === undefined ? { page: 'calls' } : { page: 'call', callId };
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}
