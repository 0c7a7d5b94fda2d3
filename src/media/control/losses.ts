import type { LossReason, MediaFact } from '../protocol/messages.ts';
import { recoverOne } from '../recorder/recover.ts';
import type { MediaThread } from '../threads/media-thread.ts';
import { removeLeg } from './endpoint-orders.ts';
import type { Exchange } from './exchange.ts';

/** What ends without an order, and what is told about it. */

export async function legLost(exchange: Exchange, endpointId: string, reason: LossReason): Promise<void> {
  const leg = exchange.legs.get(endpointId);
  if (!leg) return;
  await removeLeg(exchange, leg);
  exchange.tell({ fact: 'endpointLost', at: exchange.now(), endpointId, reason });
}

/** A thread died: its legs are lost, its recordings end where their last write ended. */
export async function threadLost(exchange: Exchange, dead: MediaThread, index: number): Promise<void> {
  exchange.tell({ fact: 'workerReplaced', at: exchange.now(), worker: 'thread', index });
  const legs = [...exchange.legs.values()].filter(({ thread }) => thread === dead);
  for (const { endpointId } of legs) await legLost(exchange, endpointId, 'threadDied');
  const recordings = [...exchange.recordings.values()].filter(({ thread }) => thread === dead);
  for (const { recordingId, callId, file } of recordings) {
    const note = callId === undefined ? { recordingId, file } : { recordingId, callId, file };
    const closed = await recoverOne(exchange.recordingsDir, note, exchange.now());
    exchange.recordings.delete(recordingId);
    if (closed) exchange.tell(closed);
  }
}

/** A fact of a thread on its way to the apps. */
export function passOn(exchange: Exchange, fact: MediaFact): void {
  if (fact.fact === 'recordingClosed') exchange.recordings.delete(fact.recordingId);
  exchange.tell(fact);
}
