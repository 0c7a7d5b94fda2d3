import { useCallback, useEffect, useRef, useState } from 'react';
import type { DeskAsk, DeskState } from '../../protocol/desk.ts';
import { clockTime } from '../client/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Keypad } from '../ui/keypad.tsx';
import { useTexts } from '../ui/use-texts.ts';
import { CallerCard, callerName, offerTitle } from './caller-card.tsx';

interface CardProps<Part> {
  part: Part;
  now: number;
  ask(body: DeskAsk): void;
}

type Offer = NonNullable<DeskState['offer']>;
type Call = NonNullable<DeskState['call']>;
type WrapUp = NonNullable<DeskState['wrapUp']>;

/** A customer who is being called back, once the agent has accepted it. */
export function DiallingCard({ part: offer, ask }: Pick<CardProps<Offer>, 'part' | 'ask'>) {
  const { t } = useTexts();
  return (
    <CallerCard title={t.dialling(callerName(t, offer))} mood="ringing" story={offer} aside={null}>
      <div className="actions">
        <button type="button" className="stop" onClick={() => ask({ ask: 'hangUp' })}>
          <Icon name="hangUp" />
          {t.hangUp}
        </button>
      </div>
    </CallerCard>
  );
}

/** A caller who rings. The focus goes to `Answer`, so that Enter takes the call. */
export function OfferCard({ part: offer, now, ask }: CardProps<Offer>) {
  const { t } = useTexts();
  const answer = useRef<HTMLButtonElement>(null);
  useEffect(() => answer.current?.focus(), []);
  const { offerId } = offer;
  return (
    <CallerCard
      title={offerTitle(t, offer)}
      mood="ringing"
      story={offer}
      aside={<span>{t.ringsFor(clockTime(offer.ringsUntil - now))}</span>}
    >
      {offer.kind === 'callback' && <p className="muted">{t.callBackHint}</p>}
      <div className="actions">
        <button ref={answer} type="button" className="go big" onClick={() => ask({ ask: 'answer', offerId })}>
          <Icon name="phone" />
          {t.answer}
        </button>
        <button type="button" className="big" onClick={() => ask({ ask: 'decline', offerId })}>
          {t.decline}
        </button>
      </div>
    </CallerCard>
  );
}

export function TalkCard({ part: call, now, ask }: CardProps<Call>) {
  const { t } = useTexts();
  const [showsKeypad, setShowsKeypad] = useState(false);
  const [pressed, setPressed] = useState('');
  const press = useCallback(
    (key: string) => {
      ask({ ask: 'sendDigits', digits: key });
      setPressed((before) => `${before}${key}`.slice(-24));
    },
    [ask],
  );
  return (
    <CallerCard
      title={t.callWith(callerName(t, call))}
      mood={call.onHold ? 'held' : 'talking'}
      story={call}
      aside={
        <>
          <span className="timer" role="timer">
            {clockTime(now - call.answeredAt)}
          </span>
          <span className={`badge ${call.recording === 'on' ? 'recording' : ''}`}>
            {call.recording === 'on' ? t.recordingOn : t.recordingOff}
          </span>
          {call.onHold && <span className="badge warning">{t.onHold}</span>}
          {call.muted && <span className="badge warning">{t.muted}</span>}
        </>
      }
    >
      <div className="actions">
        <button type="button" aria-pressed={call.muted} onClick={() => ask({ ask: 'mute', on: !call.muted })}>
          <Icon name="microphone" />
          {t.mute}
        </button>
        <button type="button" onClick={() => ask({ ask: 'hold', on: !call.onHold })}>
          <Icon name={call.onHold ? 'play' : 'pause'} />
          {call.onHold ? t.resume : t.hold}
        </button>
        <button type="button" aria-expanded={showsKeypad} onClick={() => setShowsKeypad(!showsKeypad)}>
          <Icon name="keypad" />
          {t.keypad}
        </button>
        <button type="button" className="stop" onClick={() => ask({ ask: 'hangUp' })}>
          <Icon name="hangUp" />
          {t.hangUp}
        </button>
      </div>
      {showsKeypad && (
        <div className="keypad-box">
          <output className="digits" aria-label={t.digits}>
            {pressed}
          </output>
          <Keypad press={press} label={t.keypad} />
        </div>
      )}
    </CallerCard>
  );
}

export function WrapUpCard({ part: wrapUp, now, ask }: CardProps<WrapUp>) {
  const { t } = useTexts();
  return (
    <CallerCard
      title={t.wrapUpTitle}
      mood="done"
      story={wrapUp}
      aside={
        <>
          <span className="timer" role="timer">
            {t.wrapUpLeft(clockTime(wrapUp.until - now))}
          </span>
          <span className="badge">{t.endedBy[wrapUp.endedBy]}</span>
        </>
      }
    >
      <div className="actions">
        <button type="button" className="primary" onClick={() => ask({ ask: 'finishWrapUp' })}>
          <Icon name="check" />
          {t.finishWrapUp}
        </button>
      </div>
    </CallerCard>
  );
}
