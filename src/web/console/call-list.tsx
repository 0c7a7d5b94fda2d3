import { useCallback, useState } from 'react';
import type { CallSummary } from '../../protocol/http.ts';
import { api } from '../client/api.ts';
import { clockTime, dateTime } from '../client/format.ts';
import { Banner } from '../ui/banner.tsx';
import { failureText, useTexts } from '../ui/use-texts.ts';
import { EndReason, Outcome } from './outcome.tsx';
import { useLoaded } from './use-loaded.ts';

const REFRESH_EVERY_MS = 10_000;

interface Filter {
  number: string;
  outcome: string;
}

function fits(call: CallSummary, { number, outcome }: Filter): boolean {
  return call.callerNumber.includes(number) && (outcome === '' || call.outcome === outcome);
}

/** Calls, newest first; the newest page keeps itself fresh. */
export function CallList() {
  const { t } = useTexts();
  const [before, setBefore] = useState<number>();
  const [filter, setFilter] = useState<Filter>({ number: '', outcome: '' });
  const load = useCallback(() => api.listCalls(before), [before]);
  const { value: calls, error, busy, reload } = useLoaded(load, before === undefined ? REFRESH_EVERY_MS : undefined);
  const shown = calls?.filter((call) => fits(call, filter)) ?? [];
  const oldest = calls?.at(-1)?.startedAt;
  return (
    <section className="card" aria-label={t.calls}>
      <div className="list-head">
        <h1>{t.calls}</h1>
        <FilterFields filter={filter} change={setFilter} />
        <button type="button" onClick={reload} disabled={busy && calls === undefined}>
          {t.refresh}
        </button>
      </div>
      {error !== undefined && <Banner kind="error">{failureText(t, error)}</Banner>}
      {shown.length > 0 && <CallTable calls={shown} />}
      {calls !== undefined && shown.length === 0 && (
        <p className="centre muted">{calls.length === 0 ? t.noCalls : t.noMatch}</p>
      )}
      <div className="pages">
        {before !== undefined && (
          <button type="button" onClick={() => setBefore(undefined)}>
            {t.newest}
          </button>
        )}
        {oldest !== undefined && (
          <button type="button" onClick={() => setBefore(oldest)}>
            {t.older}
          </button>
        )}
      </div>
    </section>
  );
}

function FilterFields({ filter, change }: { filter: Filter; change(filter: Filter): void }) {
  const { t } = useTexts();
  return (
    <div className="filters">
      <input
        type="search"
        placeholder={t.filterNumber}
        aria-label={t.filterNumber}
        value={filter.number}
        onChange={(event) => change({ ...filter, number: event.target.value })}
      />
      <select
        aria-label={t.filterOutcome}
        value={filter.outcome}
        onChange={(event) => change({ ...filter, outcome: event.target.value })}
      >
        <option value="">{t.anyOutcome}</option>
        {Object.entries(t.outcome).map(([outcome, text]) => (
          <option key={outcome} value={outcome}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function CallTable({ calls }: { calls: CallSummary[] }) {
  const { t, tag } = useTexts();
  return (
    <div className="scroll">
      <table className="calls">
        <thead>
          <tr>
            <th>{t.time}</th>
            <th>{t.caller}</th>
            <th>{t.outcomeTitle}</th>
            <th>{t.queue}</th>
            <th>{t.agent}</th>
            <th className="figure">{t.waited}</th>
            <th className="figure">{t.talked}</th>
            <th>{t.ended}</th>
            <th>{t.recordings}</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.callId}>
              <td>
                <a href={`#/calls/${call.callId}`}>{dateTime(call.startedAt, tag)}</a>
              </td>
              <td className="strong">{call.callerNumber === 'anonymous' ? t.withheld : call.callerNumber}</td>
              <td>
                <Outcome call={call} />
              </td>
              <td>{call.queue}</td>
              <td>{call.agentName}</td>
              <td className="figure">{call.waitedMs !== undefined && clockTime(call.waitedMs)}</td>
              <td className="figure">{call.talkedMs !== undefined && clockTime(call.talkedMs)}</td>
              <td>
                <EndReason call={call} />
              </td>
              <td>{call.hasRecording && <span className="badge">{t.hasRecording}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
