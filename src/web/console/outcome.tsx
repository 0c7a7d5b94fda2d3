import type { CallSummary } from '../../protocol/http.ts';
import { useTexts } from '../ui/use-texts.ts';

const MOOD: Record<NonNullable<CallSummary['outcome']>, string> = {
  answered: 'good',
  selfService: 'good',
  voicemail: 'warning',
  abandoned: 'warning',
  notReached: 'warning',
  rejected: 'bad',
  failed: 'bad',
};

export function Outcome({ call }: { call: CallSummary }) {
  const { t } = useTexts();
  if (call.outcome === undefined) return <span className="badge">{t.running}</span>;
  return <span className={`badge ${MOOD[call.outcome]}`}>{t.outcome[call.outcome]}</span>;
}

/** Ended by whom and why, in one line. */
export function EndReason({ call }: { call: CallSummary }) {
  const { t } = useTexts();
  if (call.endedBy === undefined && call.endReason === undefined) return null;
  // `caller hung up` says both already.
  const by = call.endedBy && !call.endReason?.startsWith(call.endedBy) ? t.by[call.endedBy] : undefined;
  const reason = call.endReason && (t.reasons[call.endReason] ?? call.endReason);
  return <>{[by, reason].filter(Boolean).join(' · ')}</>;
}
