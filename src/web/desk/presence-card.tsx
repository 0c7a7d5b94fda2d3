import type { DeskAsk, DeskState, Presence } from '../../protocol/desk.ts';
import { useTexts } from '../ui/use-texts.ts';

/** What stands in the middle while no caller does. */
export function PresenceCard({ desk, ask }: { desk: DeskState; ask(body: DeskAsk): void }) {
  const { t } = useTexts();
  const isAvailable = desk.presence === 'available';
  const isUnreachable = desk.presence === 'unreachable';
  const title = isAvailable ? t.availableTitle : isUnreachable ? t.unreachableTitle : t.onBreakTitle;
  const text = isAvailable ? t.availableText : isUnreachable ? t.unreachableText : t.onBreakText;
  return (
    <section className={`card presence-card ${desk.presence}`} aria-label={title}>
      <span className={`lamp ${desk.presence}`} aria-hidden="true" />
      <h2>{title}</h2>
      <p className="muted">{desk.breakReason ?? text}</p>
      {!isAvailable && (
        <button
          type="button"
          className="go big"
          disabled={!desk.mediaReady}
          onClick={() => ask({ ask: 'goAvailable' })}
        >
          {t.goAvailable}
        </button>
      )}
      {!isAvailable && !desk.mediaReady && <p className="muted">{t.audioFirst}</p>}
    </section>
  );
}

/** A break may be asked for in every state but on a break itself; during a call it begins after it. */
export function mayTakeBreak(presence: Presence): boolean {
  return presence !== 'onBreak' && presence !== 'offline' && presence !== 'unreachable';
}
