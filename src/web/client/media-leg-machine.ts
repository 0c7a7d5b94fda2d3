/** Where a browser's audio stands. */
export type MediaLegState =
  | 'idle'
  /** The microphone and loudspeaker are being joined to the server. */
  | 'connecting'
  | 'connected'
  /** The way to the server is lost and sought anew; the call goes on meanwhile. */
  | 'recovering'
  /** Given up; `start()` begins again with new transports. */
  | 'failed'
  | 'closed';

export type MediaLegEvent =
  | 'startAsked'
  /** Both directions are through. */
  | 'cameThrough'
  | 'startFailed'
  /** A direction was lost, or the network changed. */
  | 'wayLost'
  | 'gaveUp'
  /** The server no longer has our leg. */
  | 'serverLost'
  | 'closeAsked';

/** Every move of the leg; an empty cell means that the event changes nothing there. */
export const mediaLegTable: {
  readonly [S in MediaLegState]: Readonly<Partial<Record<MediaLegEvent, MediaLegState>>>;
} = {
  idle: { startAsked: 'connecting', closeAsked: 'closed' },
  connecting: {
    cameThrough: 'connected',
    startFailed: 'failed',
    wayLost: 'recovering',
    serverLost: 'failed',
    closeAsked: 'closed',
  },
  connected: { wayLost: 'recovering', serverLost: 'failed', closeAsked: 'closed' },
  recovering: {
    cameThrough: 'connected',
    startFailed: 'failed',
    gaveUp: 'failed',
    serverLost: 'failed',
    closeAsked: 'closed',
  },
  failed: { startAsked: 'connecting', closeAsked: 'closed' },
  closed: {},
};
