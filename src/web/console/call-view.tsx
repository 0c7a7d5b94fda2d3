import { type ReactNode, useCallback } from 'react';
import type { CallRecord } from '../../protocol/http.ts';
import { api } from '../client/api.ts';
import { clockTime, dateTime } from '../client/format.ts';
import { Banner } from '../ui/banner.tsx';
import { failureText, useTexts } from '../ui/use-texts.ts';
import { EventTable, LegTable, OfferTable, StepTable } from './call-tables.tsx';
import { EndReason, Outcome } from './outcome.tsx';
import { RecordingPlayer } from './recording-player.tsx';
import { useLoaded } from './use-loaded.ts';

const REFRESH_EVERY_MS = 5_000;

/** Whether anything of the call may still change. */
function isUnsettled(call: CallRecord | undefined): boolean {
  if (!call) return false;
  return call.endedAt === undefined || call.recordings.some(({ state }) => state !== 'stored' && state !== 'failed');
}

/** Everything known about one call. */
export function CallView({ callId }: { callId: string }) {
  const { t } = useTexts();
  const load = useCallback(() => api.getCall(callId), [callId]);
  const first = useLoaded(load);
  return (
    <>
      <p>
        <a href="#/calls">← {t.backToCalls}</a>
      </p>
      {first.error !== undefined && <Banner kind="error">{failureText(t, first.error)}</Banner>}
      {first.value && <FreshRecord first={first.value} load={load} />}
    </>
  );
}

/** Reads the record again while it is still being written; a settled one is left alone, so that a player can play. */
function FreshRecord({ first, load }: { first: CallRecord; load(): Promise<CallRecord> }) {
  const again = useLoaded(load, isUnsettled(first) ? REFRESH_EVERY_MS : undefined);
  return <CallSheet call={again.value ?? first} />;
}

function CallSheet({ call }: { call: CallRecord }) {
  const { t } = useTexts();
  return (
    <article>
      <CallHead call={call} />
      <Part title={t.recordings} empty={call.recordings.length === 0}>
        {call.recordings.map((recording) => (
          <RecordingPlayer key={recording.recordingId} recording={recording} />
        ))}
      </Part>
      <Part title={t.steps} empty={call.steps.length === 0}>
        <StepTable call={call} />
      </Part>
      <Part title={t.offers} empty={call.offers.length === 0}>
        <OfferTable call={call} />
      </Part>
      <Part title={t.legs} empty={call.legs.length === 0}>
        <LegTable call={call} />
      </Part>
      {call.events.length > 0 && (
        <Part title={t.events} empty={false}>
          <EventTable call={call} />
        </Part>
      )}
    </article>
  );
}

function CallHead({ call }: { call: CallRecord }) {
  const { t, tag } = useTexts();
  const facts: [string, ReactNode][] = [
    [t.time, dateTime(call.startedAt, tag)],
    [t.calledNumber, call.calledNumber],
    [t.flow, call.flow],
    [t.flowVersion, call.flowVersion && <code>{call.flowVersion.slice(0, 12)}</code>],
    [t.queue, call.queue],
    [t.waited, call.waitedMs !== undefined && clockTime(call.waitedMs)],
    [t.agent, call.agentName],
    [t.talked, call.talkedMs !== undefined && clockTime(call.talkedMs)],
    [t.total, call.endedAt !== undefined && clockTime(call.endedAt - call.startedAt)],
    [t.ended, call.endedAt !== undefined && <EndReason call={call} />],
  ];
  return (
    <section className="card">
      <div className="list-head">
        <h1>{call.callerNumber === 'anonymous' ? t.withheld : call.callerNumber}</h1>
        <Outcome call={call} />
        <code className="muted">{call.callId}</code>
      </div>
      <dl className="facts wide">
        {facts
          .filter(([, value]) => value !== undefined && value !== false && value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function Part({ title, empty, children }: { title: string; empty: boolean; children: ReactNode }) {
  const { t } = useTexts();
  return (
    <section className="card" aria-label={title}>
      <h2>{title}</h2>
      {empty ? <p className="muted">{t.none}</p> : children}
    </section>
  );
}
