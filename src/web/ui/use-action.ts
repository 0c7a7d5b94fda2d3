import { useCallback, useRef, useState } from 'react';

export interface Action {
  /** Runs the work unless an earlier run is still going on. */
  run(work: () => Promise<unknown>): void;
  busy: boolean;
  /** What the last run rejected with. */
  error: unknown;
}

/** For buttons: one run at a time, and its failure kept for the page to show. */
export function useAction(): Action {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  const isRunning = useRef(false);
  const run = useCallback((work: () => Promise<unknown>) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setState({ busy: true, error: undefined });
    const ended = (error?: unknown): void => {
      isRunning.current = false;
      setState({ busy: false, error });
    };
    work().then(() => ended(), ended);
  }, []);
  return { run, ...state };
}

export interface Asking<Ask> {
  /** Sends an ask at once, whatever else is under way: digits are pressed faster than they are answered. */
  ask(body: Ask): void;
  /** What the newest ask rejected with, until the next one is sent. */
  error: unknown;
}

export function useAsking<Ask>(client: { ask(body: Ask): Promise<unknown> }): Asking<Ask> {
  const [error, setError] = useState<unknown>();
  const ask = useCallback(
    (body: Ask) => {
      setError(undefined);
      client.ask(body).catch(setError);
    },
    [client],
  );
  return { ask, error };
}
