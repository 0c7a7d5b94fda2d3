import { ParleyError } from '../../shared/errors.ts';
import type { Prompts } from '../player/prompts.ts';
import type { MediaFact, MediaOrder } from '../protocol/messages.ts';
import type { PortPool } from '../rtp/ports.ts';
import type { ThreadCrew } from '../threads/crew.ts';
import type { MediaThread } from '../threads/media-thread.ts';
import type { SpeakerRing } from '../threads/messages.ts';
import type { WebRtcGate } from '../webrtc-port.ts';
import type { InTurn } from './in-turn.ts';
import type { Leg } from './legs.ts';
import type { BridgeTables } from './tables.ts';

/** What the orders of the protocol work on: everything that is open, and the parts that carry the work out. */
export interface Exchange {
  /** The address of carrier legs. */
  host: string;
  recordingsDir: string;
  legs: Map<string, Leg>;
  tables: BridgeTables;
  recordings: Map<string, OpenRecording>;
  turns: InTurn;
  ports: PortPool;
  prompts: Prompts;
  crew: ThreadCrew;
  gate: WebRtcGate;
  /** UTC ms. */
  now: () => number;
  tell: (fact: MediaFact) => void;
}

export interface OpenRecording {
  recordingId: string;
  callId: string | undefined;
  file: string;
  thread: MediaThread;
  state: 'running' | 'paused';
}

export type OrderOf<K extends MediaOrder['order']> = Extract<MediaOrder, { order: K }>;

/** Throws `media.unknownEndpoint`. */
export function legOf(exchange: Exchange, endpointId: string): Leg {
  const leg = exchange.legs.get(endpointId);
  if (!leg) throw new ParleyError('media.unknownEndpoint', { endpointId }, { text: `No such endpoint: ${endpointId}` });
  return leg;
}

export function ringOf({ endpointId, memory }: Leg): SpeakerRing {
  return { endpointId, memory };
}

/** Tells the threads what these listeners hear from now on: one message a thread, so that a table changes in one frame. */
export async function applyTables(exchange: Exchange, listeners: Iterable<string>): Promise<void> {
  const byThread = new Map<MediaThread, { endpointId: string; speakers: SpeakerRing[] }[]>();
  for (const endpointId of listeners) {
    const leg = exchange.legs.get(endpointId);
    if (!leg) continue;
    const speakers = exchange.tables.speakersOf(endpointId).flatMap((speaker) => {
      const speaking = exchange.legs.get(speaker);
      return speaking ? [ringOf(speaking)] : [];
    });
    const tables = byThread.get(leg.thread) ?? [];
    tables.push({ endpointId, speakers });
    byThread.set(leg.thread, tables);
  }
  await Promise.all([...byThread].map(([thread, tables]) => thread.order({ order: 'hear', tables })));
}
