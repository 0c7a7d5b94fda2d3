import type { CallRecord, CallSummary } from '../../src/protocol/http.ts';

/** The record of the call of which one leg has this Call-ID, once the call has ended and its recordings are whole. */
export async function finishedRecord(httpUrl: string, cookie: string, sipCallId: string): Promise<CallRecord> {
  const get = async <T>(path: string): Promise<T> =>
    (await (await fetch(`${httpUrl}/api/v1/${path}`, { headers: { cookie } })).json()) as T;
  for (;;) {
    const { calls } = await get<{ calls: CallSummary[] }>('calls?limit=20');
    for (const { callId, endedAt } of calls) {
      if (endedAt === undefined) continue;
      const record = await get<CallRecord>(`calls/${callId}`);
      const isWhole = record.recordings.every(({ sha256 }) => sha256 !== undefined);
      if (isWhole && record.legs.some((leg) => leg.sipCallId === sipCallId)) return record;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
