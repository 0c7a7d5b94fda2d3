import type { Machine } from '../../shared/machine.ts';
import type { WebRtcListener } from '../webrtc-port.ts';

type LostReason = Parameters<WebRtcListener['lost']>[1];
type ToldState = Parameters<WebRtcListener['state']>[1];

/** A browser leg's connection, both directions taken together. */
export type LegState =
  /** Open here; the browser has not come through yet. */
  | { kind: 'waiting' }
  | { kind: 'connected' }
  /** Nothing heard from the browser any more; it may come back by itself or with an ICE restart. */
  | { kind: 'disconnected' }
  /** The browser said goodbye (page closed or reloaded): these transports cannot be used again. */
  | { kind: 'closed' }
  | { kind: 'ended' };

export type LegEvent =
  | { kind: 'cameThrough' }
  | { kind: 'wentQuiet' }
  | { kind: 'browserClosed' }
  | { kind: 'dtlsRefused' }
  | { kind: 'waitedTooLong' }
  | { kind: 'workerDied' }
  | { kind: 'closeAsked' };

export type LegEffect =
  | { do: 'tell'; state: ToldState }
  | { do: 'tellLost'; reason: LostReason }
  /** Wait for the browser, at most the grace time; a wait that already runs goes on. */
  | { do: 'startWait' }
  | { do: 'stopWait' }
  /** Close transports, producers and consumers. */
  | { do: 'clear' };

const tell = (state: ToldState): LegEffect => ({ do: 'tell', state });

/** The one way out: whatever the reason, the wait is stopped and everything cleared, and a loss is told once. */
function end(lost?: LostReason): readonly [LegState, ...LegEffect[]] {
  const effects: LegEffect[] = [{ do: 'stopWait' }, { do: 'clear' }];
  if (lost) effects.push({ do: 'tellLost', reason: lost });
  return [{ kind: 'ended' }, ...effects];
}

const always = {
  dtlsRefused: () => end('dtlsFailed'),
  workerDied: () => end('workerDied'),
  closeAsked: () => end(),
} as const;

export const legMachine: Machine<LegState, LegEvent, LegEffect> = {
  waiting: {
    ...always,
    cameThrough: () => [{ kind: 'connected' }, { do: 'stopWait' }, tell('connected')],
    browserClosed: () => [{ kind: 'closed' }, tell('closed')],
    waitedTooLong: () => end('iceFailed'),
  },
  connected: {
    ...always,
    wentQuiet: () => [{ kind: 'disconnected' }, { do: 'startWait' }, tell('disconnected')],
    browserClosed: () => [{ kind: 'closed' }, { do: 'startWait' }, tell('closed')],
  },
  disconnected: {
    ...always,
    cameThrough: () => [{ kind: 'connected' }, { do: 'stopWait' }, tell('connected')],
    browserClosed: () => [{ kind: 'closed' }, tell('closed')],
    waitedTooLong: () => end('iceFailed'),
  },
  closed: {
    ...always,
    waitedTooLong: () => end('iceFailed'),
  },
  ended: {},
};
