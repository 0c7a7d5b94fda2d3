import type { Inventory } from '../media/protocol/messages.ts';
import type { CallRecords } from '../reports/call-records.ts';
import type { CallJournal } from '../reports/journal.ts';
import type { Logger } from '../shared/logger.ts';
import type { Clock } from '../shared/time.ts';
import type { MediaPort } from './media-port.ts';

export interface LeftBehindDeps {
  media: MediaPort;
  journal: CallJournal;
  /** Whether the caller had talked with an agent. */
  hadTalk(callId: string): Promise<boolean>;
  /** Hangs up a dialog of an earlier run; resolves with whether the far end was told. */
  hangUp(dialogId: string, reason: string): Promise<boolean>;
  clock: Clock;
  log: Logger;
}

type Unfinished = Awaited<ReturnType<CallRecords['unfinished']>>[number];

const REASON = 'program restarted';

/**
 * Ends the calls that an earlier run of the app left behind, and their records: their people are told, what the media program
 * still holds for them is given back, and their recordings are closed. So is what it holds for calls of which the earlier run had not
 * written a word yet; `inventory` is from before the first call of this run. Never rejects.
 */
export async function finishLeftBehind(
  deps: LeftBehindDeps,
  unfinished: readonly Unfinished[],
  inventory: Inventory,
): Promise<void> {
  const known = new Set<string | undefined>(unfinished.map(({ callId }) => callId));
  const unknown = partOf(inventory, ({ callId, kind }) => kind !== 'webrtc' && !known.has(callId));
  await Promise.all([
    giveBack(deps, unknown),
    ...unfinished.map((call) =>
      finishOne(deps, call, inventory).catch((error: unknown) => {
        deps.log.error({ callId: call.callId, err: error }, 'a call of an earlier run could not be finished');
      }),
    ),
  ]);
}

async function finishOne(deps: LeftBehindDeps, call: Unfinished, inventory: Inventory): Promise<void> {
  const { journal, clock, log } = deps;
  const { callId, legs } = call;
  const told = await Promise.all(
    legs.map(async ({ dialogId }) => dialogId === undefined || (await deps.hangUp(dialogId, REASON))),
  );
  await giveBack(
    deps,
    partOf(inventory, (one) => one.callId === callId),
  );
  if (told.includes(false)) journal.write({ type: 'noted', callId, at: clock.now(), what: 'far end was not told' });
  for (const { legId } of legs) journal.write({ type: 'legEnded', callId, at: clock.now(), legId, reason: REASON });
  const outcome = (await deps.hadTalk(callId)) ? 'answered' : 'failed';
  journal.write({ type: 'callEnded', callId, at: clock.now(), outcome, endedBy: 'system', reason: REASON });
  log.warn({ callId }, 'call of an earlier run ended');
}

function partOf(
  { endpoints, bridges, recordings }: Inventory,
  isMeant: (one: { callId?: string; kind?: string }) => boolean,
): Inventory {
  return {
    endpoints: endpoints.filter(isMeant),
    bridges: bridges.filter(isMeant),
    recordings: recordings.filter(isMeant),
  };
}

async function giveBack({ media, log }: LeftBehindDeps, { endpoints, bridges, recordings }: Inventory): Promise<void> {
  const orders = [
    ...recordings.map(({ recordingId }) => media.order({ order: 'record.stop', recordingId })),
    ...bridges.map(({ bridgeId }) => media.order({ order: 'bridge.close', bridgeId })),
    ...endpoints.map(({ endpointId }) => media.order({ order: 'endpoint.close', endpointId })),
  ];
  for (const outcome of await Promise.allSettled(orders)) {
    if (outcome.status === 'rejected') log.warn({ error: String(outcome.reason) }, 'not given back');
  }
}
