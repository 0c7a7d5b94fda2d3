import { Roster } from './agents/roster.ts';
import type { CallbackStore } from './calls/callback-store.ts';
import { Callbacks } from './calls/callbacks.ts';
import type { MakeAudio } from './calls/caller-audio.ts';
import type { Dialler } from './calls/dialler.ts';
import type { OutsideWorld } from './calls/flow-outside.ts';
import { Intake, type IntakeDeps } from './calls/intake.ts';
import { MediaFacts, type MediaPort } from './calls/media-port.ts';
import { Outbound } from './calls/outbound.ts';
import { Phones } from './calls/phones.ts';
import { Recordings } from './calls/recordings.ts';
import type { AudioItem } from './flows/audio.ts';
import type { ClaimStore } from './queues/claim-store.ts';
import type { QueueSettings } from './queues/queue-settings.ts';
import { Queues } from './queues/queues.ts';
import type { CallJournal } from './reports/journal.ts';
import type { Logger } from './shared/logger.ts';
import type { Clock } from './shared/time.ts';

/** What the rooms of the domain need of the outside. */
export interface CallCentreDeps extends Pick<IntakeDeps, 'numbers' | 'trunks' | 'hold' | 'maxCalls'> {
  media: MediaPort;
  journal: CallJournal;
  claims: ClaimStore;
  /** Makes calls. */
  dialler: Dialler;
  queueSettings: (queue: string) => QueueSettings | undefined;
  /** Asks the services that flows name. */
  request: OutsideWorld['request'];
  callbackStore: CallbackStore;
  makeAudio: MakeAudio;
  /** The built-in music, for waiting and on hold. */
  music: () => AudioItem[];
  clock: Clock;
  log: Logger;
}

export interface CallCentre {
  intake: Intake;
  roster: Roster;
  queues: Queues;
  phones: Phones;
  callbacks: Callbacks;
}

/** Desks are shown a changed board so often at most, in ms. */
const BOARD_EVERY_MS = 250;

/** Joins calls, agents and queues; nothing here touches the outside but through `deps`. */
export function makeCallCentre(deps: CallCentreDeps): CallCentre {
  const { media, journal, claims, queueSettings, request, makeAudio, music, clock, log } = deps;
  const facts = new MediaFacts(media, log, clock);
  const recordings = new Recordings({ media, facts, journal, clock, log });
  const roster = new Roster({ media, facts, clock, log });
  const queues = new Queues({
    settings: queueSettings,
    floor: roster,
    claims,
    makeAudio,
    usualMusic: music,
    clock,
    log,
  });
  roster.board = () => queues.board();
  showBoard(queues, roster, clock);
  const outside = { request, readQueue: (queue: string) => queues.figures(queue) };
  const outbound = new Outbound({ ...deps, facts });
  const shared = { ...deps, facts, recordings, queues, outbound, holdMusic: music };
  const callbacks = new Callbacks({
    ...shared,
    store: deps.callbackStore,
    running: (callId, end) => intake.running(callId, end),
  });
  const intake: Intake = new Intake({ ...shared, outside, callbacks });
  const phones = new Phones({
    media,
    facts,
    dial: (incoming, ended) => intake.take(incoming, ended),
    clock,
    log,
  });
  return { intake, roster, queues, phones, callbacks };
}

function showBoard(queues: Queues, roster: Roster, clock: Clock): void {
  let isBooked = false;
  queues.onChange(() => {
    if (isBooked) return;
    isBooked = true;
    clock.after(BOARD_EVERY_MS, () => {
      isBooked = false;
      roster.showAll();
    });
  });
}
