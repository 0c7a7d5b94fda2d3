import type { ReactNode } from 'react';
import type { CallRecord } from '../../protocol/http.ts';
import { clockTime, timeOfDay } from '../client/format.ts';
import { useTexts } from '../ui/use-texts.ts';

function Table({ heads, children }: { heads: string[]; children: ReactNode }) {
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head}>{head}</th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

/** How long something took, once it is over. */
function took(from: number, to: number | undefined): string {
  return to === undefined ? '' : clockTime(to - from);
}

export function StepTable({ call }: { call: CallRecord }) {
  const { t, tag } = useTexts();
  return (
    <Table heads={[t.time, t.stepName, t.digits, t.exit, t.total]}>
      {call.steps.map((step) => (
        <tr key={`${step.step}${step.at}`}>
          <td>{timeOfDay(step.at, tag)}</td>
          <td>
            <span className="strong">{step.step}</span> <code className="muted">{step.verb}</code>
          </td>
          <td>
            {step.secure ? <span className="muted">{t.secureDigits}</span> : step.digits && <kbd>{step.digits}</kbd>}
          </td>
          <td>{step.exit}</td>
          <td className="figure">{took(step.at, step.leftAt)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function OfferTable({ call }: { call: CallRecord }) {
  const { t, tag } = useTexts();
  return (
    <Table heads={[t.time, t.agent, t.queue, t.why, t.outcomeTitle, t.total]}>
      {call.offers.map((offer) => (
        <tr key={offer.offerId}>
          <td>{timeOfDay(offer.at, tag)}</td>
          <td className="strong">{offer.agentName}</td>
          <td>{offer.queue}</td>
          <td>{offer.reason}</td>
          <td>{offer.outcome === undefined ? t.offerRunning : t.offerOutcome[offer.outcome]}</td>
          <td className="figure">{took(offer.at, offer.endedAt)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function LegTable({ call }: { call: CallRecord }) {
  const { t, tag } = useTexts();
  return (
    <Table heads={[t.time, t.legs, t.address, t.audioQuality, t.total, t.ended]}>
      {call.legs.map((leg) => (
        <tr key={leg.legId}>
          <td>{timeOfDay(leg.startedAt, tag)}</td>
          <td>
            <span className="strong">{leg.agentName ?? t.legRole[leg.role]}</span>{' '}
            <span className="muted">{t.legKind[leg.kind]}</span>
          </td>
          <td>
            {leg.address ?? leg.number} {leg.sipCallId && <code className="muted">{leg.sipCallId}</code>}
          </td>
          <td>
            {leg.quality &&
              t.quality(
                leg.quality.mos.toFixed(1),
                `${(leg.quality.lossRate * 100).toFixed(1)} %`,
                `${leg.quality.jitterMs.toFixed(0)} ms`,
              )}
          </td>
          <td className="figure">{took(leg.startedAt, leg.endedAt)}</td>
          <td>{leg.endReason && (t.reasons[leg.endReason] ?? leg.endReason)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function EventTable({ call }: { call: CallRecord }) {
  const { t, tag } = useTexts();
  return (
    <Table heads={[t.time, t.events]}>
      {call.events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no id, and their order never changes
        <tr key={index}>
          <td>{timeOfDay(event.at, tag)}</td>
          <td>
            <span className="strong">{event.what}</span>{' '}
            {event.detail && <code className="muted">{JSON.stringify(event.detail)}</code>}
          </td>
        </tr>
      ))}
    </Table>
  );
}
