import { type FormEvent, useCallback, useState, useSyncExternalStore } from 'react';
import type { SessionUser } from '../../protocol/http.ts';
import type { PhoneState } from '../../protocol/phone.ts';
import { clockTime } from '../client/format.ts';
import { AudioPanel, audioStatus } from '../ui/audio-panel.tsx';
import { Banner } from '../ui/banner.tsx';
import { Icon } from '../ui/icons.tsx';
import { Keypad } from '../ui/keypad.tsx';
import { LineBanner } from '../ui/line-banner.tsx';
import { PageFrame } from '../ui/page-frame.tsx';
import { useAsking } from '../ui/use-action.ts';
import { useNow } from '../ui/use-now.ts';
import { failureText, useTexts } from '../ui/use-texts.ts';
import { usePhone } from './use-phone.ts';

const FIRST_NUMBER = '1000';

export function PhonePage({ user }: { user: SessionUser }) {
  const { t } = useTexts();
  const { client, audio, snapshot } = usePhone();
  const { state: phone = { kind: 'idle' }, connection, clockOffsetMs } = snapshot;
  const { ask, error } = useAsking(client);
  const audioSnapshot = useSyncExternalStore(audio.subscribe, audio.getSnapshot);
  const [number, setNumber] = useState(FIRST_NUMBER);
  const [pressed, setPressed] = useState('');
  const isIdle = phone.kind === 'idle';
  const { mood } = audioStatus(t, audioSnapshot);

  const press = useCallback(
    (key: string) => {
      if (isIdle) {
        setNumber((before) => `${before}${key}`.slice(0, 32));
        return;
      }
      ask({ ask: 'sendDigits', digits: key });
      setPressed((before) => `${before}${key}`.slice(-24));
    },
    [isIdle, ask],
  );
  const call = (event: FormEvent): void => {
    event.preventDefault();
    setPressed('');
    ask({ ask: 'dial', number });
  };

  return (
    <PageFrame title={t.phoneTitle} user={user}>
      <main className="phone">
        <div className="notices">
          <LineBanner connection={connection} takeBack={() => client.takeBack()} />
          {error !== undefined && <Banner kind="error">{failureText(t, error)}</Banner>}
        </div>
        <fieldset className="stage" disabled={connection !== 'open'}>
          <form className="card dialler" onSubmit={call} aria-label={t.phoneTitle}>
            {isIdle ? (
              <NumberField number={number} change={setNumber} />
            ) : (
              <output className="digits" aria-label={t.digits}>
                {pressed}
              </output>
            )}
            <PhoneStatus phone={phone} clockOffsetMs={clockOffsetMs} />
            <Keypad press={press} label={t.keypad} />
            {isIdle ? (
              <button type="submit" className="go big" disabled={mood !== 'good' || number === ''}>
                <Icon name="phone" />
                {t.call}
              </button>
            ) : (
              <button type="button" className="stop big" onClick={() => ask({ ask: 'hangUp' })}>
                <Icon name="hangUp" />
                {t.hangUp}
              </button>
            )}
          </form>
        </fieldset>
        <aside>
          <AudioPanel audio={audio} />
        </aside>
      </main>
    </PageFrame>
  );
}

function NumberField({ number, change }: { number: string; change(number: string): void }) {
  const { t } = useTexts();
  return (
    <input
      className="number"
      type="tel"
      aria-label={t.number}
      value={number}
      maxLength={32}
      onChange={(event) => change(event.target.value.replaceAll(/[^0-9+*#]/g, ''))}
    />
  );
}

function PhoneStatus({ phone, clockOffsetMs }: { phone: PhoneState; clockOffsetMs: number }) {
  const { t } = useTexts();
  const now = useNow(clockOffsetMs);
  return (
    <div className="phone-status">
      <p role="status">
        {phone.kind === 'dialling' && t.dialling(phone.number)}
        {phone.kind === 'talking' && t.talkingTo(phone.number)}
        {phone.kind === 'idle' && (phone.last ? t.lastCall(clockTime(phone.last.durationMs)) : t.phoneHint)}
      </p>
      {phone.kind === 'talking' && (
        <span className="timer" role="timer">
          {clockTime(now - phone.since)}
        </span>
      )}
    </div>
  );
}
