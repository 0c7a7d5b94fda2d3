import { useCallback, useEffect, useState } from 'react';

export interface Loaded<T> {
  value: T | undefined;
  error: unknown;
  busy: boolean;
  reload(): void;
}

/** What `load` resolved with last; loaded anew when `load` changes, on `reload`, and every `everyMs`. */
export function useLoaded<T>(load: () => Promise<T>, everyMs?: number): Loaded<T> {
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'>>({ value: undefined, error: undefined, busy: true });
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is what asks for loading again
  useEffect(() => {
    let isWanted = true;
    setState((before) => ({ ...before, busy: true }));
    load().then(
      (value) => isWanted && setState({ value, error: undefined, busy: false }),
      (error: unknown) => isWanted && setState((before) => ({ ...before, error, busy: false })),
    );
    return () => {
      isWanted = false;
    };
  }, [load, round]);

  const reload = useCallback(() => setRound((before) => before + 1), []);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(reload, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, reload]);
  return { ...state, reload };
}
