import { useCallback, useEffect, useMemo } from 'react';
import type { DeskAsk, DeskState } from '../../protocol/desk.ts';
import type { SessionUser } from '../../protocol/http.ts';
import { clockTime } from '../client/format.ts';
import { Ringer } from '../client/ringer.ts';
import { AudioPanel } from '../ui/audio-panel.tsx';
import { Banner } from '../ui/banner.tsx';
import { LineBanner } from '../ui/line-banner.tsx';
import { PageFrame } from '../ui/page-frame.tsx';
import { useAsking } from '../ui/use-action.ts';
import { useNow } from '../ui/use-now.ts';
import { failureText, useTexts } from '../ui/use-texts.ts';
import { DiallingCard, OfferCard, TalkCard, WrapUpCard } from './call-cards.tsx';
import { offerTitle } from './caller-card.tsx';
import { mayTakeBreak, PresenceCard } from './presence-card.tsx';
import { type Desk, useDesk } from './use-desk.ts';

export function DeskPage({ user }: { user: SessionUser }) {
  const { t } = useTexts();
  if (user.role === 'admin') {
    return (
      <PageFrame title={t.deskTitle} user={user}>
        <p className="centre">{t.cannotUseDesk}</p>
      </PageFrame>
    );
  }
  return <OpenDesk user={user} />;
}

function OpenDesk({ user }: { user: SessionUser }) {
  const { t } = useTexts();
  const desk = useDesk();
  const { client, audio, snapshot } = desk;
  const { state, connection, clockOffsetMs } = snapshot;
  const { ask: send, error } = useAsking(client);
  const now = useNow(clockOffsetMs);
  useRinging(desk);

  const ask = useCallback(
    (body: DeskAsk) => {
      if (body.ask === 'goAvailable') Ringer.askToNotify();
      send(body);
    },
    [send],
  );

  return (
    <PageFrame title={t.deskTitle} user={user} status={state && <PresencePill desk={state} now={now} />}>
      <main className="desk">
        <div className="notices">
          {(state !== undefined || connection !== 'connecting') && (
            <LineBanner connection={connection} takeBack={() => client.takeBack()} />
          )}
          {error !== undefined && <Banner kind="error">{failureText(t, error)}</Banner>}
        </div>
        {/* Nothing here can be carried out while the line is down; what stands is the last that was known. */}
        <fieldset className="stage" disabled={connection !== 'open'}>
          {state ? <Stage desk={state} now={now} ask={ask} /> : <p className="centre">{t.connecting}</p>}
          {state && mayTakeBreak(state.presence) && (
            <button type="button" className="break" onClick={() => ask({ ask: 'takeBreak' })}>
              {t.takeBreak}
            </button>
          )}
        </fieldset>
        <aside>
          <AudioPanel audio={audio} />
          {state && <Queues desk={state} />}
        </aside>
        <p className="unseen" aria-live="assertive">
          {state?.offer ? offerTitle(t, state.offer) : ''}
        </p>
      </main>
    </PageFrame>
  );
}

/** The caller who is there, or what the agent is doing without one. */
function Stage({ desk, now, ask }: { desk: DeskState; now: number; ask(body: DeskAsk): void }) {
  if (desk.call) return <TalkCard key={desk.call.callId} part={desk.call} now={now} ask={ask} />;
  if (desk.offer?.dialling) return <DiallingCard part={desk.offer} ask={ask} />;
  if (desk.offer) return <OfferCard key={desk.offer.offerId} part={desk.offer} now={now} ask={ask} />;
  if (desk.wrapUp) return <WrapUpCard part={desk.wrapUp} now={now} ask={ask} />;
  return <PresenceCard desk={desk} ask={ask} />;
}

function PresencePill({ desk, now }: { desk: DeskState; now: number }) {
  const { t } = useTexts();
  return (
    <span className="pill">
      <span className={`lamp ${desk.presence}`} aria-hidden="true" />
      <span role="status">{t.presence[desk.presence]}</span>
      <span className="muted">{clockTime(now - desk.since)}</span>
    </span>
  );
}

function Queues({ desk }: { desk: DeskState }) {
  const { t } = useTexts();
  return (
    <section className="card queues" aria-label={t.queues}>
      <h2>{t.queues}</h2>
      {desk.queues.length === 0 && <p className="muted">{t.noQueues}</p>}
      <ul>
        {desk.queues.map(({ queue, waiting, longestWaitMs }) => (
          <li key={queue}>
            <span>{queue}</span>
            <span className={waiting > 0 ? 'badge warning' : 'badge'}>{t.waitingNow(waiting)}</span>
            {waiting > 0 && <span className="muted">{t.longestWait(clockTime(longestWaitMs))}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function useRinging({ audio, snapshot }: Desk): void {
  const { t } = useTexts();
  const ringer = useMemo(() => new Ringer(() => audio.context()), [audio]);
  const offer = snapshot.state?.offer;
  const title = offer && offerTitle(t, offer);
  const body = offer?.queue ?? t.passedOn;
  // What the agent has accepted rings no more.
  const offerId = offer?.dialling ? undefined : offer?.offerId;
  useEffect(() => {
    if (offerId === undefined || title === undefined) return;
    ringer.start({ title, body });
    return () => ringer.stop();
  }, [ringer, offerId, title, body]);
}
